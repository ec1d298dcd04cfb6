#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

#include "youden/train/task.hpp"

namespace youden::train {

/// Of each class, such that all weigh the same: n / (K · n of the class), as scikit-learn has it.
inline std::vector<double> balanced_weights(const Task& task) {
  std::vector<double> out(task.classes);
  for (const std::size_t i : task.train) ++out[static_cast<std::size_t>(task.labels[i])];
  for (double& w : out) {
    w = static_cast<double>(task.train.size()) / (static_cast<double>(task.classes) * std::max(w, 1.0));
  }
  return out;
}

}  // namespace youden::train

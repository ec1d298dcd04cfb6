#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "youden/metric/metric.hpp"
#include "youden/stat/confusion.hpp"

namespace youden::metric {

inline stat::ConfusionMatrix confusion_of(const Multiclass& p) {
  return stat::confusion(p.truth, p.decided, p.classes);
}

/// `value` of the confusion matrix of each draw.
inline stat::Reweighted of_drawn_confusion(const Multiclass& p,
                                           std::function<std::optional<double>(const stat::ConfusionMatrix&)> value) {
  return [&p, value = std::move(value)](std::span<const std::uint32_t> weight) {
    stat::ConfusionMatrix matrix(p.classes);
    for (std::size_t i = 0; i < weight.size(); ++i) {
      matrix.add(static_cast<std::size_t>(p.truth[i]), static_cast<std::size_t>(p.decided[i]), weight[i]);
    }
    return value(matrix);
  };
}

}  // namespace youden::metric

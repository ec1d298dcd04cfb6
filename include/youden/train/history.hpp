#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/train/predictions.hpp"
#include "youden/train/task.hpp"

namespace youden::train {

/// One value of an epoch's history. NaN = undefined.
struct HistoryValue {
  std::string part;
  std::string metric;
  double value;
};
using History = std::vector<HistoryValue>;

/// An epoch's values of the part that is drawn beside train; the metrics of two classes at ½.
inline History curve_values(const Task& task, const Predictions& p) {
  double loss = 0;
  std::int64_t correct = 0;
  for (std::size_t i = 0; i < p.samples.size(); ++i) {
    loss -= std::log(std::max(p.at(i, static_cast<std::size_t>(p.labels[i])), 1e-15));
    correct += p.argmax(i) == p.labels[i] ? 1 : 0;
  }
  const auto n = static_cast<double>(p.samples.size());
  History out{{task.curve_name, "loss", loss / n}, {task.curve_name, "accuracy", static_cast<double>(correct) / n}};
  if (task.classes != 2) return out;
  const metric::Binary binary = p.binary(task.positive, 0.5);
  for (const config::Component& metric : task.metrics) {
    if (metric.type == "accuracy") continue;
    const auto value = registry::make<metric::Metric>(metric)->evaluate(binary).value;
    out.push_back({task.curve_name, metric.type, value.value_or(std::numeric_limits<double>::quiet_NaN())});
  }
  return out;
}

}  // namespace youden::train

#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "youden/evaluate/model_comparison.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::evaluate {

/// Every metric that models can be compared by and this program knows, with default options. A program knows those
/// whose headers it was linked with. Calibration slope and intercept are left out: of them neither more nor less is
/// better.
inline std::vector<NamedMetric> registered_metrics() {
  std::vector<NamedMetric> out;
  for (const auto& [name, factory] : registry::factories<metric::Metric>()) {
    if (!name.starts_with("calibration_")) out.push_back({name, registry::make<metric::Metric>({name})});
  }
  return out;
}

}  // namespace youden::evaluate

#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "youden/metric/metric.hpp"
#include "youden/metric/model_comparison.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

/// Every metric that this program knows, with default options. A program knows those whose headers it was linked with.
inline std::vector<NamedMetric> registered_metrics() {
  std::vector<NamedMetric> out;
  for (const auto& [name, factory] : registry::factories<Metric>()) {
    out.push_back({name, registry::make<Metric>({name})});
  }
  return out;
}

}  // namespace youden::metric

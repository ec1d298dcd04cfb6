#pragma once
#include "youden/metric/average_precision.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class AveragePrecision final : public Metric {
 public:
  using Options = config::NoOptions;
  AveragePrecision(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override { return average_precision(p.positive, p.score); }
};

inline const registry::Register<Metric, AveragePrecision> kAveragePrecision{
    "average_precision", "area under the precision-recall steps", {{"maximised", true}}};

}  // namespace youden::metric

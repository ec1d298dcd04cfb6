#pragma once
#include "youden/metric/expected_calibration_error.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class EcePositive final : public Metric {
 public:
  using Options = config::NoOptions;
  EcePositive(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override { return ece_positive(p.positive, p.score); }
  [[nodiscard]] bool bootstraps() const override { return false; }
};

inline const registry::Register<Metric, EcePositive> kEcePositive{
    "ece_positive", "expected calibration error of the positive probability, 15 bins", {{"maximised", false}}};

}  // namespace youden::metric

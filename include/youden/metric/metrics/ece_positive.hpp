#pragma once
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/expected_calibration_error.hpp"

namespace youden::metric {

class EcePositive final : public Metric {
 public:
  using Options = config::NoOptions;
  EcePositive(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] stat::Estimate evaluate(const Binary& p) const override {
    return stat::ece_positive(p.positive, p.score);
  }
  [[nodiscard]] bool bootstraps() const override { return false; }
};

inline const registry::Register<Metric, EcePositive> kEcePositive{
    "ece_positive",
    "expected calibration error of the positive probability, 15 bins",
    {{"maximised", false}, {"needs", "probabilities"}}};

}  // namespace youden::metric

#pragma once
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/recalibration.hpp"

namespace youden::metric {

class CalibrationSlope final : public Metric {
 public:
  using Options = config::NoOptions;
  CalibrationSlope(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}
  [[nodiscard]] stat::Estimate evaluate(const Binary& p) const override {
    return stat::calibration_slope(p.positive, p.score, p.group, level_);
  }

 private:
  double level_;
};

inline const registry::Register<Metric, CalibrationSlope> kCalibrationSlope{
    "calibration_slope",
    "slope of the truth on the logit of the probability; 1 is right, less is overconfident",
    {{"needs", "probabilities"}}};

}  // namespace youden::metric

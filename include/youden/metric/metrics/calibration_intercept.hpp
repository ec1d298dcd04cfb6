#pragma once
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/recalibration.hpp"

namespace youden::metric {

class CalibrationIntercept final : public Metric {
 public:
  using Options = config::NoOptions;
  CalibrationIntercept(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}
  [[nodiscard]] stat::Estimate evaluate(const Binary& p) const override {
    return stat::calibration_intercept(p.positive, p.score, p.group, level_);
  }

 private:
  double level_;
};

inline const registry::Register<Metric, CalibrationIntercept> kCalibrationIntercept{
    "calibration_intercept",
    "calibration in the large; 0 is right, below it probabilities are too high",
    {{"needs", "probabilities"}}};

}  // namespace youden::metric

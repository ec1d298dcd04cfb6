#pragma once
#include <optional>
#include <span>

#include "youden/metric/likelihood_ratio.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class LrPositive final : public CountMetric {
 public:
  using Options = config::NoOptions;
  LrPositive(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}

 private:
  [[nodiscard]] std::optional<double> value(const BinaryCounts& c) const override {
    return detail::ratio_of_shares(c.tp, c.positives(), c.fp, c.negatives());
  }
  [[nodiscard]] Estimate of(const BinaryCounts& c) const override { return lr_positive(c, level_); }
  [[nodiscard]] Estimate by_patient(std::span<const BinaryCounts> patients) const override {
    return lr_positive(patients, level_);
  }

  double level_;
};

inline const registry::Register<Metric, LrPositive> kLrPositive{
    "lr_positive", "likelihood ratio of a positive call: sensitivity / (1 - specificity)", {{"maximised", true}}};

}  // namespace youden::metric

#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/likelihood_ratio.hpp"

namespace youden::metric {

class LrPositive final : public CountMetric {
 public:
  using Options = config::NoOptions;
  LrPositive(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}

 private:
  [[nodiscard]] std::optional<double> value(const stat::BinaryCounts& c) const override {
    return stat::detail::ratio_of_shares(c.tp, c.positives(), c.fp, c.negatives());
  }
  [[nodiscard]] stat::Estimate of(const stat::BinaryCounts& c) const override { return stat::lr_positive(c, level_); }
  [[nodiscard]] stat::Estimate by_patient(std::span<const stat::BinaryCounts> patients) const override {
    return stat::lr_positive(patients, level_);
  }

  double level_;
};

inline const registry::Register<Metric, LrPositive> kLrPositive{
    "lr_positive",
    "likelihood ratio of a positive call: sensitivity / (1 - specificity)",
    {{"maximised", true}, {"title", "LR+"}}};

}  // namespace youden::metric

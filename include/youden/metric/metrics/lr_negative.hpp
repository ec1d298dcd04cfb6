#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/likelihood_ratio.hpp"

namespace youden::metric {

class LrNegative final : public CountMetric {
 public:
  using Options = config::NoOptions;
  LrNegative(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}

 private:
  [[nodiscard]] std::optional<double> value(const stat::BinaryCounts& c) const override {
    return stat::detail::ratio_of_shares(c.fn, c.positives(), c.tn, c.negatives());
  }
  [[nodiscard]] stat::Estimate of(const stat::BinaryCounts& c) const override { return stat::lr_negative(c, level_); }
  [[nodiscard]] stat::Estimate by_patient(std::span<const stat::BinaryCounts> patients) const override {
    return stat::lr_negative(patients, level_);
  }

  double level_;
};

inline const registry::Register<Metric, LrNegative> kLrNegative{
    "lr_negative",
    "likelihood ratio of a negative call: (1 - sensitivity) / specificity",
    {{"maximised", false}, {"title", "LR−"}}};

}  // namespace youden::metric

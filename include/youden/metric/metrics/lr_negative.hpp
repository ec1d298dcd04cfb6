#pragma once
#include <optional>
#include <span>

#include "youden/metric/likelihood_ratio.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class LrNegative final : public CountMetric {
 public:
  using Options = config::NoOptions;
  LrNegative(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}

 private:
  [[nodiscard]] std::optional<double> value(const BinaryCounts& c) const override {
    return detail::ratio_of_shares(c.fn, c.positives(), c.tn, c.negatives());
  }
  [[nodiscard]] Estimate of(const BinaryCounts& c) const override { return lr_negative(c, level_); }
  [[nodiscard]] Estimate by_patient(std::span<const BinaryCounts> patients) const override {
    return lr_negative(patients, level_);
  }

  double level_;
};

inline const registry::Register<Metric, LrNegative> kLrNegative{
    "lr_negative", "likelihood ratio of a negative call: (1 - sensitivity) / specificity", {{"maximised", false}}};

}  // namespace youden::metric

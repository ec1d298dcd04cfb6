#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/confusion_of.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/mover.hpp"

namespace youden::metric {

class BalancedAccuracy final : public CountMetric {
 public:
  using Options = config::NoOptions;
  BalancedAccuracy(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}
  [[nodiscard]] std::optional<stat::Estimate> evaluate_all(const Multiclass& p) const override {
    return stat::balanced_accuracy(confusion_of(p));
  }
  [[nodiscard]] stat::Reweighted reweighted_all(const Multiclass& p) const override {
    return of_drawn_confusion(p, [](const stat::ConfusionMatrix& m) { return stat::balanced_accuracy(m).value; });
  }

 private:
  [[nodiscard]] std::optional<double> value(const stat::BinaryCounts& c) const override {
    const auto j = stat::detail::j(c);
    return j ? std::optional((*j + 1) / 2) : j;
  }
  [[nodiscard]] stat::Estimate of(const stat::BinaryCounts& c) const override {
    return stat::balanced_accuracy(c, level_);
  }
  [[nodiscard]] stat::Estimate by_patient(std::span<const stat::BinaryCounts> patients) const override {
    return stat::balanced_accuracy(patients, level_);
  }

  double level_;
};

inline const registry::Register<Metric, BalancedAccuracy> kBalancedAccuracy{
    "balanced_accuracy", "mean of sensitivity and specificity", {{"maximised", true}, {"slices", true}}};

}  // namespace youden::metric

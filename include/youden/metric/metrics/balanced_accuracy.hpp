#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/confusion_of.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/metric/mover.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class BalancedAccuracy final : public CountMetric {
 public:
  using Options = config::NoOptions;
  BalancedAccuracy(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}
  [[nodiscard]] std::optional<Estimate> evaluate_all(const Multiclass& p) const override {
    return balanced_accuracy(confusion_of(p));
  }
  [[nodiscard]] Reweighted reweighted_all(const Multiclass& p) const override {
    return of_drawn_confusion(p, [](const ConfusionMatrix& m) { return balanced_accuracy(m).value; });
  }

 private:
  [[nodiscard]] std::optional<double> value(const BinaryCounts& c) const override {
    const auto j = detail::j(c);
    return j ? std::optional((*j + 1) / 2) : j;
  }
  [[nodiscard]] Estimate of(const BinaryCounts& c) const override { return balanced_accuracy(c, level_); }
  [[nodiscard]] Estimate by_patient(std::span<const BinaryCounts> patients) const override {
    return balanced_accuracy(patients, level_);
  }

  double level_;
};

inline const registry::Register<Metric, BalancedAccuracy> kBalancedAccuracy{
    "balanced_accuracy", "mean of sensitivity and specificity", {{"maximised", true}}};

}  // namespace youden::metric

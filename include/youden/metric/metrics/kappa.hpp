#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/confusion_of.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/agreement.hpp"

namespace youden::metric {

class Kappa final : public CountMetric {
 public:
  using Options = config::NoOptions;
  Kappa(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] std::optional<stat::Estimate> evaluate_all(const Multiclass& p) const override {
    return stat::kappa(confusion_of(p));
  }
  [[nodiscard]] stat::Reweighted reweighted_all(const Multiclass& p) const override {
    return of_drawn_confusion(p, [](const stat::ConfusionMatrix& m) { return stat::kappa(m).value; });
  }

 private:
  [[nodiscard]] std::optional<double> value(const stat::BinaryCounts& c) const override { return stat::kappa(c).value; }
};

inline const registry::Register<Metric, Kappa> kKappa{
    "kappa", "Cohen's kappa: agreement of truth and decision beyond chance", {{"maximised", true}, {"range", {-1, 1}}}};

}  // namespace youden::metric

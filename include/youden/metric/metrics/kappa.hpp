#pragma once
#include <optional>
#include <span>

#include "youden/metric/agreement.hpp"
#include "youden/metric/metrics/confusion_of.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Kappa final : public CountMetric {
 public:
  using Options = config::NoOptions;
  Kappa(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] std::optional<Estimate> evaluate_all(const Multiclass& p) const override {
    return kappa(confusion_of(p));
  }
  [[nodiscard]] Reweighted reweighted_all(const Multiclass& p) const override {
    return of_drawn_confusion(p, [](const ConfusionMatrix& m) { return kappa(m).value; });
  }

 private:
  [[nodiscard]] std::optional<double> value(const BinaryCounts& c) const override { return kappa(c).value; }
};

inline const registry::Register<Metric, Kappa> kKappa{
    "kappa", "Cohen's kappa: agreement of truth and decision beyond chance", {{"maximised", true}}};

}  // namespace youden::metric

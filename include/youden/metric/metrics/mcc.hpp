#pragma once
#include <optional>
#include <span>

#include "youden/metric/agreement.hpp"
#include "youden/metric/metrics/confusion_of.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Mcc final : public CountMetric {
 public:
  using Options = config::NoOptions;
  Mcc(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] std::optional<Estimate> evaluate_all(const Multiclass& p) const override {
    return mcc(confusion_of(p));
  }
  [[nodiscard]] Reweighted reweighted_all(const Multiclass& p) const override {
    return of_drawn_confusion(p, [](const ConfusionMatrix& m) { return mcc(m).value; });
  }

 private:
  [[nodiscard]] std::optional<double> value(const BinaryCounts& c) const override { return mcc(c).value; }
};

inline const registry::Register<Metric, Mcc> kMcc{
    "mcc", "Matthews correlation of truth and decision", {{"maximised", true}}};

}  // namespace youden::metric

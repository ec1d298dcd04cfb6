#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/confusion_of.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/agreement.hpp"

namespace youden::metric {

class Mcc final : public CountMetric {
 public:
  using Options = config::NoOptions;
  Mcc(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] std::optional<stat::Estimate> evaluate_all(const Multiclass& p) const override {
    return stat::mcc(confusion_of(p));
  }
  [[nodiscard]] stat::Reweighted reweighted_all(const Multiclass& p) const override {
    return of_drawn_confusion(p, [](const stat::ConfusionMatrix& m) { return stat::mcc(m).value; });
  }

 private:
  [[nodiscard]] std::optional<double> value(const stat::BinaryCounts& c) const override { return stat::mcc(c).value; }
};

inline const registry::Register<Metric, Mcc> kMcc{
    "mcc", "Matthews correlation of truth and decision", {{"maximised", true}, {"title", "MCC"}, {"range", {-1, 1}}}};

}  // namespace youden::metric

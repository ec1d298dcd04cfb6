#pragma once
#include "youden/metric/metrics/loss_metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Brier final : public LossMetric {
 public:
  using Options = config::NoOptions;
  Brier(const Options& /*options*/, const MetricContext& /*context*/) {}

 private:
  [[nodiscard]] stat::Losses losses(const Binary& p) const override { return stat::brier_losses(p.positive, p.score); }
  [[nodiscard]] stat::Losses losses(const Multiclass& p) const override {
    return stat::brier_losses(p.truth, p.probability, p.classes);
  }
};

inline const registry::Register<Metric, Brier> kBrier{
    "brier", "mean squared error of the probability", {{"maximised", false}, {"needs", "probabilities"}}};

}  // namespace youden::metric

#pragma once
#include "youden/metric/metrics/loss_metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class LogLoss final : public LossMetric {
 public:
  using Options = config::NoOptions;
  LogLoss(const Options& /*options*/, const MetricContext& /*context*/) {}

 private:
  [[nodiscard]] stat::Losses losses(const Binary& p) const override { return stat::log_losses(p.positive, p.score); }
  [[nodiscard]] stat::Losses losses(const Multiclass& p) const override {
    return stat::log_losses(p.truth, p.probability, p.classes);
  }
};

inline const registry::Register<Metric, LogLoss> kLogLoss{"log_loss",
                                                          "mean negative log-likelihood of the truth, in nats",
                                                          {{"maximised", false}, {"needs", "probabilities"}}};

}  // namespace youden::metric

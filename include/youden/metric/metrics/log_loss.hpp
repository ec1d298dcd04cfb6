#pragma once
#include "youden/metric/metric.hpp"
#include "youden/metric/probability_score.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class LogLoss final : public Metric {
 public:
  using Options = config::NoOptions;
  LogLoss(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override { return log_loss(p.positive, p.score); }
};

inline const registry::Register<Metric, LogLoss> kLogLoss{
    "log_loss", "mean negative log-likelihood of the truth, in nats", {{"maximised", false}}};

}  // namespace youden::metric

#pragma once
#include "youden/metric/metric.hpp"
#include "youden/metric/probability_score.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Brier final : public Metric {
 public:
  using Options = config::NoOptions;
  Brier(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override { return brier(p.positive, p.score); }
};

inline const registry::Register<Metric, Brier> kBrier{
    "brier", "mean squared error of the probability", {{"maximised", false}}};

}  // namespace youden::metric

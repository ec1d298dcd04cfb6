#pragma once
#include "youden/metric/agreement.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Kappa final : public Metric {
 public:
  using Options = config::NoOptions;
  Kappa(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override { return kappa(count(p.positive, p.decided)); }
};

inline const registry::Register<Metric, Kappa> kKappa{
    "kappa", "Cohen's kappa: agreement of truth and decision beyond chance", {{"maximised", true}}};

}  // namespace youden::metric

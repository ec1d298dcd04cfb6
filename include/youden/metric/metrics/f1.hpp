#pragma once
#include "youden/metric/metric.hpp"
#include "youden/metric/rates.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class F1 final : public Metric {
 public:
  using Options = config::NoOptions;
  F1(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override { return f1(count(p.positive, p.decided)); }
};

inline const registry::Register<Metric, F1> kF1{"f1", "harmonic mean of ppv and sensitivity", {{"maximised", true}}};

}  // namespace youden::metric

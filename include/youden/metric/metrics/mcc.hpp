#pragma once
#include "youden/metric/agreement.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Mcc final : public Metric {
 public:
  using Options = config::NoOptions;
  Mcc(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override { return mcc(count(p.positive, p.decided)); }
};

inline const registry::Register<Metric, Mcc> kMcc{
    "mcc", "Matthews correlation of truth and decision", {{"maximised", true}}};

}  // namespace youden::metric

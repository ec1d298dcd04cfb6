#pragma once
#include "youden/metric/metric.hpp"
#include "youden/metric/mover.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class BalancedAccuracy final : public Metric {
 public:
  using Options = config::NoOptions;
  BalancedAccuracy(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    return balanced_accuracy(count(p.positive, p.decided), level_);
  }

 private:
  double level_;
};

inline const registry::Register<Metric, BalancedAccuracy> kBalancedAccuracy{
    "balanced_accuracy", "mean of sensitivity and specificity", {{"maximised", true}}};

}  // namespace youden::metric

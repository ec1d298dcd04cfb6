#pragma once
#include "youden/metric/likelihood_ratio.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class LrPositive final : public Metric {
 public:
  using Options = config::NoOptions;
  LrPositive(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    return lr_positive(count(p.positive, p.decided), level_);
  }

 private:
  double level_;
};

inline const registry::Register<Metric, LrPositive> kLrPositive{
    "lr_positive", "likelihood ratio of a positive call: sensitivity / (1 - specificity)", {{"maximised", true}}};

}  // namespace youden::metric

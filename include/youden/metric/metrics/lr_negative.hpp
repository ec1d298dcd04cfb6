#pragma once
#include "youden/metric/likelihood_ratio.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class LrNegative final : public Metric {
 public:
  using Options = config::NoOptions;
  LrNegative(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    return lr_negative(count(p.positive, p.decided), level_);
  }

 private:
  double level_;
};

inline const registry::Register<Metric, LrNegative> kLrNegative{
    "lr_negative", "likelihood ratio of a negative call: (1 - sensitivity) / specificity", {{"maximised", false}}};

}  // namespace youden::metric

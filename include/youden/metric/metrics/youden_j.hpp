#pragma once
#include "youden/metric/metric.hpp"
#include "youden/metric/mover.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class YoudenJ final : public Metric {
 public:
  using Options = config::NoOptions;
  YoudenJ(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    return youden_j(count(p.positive, p.decided), level_);
  }

 private:
  double level_;
};

inline const registry::Register<Metric, YoudenJ> kYoudenJ{
    "youden_j", "Youden's J = sensitivity + specificity - 1", {{"maximised", true}}};

}  // namespace youden::metric

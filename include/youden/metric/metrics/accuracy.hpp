#pragma once
#include "youden/metric/metric.hpp"
#include "youden/metric/metrics/proportion_options.hpp"
#include "youden/metric/rates.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Accuracy final : public Metric {
 public:
  using Options = ProportionOptions;
  Accuracy(const Options& options, const MetricContext& context)
      : interval_(parse_proportion_method(options.interval)), level_(context.level) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    return accuracy(count(p.positive, p.decided), level_, interval_);
  }

 private:
  ProportionMethod interval_;
  double level_;
};

inline const registry::Register<Metric, Accuracy> kAccuracy{
    "accuracy", "share of correct decisions", {{"maximised", true}}};

}  // namespace youden::metric

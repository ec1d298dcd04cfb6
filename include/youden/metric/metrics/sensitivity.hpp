#pragma once
#include "youden/metric/metric.hpp"
#include "youden/metric/metrics/proportion_options.hpp"
#include "youden/metric/rates.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Sensitivity final : public Metric {
 public:
  using Options = ProportionOptions;
  Sensitivity(const Options& options, const MetricContext& context)
      : interval_(parse_proportion_method(options.interval)), level_(context.level) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    return sensitivity(count(p.positive, p.decided), level_, interval_);
  }

 private:
  ProportionMethod interval_;
  double level_;
};

inline const registry::Register<Metric, Sensitivity> kSensitivity{
    "sensitivity", "share of the positives that are called positive (recall)", {{"maximised", true}}};

}  // namespace youden::metric

#pragma once
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/rates.hpp"

namespace youden::metric {

class Npv final : public RateMetric {
 public:
  Npv(const Options& options, const MetricContext& context) : RateMetric(stat::kNpvRate, options, context) {}
};

inline const registry::Register<Metric, Npv> kNpv{"npv",
                                                  "negative predictive value at the sample's own prevalence",
                                                  {{"maximised", true}, {"title", "NPV"}, {"slices", true}}};

}  // namespace youden::metric

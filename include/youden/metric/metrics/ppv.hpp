#pragma once
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/rates.hpp"

namespace youden::metric {

class Ppv final : public RateMetric {
 public:
  Ppv(const Options& options, const MetricContext& context) : RateMetric(stat::kPpvRate, options, context) {}
};

inline const registry::Register<Metric, Ppv> kPpv{
    "ppv",
    "positive predictive value (precision) at the sample's own prevalence",
    {{"maximised", true}, {"title", "PPV"}, {"slices", true}}};

}  // namespace youden::metric

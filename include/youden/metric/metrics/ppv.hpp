#pragma once
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/metric/rates.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Ppv final : public RateMetric {
 public:
  Ppv(const Options& options, const MetricContext& context) : RateMetric(kPpvRate, options, context) {}
};

inline const registry::Register<Metric, Ppv> kPpv{
    "ppv", "positive predictive value (precision) at the sample's own prevalence", {{"maximised", true}}};

}  // namespace youden::metric

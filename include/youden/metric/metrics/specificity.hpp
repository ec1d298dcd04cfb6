#pragma once
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/rates.hpp"

namespace youden::metric {

class Specificity final : public RateMetric {
 public:
  Specificity(const Options& options, const MetricContext& context)
      : RateMetric(stat::kSpecificityRate, options, context) {}
};

inline const registry::Register<Metric, Specificity> kSpecificity{
    "specificity", "share of the negatives that are called negative", {{"maximised", true}, {"slices", true}}};

}  // namespace youden::metric

#pragma once
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/metric/rates.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Specificity final : public RateMetric {
 public:
  Specificity(const Options& options, const MetricContext& context) : RateMetric(kSpecificityRate, options, context) {}
};

inline const registry::Register<Metric, Specificity> kSpecificity{
    "specificity", "share of the negatives that are called negative", {{"maximised", true}}};

}  // namespace youden::metric

#pragma once
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/rates.hpp"

namespace youden::metric {

class Sensitivity final : public RateMetric {
 public:
  Sensitivity(const Options& options, const MetricContext& context)
      : RateMetric(stat::kSensitivityRate, options, context) {}
};

inline const registry::Register<Metric, Sensitivity> kSensitivity{
    "sensitivity", "share of the positives that are called positive (recall)", {{"maximised", true}, {"slices", true}}};

}  // namespace youden::metric

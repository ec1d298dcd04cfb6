#pragma once
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/metric/rates.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Sensitivity final : public RateMetric {
 public:
  Sensitivity(const Options& options, const MetricContext& context) : RateMetric(kSensitivityRate, options, context) {}
};

inline const registry::Register<Metric, Sensitivity> kSensitivity{
    "sensitivity", "share of the positives that are called positive (recall)", {{"maximised", true}}};

}  // namespace youden::metric

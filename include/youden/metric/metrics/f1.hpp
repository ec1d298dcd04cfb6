#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/rates.hpp"

namespace youden::metric {

class F1 final : public CountMetric {
 public:
  using Options = config::NoOptions;
  F1(const Options& /*options*/, const MetricContext& /*context*/) {}

 private:
  [[nodiscard]] std::optional<double> value(const stat::BinaryCounts& c) const override { return stat::f1(c).value; }
};

inline const registry::Register<Metric, F1> kF1{
    "f1", "harmonic mean of ppv and sensitivity", {{"maximised", true}, {"title", "F1"}}};

}  // namespace youden::metric

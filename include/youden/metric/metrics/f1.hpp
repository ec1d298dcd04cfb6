#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/count_metric.hpp"
#include "youden/metric/rates.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class F1 final : public CountMetric {
 public:
  using Options = config::NoOptions;
  F1(const Options& /*options*/, const MetricContext& /*context*/) {}

 private:
  [[nodiscard]] std::optional<double> value(const BinaryCounts& c) const override { return f1(c).value; }
};

inline const registry::Register<Metric, F1> kF1{"f1", "harmonic mean of ppv and sensitivity", {{"maximised", true}}};

}  // namespace youden::metric

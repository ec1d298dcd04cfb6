#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/count_metric.hpp"
#include "youden/metric/mover.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class YoudenJ final : public CountMetric {
 public:
  using Options = config::NoOptions;
  YoudenJ(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}

 private:
  [[nodiscard]] std::optional<double> value(const BinaryCounts& c) const override { return detail::j(c); }
  [[nodiscard]] Estimate of(const BinaryCounts& c) const override { return youden_j(c, level_); }
  [[nodiscard]] Estimate by_patient(std::span<const BinaryCounts> patients) const override {
    return youden_j(patients, level_);
  }

  double level_;
};

inline const registry::Register<Metric, YoudenJ> kYoudenJ{
    "youden_j", "Youden's J = sensitivity + specificity - 1", {{"maximised", true}}};

}  // namespace youden::metric

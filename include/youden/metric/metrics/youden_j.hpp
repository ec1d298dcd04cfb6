#pragma once
#include <optional>
#include <span>

#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/mover.hpp"

namespace youden::metric {

class YoudenJ final : public CountMetric {
 public:
  using Options = config::NoOptions;
  YoudenJ(const Options& /*options*/, const MetricContext& context) : level_(context.level) {}

 private:
  [[nodiscard]] std::optional<double> value(const stat::BinaryCounts& c) const override { return stat::detail::j(c); }
  [[nodiscard]] stat::Estimate of(const stat::BinaryCounts& c) const override { return stat::youden_j(c, level_); }
  [[nodiscard]] stat::Estimate by_patient(std::span<const stat::BinaryCounts> patients) const override {
    return stat::youden_j(patients, level_);
  }

  double level_;
};

inline const registry::Register<Metric, YoudenJ> kYoudenJ{
    "youden_j",
    "Youden's J = sensitivity + specificity - 1",
    {{"maximised", true}, {"title", "Youden’s J"}, {"range", {-1, 1}}, {"slices", true}}};

}  // namespace youden::metric

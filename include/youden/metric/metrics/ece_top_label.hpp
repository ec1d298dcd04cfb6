#pragma once
#include <optional>

#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/expected_calibration_error.hpp"

namespace youden::metric {

class EceTopLabel final : public Metric {
 public:
  using Options = config::NoOptions;
  EceTopLabel(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] stat::Estimate evaluate(const Binary& p) const override {
    return stat::ece_top_label(p.positive, p.score);
  }
  [[nodiscard]] std::optional<stat::Estimate> evaluate_all(const Multiclass& p) const override {
    return stat::ece_top_label(p.truth, p.probability, p.classes);
  }
  [[nodiscard]] bool bootstraps() const override { return false; }
};

inline const registry::Register<Metric, EceTopLabel> kEceTopLabel{
    "ece_top_label",
    "expected calibration error of the most probable class, 15 bins",
    {{"maximised", false}, {"needs", "probabilities"}}};

}  // namespace youden::metric

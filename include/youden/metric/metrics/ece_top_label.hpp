#pragma once
#include <optional>

#include "youden/metric/expected_calibration_error.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class EceTopLabel final : public Metric {
 public:
  using Options = config::NoOptions;
  EceTopLabel(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override { return ece_top_label(p.positive, p.score); }
  [[nodiscard]] std::optional<Estimate> evaluate_all(const Multiclass& p) const override {
    return ece_top_label(p.truth, p.probability, p.classes);
  }
  [[nodiscard]] bool bootstraps() const override { return false; }
};

inline const registry::Register<Metric, EceTopLabel> kEceTopLabel{
    "ece_top_label", "expected calibration error of the most probable class, 15 bins", {{"maximised", false}}};

}  // namespace youden::metric

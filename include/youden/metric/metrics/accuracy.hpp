#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "youden/metric/grouped_counts.hpp"
#include "youden/metric/metrics/confusion_of.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/metric/rates.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class Accuracy final : public RateMetric {
 public:
  Accuracy(const Options& options, const MetricContext& context) : RateMetric(kAccuracyRate, options, context) {}
  [[nodiscard]] std::optional<Estimate> evaluate_all(const Multiclass& p) const override {
    std::vector<std::uint8_t> right;
    for (std::size_t i = 0; i < p.truth.size(); ++i) right.push_back(p.truth[i] == p.decided[i] ? 1 : 0);
    const std::vector<std::uint8_t> everyone(right.size(), 1);
    // As a sensitivity: everyone is to be called right.
    if (p.group.empty()) return sensitivity(count(everyone, right), level(), interval());
    return proportion(kSensitivityRate, count_by_group(everyone, right, p.group), level(), interval());
  }
  [[nodiscard]] Reweighted reweighted_all(const Multiclass& p) const override {
    return of_drawn_confusion(p, [](const ConfusionMatrix& m) -> std::optional<double> {
      if (m.total() == 0) return {};
      return static_cast<double>(m.correct()) / static_cast<double>(m.total());
    });
  }
};

inline const registry::Register<Metric, Accuracy> kAccuracy{
    "accuracy", "share of correct decisions", {{"maximised", true}}};

}  // namespace youden::metric

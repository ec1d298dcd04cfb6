#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "youden/metric/metrics/confusion_of.hpp"
#include "youden/metric/metrics/count_metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/grouped_counts.hpp"
#include "youden/stat/rates.hpp"

namespace youden::metric {

class Accuracy final : public RateMetric {
 public:
  Accuracy(const Options& options, const MetricContext& context) : RateMetric(stat::kAccuracyRate, options, context) {}
  [[nodiscard]] std::optional<stat::Estimate> evaluate_all(const Multiclass& p) const override {
    std::vector<std::uint8_t> right;
    for (std::size_t i = 0; i < p.truth.size(); ++i) right.push_back(p.truth[i] == p.decided[i] ? 1 : 0);
    const std::vector<std::uint8_t> everyone(right.size(), 1);
    // As a sensitivity: everyone is to be called right.
    if (p.group.empty()) return stat::sensitivity(stat::count(everyone, right), level(), interval());
    return stat::proportion(stat::kSensitivityRate, stat::count_by_group(everyone, right, p.group), level(),
                            interval());
  }
  [[nodiscard]] stat::Reweighted reweighted_all(const Multiclass& p) const override {
    return of_drawn_confusion(p, [](const stat::ConfusionMatrix& m) -> std::optional<double> {
      if (m.total() == 0) return {};
      return static_cast<double>(m.correct()) / static_cast<double>(m.total());
    });
  }
};

inline const registry::Register<Metric, Accuracy> kAccuracy{
    "accuracy", "share of correct decisions", {{"maximised", true}, {"slices", true}}};

}  // namespace youden::metric

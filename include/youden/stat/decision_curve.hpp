#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "youden/stat/confusion.hpp"
#include "youden/stat/net_benefit.hpp"
#include "youden/stat/roc.hpp"

namespace youden::stat {

/// Net benefit a person where treatment is worth it from probability `threshold` on.
struct DecisionPoint {
  double threshold = 0;
  double model = 0;      ///< treat whom the model gives at least `threshold`
  double treat_all = 0;  ///< treating nobody is worth 0 at every threshold
};

/// One point a threshold. Empty without samples.
inline std::vector<DecisionPoint> decision_curve(std::span<const std::uint8_t> positive, std::span<const double> score,
                                                 std::span<const double> thresholds) {
  const RocCurve curve = roc(positive, score);
  const BinaryCounts all{.tp = curve.positives, .fn = 0, .fp = curve.negatives, .tn = 0};
  std::vector<DecisionPoint> out;
  for (const double pt : thresholds) {
    // Thresholds of the curve descend: the last point at or above pt calls exactly those with score >= pt.
    const auto after = std::partition_point(curve.points.begin(), curve.points.end(),
                                            [&](const RocPoint& p) { return p.threshold >= pt; });
    const auto model = net_benefit_value(curve.counts(*(after - 1)), pt);
    const auto treat_all = net_benefit_value(all, pt);
    if (model && treat_all) out.push_back({pt, *model, *treat_all});
  }
  return out;
}

/// 0.01, 0.02, …, 0.99.
inline std::vector<double> decision_thresholds() {
  std::vector<double> out;
  for (int percent = 1; percent < 100; ++percent) out.push_back(percent / 100.0);
  return out;
}

}  // namespace youden::stat

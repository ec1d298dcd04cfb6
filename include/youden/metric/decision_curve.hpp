#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/metric/confusion.hpp"
#include "youden/metric/roc.hpp"

namespace youden::metric {

/// Net benefit a person where treatment is worth it from probability `threshold` on (Vickers & Elkin 2006,
/// doi:10.1177/0272989X06295361).
struct DecisionPoint {
  double threshold = 0;
  double model = 0;      ///< treat whom the model gives at least `threshold`
  double treat_all = 0;  ///< treating nobody is worth 0 at every threshold
};

/// TP/n − FP/n · pt/(1 − pt). Undefined without samples. Throws ConfigError unless 0 < pt < 1.
inline std::optional<double> net_benefit(const BinaryCounts& c, double pt) {
  if (!(pt > 0 && pt < 1)) {
    throw base::ConfigError({"threshold probability " + std::to_string(pt) + " is not between 0 and 1",
                             {},
                             "write it as a fraction, for example 0.1"});
  }
  if (c.total() == 0) return {};
  const auto n = static_cast<double>(c.total());
  return static_cast<double>(c.tp) / n - static_cast<double>(c.fp) / n * pt / (1 - pt);
}

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
    const auto model = net_benefit(curve.counts(*(after - 1)), pt);
    const auto treat_all = net_benefit(all, pt);
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

}  // namespace youden::metric

#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "youden/stat/roc.hpp"

namespace youden::stat {

struct PrecisionRecallPoint {
  double threshold = 0;  ///< positive when score >= threshold
  double recall = 0;
  double precision = 0;
};

/// One point a distinct score, thresholds descending. The curve is not to be joined by straight lines: between two
/// points precision does not change linearly (Davis & Goadrich 2006, doi:10.1145/1143844.1143874). Empty without
/// positives.
inline std::vector<PrecisionRecallPoint> precision_recall(const RocCurve& curve) {
  std::vector<PrecisionRecallPoint> out;
  if (curve.positives == 0) return out;
  for (const RocPoint& p : std::span(curve.points).subspan(1)) {
    const auto tp = static_cast<double>(p.tp);
    out.push_back({.threshold = p.threshold,
                   .recall = tp / static_cast<double>(curve.positives),
                   .precision = tp / static_cast<double>(p.tp + p.fp)});
  }
  return out;
}

inline std::vector<PrecisionRecallPoint> precision_recall(std::span<const std::uint8_t> positive,
                                                          std::span<const double> score) {
  return precision_recall(roc(positive, score));
}

}  // namespace youden::stat

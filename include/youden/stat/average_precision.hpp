#pragma once
#include <cstdint>
#include <span>

#include "youden/stat/estimate.hpp"
#include "youden/stat/roc.hpp"

namespace youden::stat {

/// Σ (Rₙ − Rₙ₋₁) Pₙ over descending thresholds, not the trapezoid, which is optimistic (Davis & Goadrich 2006,
/// doi:10.1145/1143844.1143874). Undefined without positives.
inline Estimate average_precision(const RocCurve& curve) {
  Estimate e{.n = curve.positives + curve.negatives};
  if (curve.positives == 0) return e;
  double sum = 0;
  std::int64_t tp = 0;
  for (const RocPoint& p : curve.points) {
    if (p.tp > tp) sum += static_cast<double>(p.tp - tp) * static_cast<double>(p.tp) / static_cast<double>(p.tp + p.fp);
    tp = p.tp;
  }
  e.value = sum / static_cast<double>(curve.positives);
  return e;
}

inline Estimate average_precision(std::span<const std::uint8_t> positive, std::span<const double> score) {
  return average_precision(roc(positive, score));
}

}  // namespace youden::stat

#pragma once
#include <algorithm>
#include <cmath>

#include "youden/stat/estimate.hpp"
#include "youden/stat/interval.hpp"

namespace youden::stat {

/// Whether an interval says more than any sample can: it has no width (a variance that collapsed, up to rounding), lies
/// beside its value, or has limits without end (a curve fitted through what does not determine it).
inline bool claims_too_much(double value, const Interval& i) {
  constexpr double kRounding = 1e-12;
  constexpr double kEndless = 1e9;
  const double scale = std::max(1.0, std::abs(value));
  if (!std::isfinite(i.low) || !std::isfinite(i.high)) return true;
  if (std::abs(i.low) > kEndless || std::abs(i.high) > kEndless) return true;
  if (i.high - i.low <= kRounding * scale) return true;
  return value < i.low - kRounding * scale || value > i.high + kRounding * scale;
}

/// Takes such an interval away, whatever metric it is of: no interval is better than a name that promises one.
inline void refuse_certainty(Estimate& e) {
  if (!e.low || !e.high || (e.value && !claims_too_much(*e.value, {*e.low, *e.high}))) return;
  e.low.reset();
  e.high.reset();
  e.method.clear();
}

}  // namespace youden::stat

#pragma once
#include <cmath>
#include <cstdint>
#include <string>

#include "youden/base/error.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/proportion.hpp"

namespace youden::stat {

/// An interval wider than ±5 % is too wide to claim a proportion by.
inline constexpr double kClaimHalfWidth = 0.05;

/// Half the width of the Clopper-Pearson interval that n samples give a proportion p, taken at k = p n.
inline double half_width(double p, double n, double level = 0.95) {
  const Interval i = clopper_pearson(p * n, n, level);
  return (i.high - i.low) / 2;
}

/// The fewest samples whose interval around a proportion p is no wider than ± `half`.
inline std::int64_t samples_for(double p, double half = kClaimHalfWidth, double level = 0.95) {
  if (!(p >= 0 && p <= 1 && half > 0 && half < 1)) {
    throw base::ConfigError({"no number of samples gives " + std::to_string(p) + " ± " + std::to_string(half),
                             {},
                             "both are fractions, the second not 0"});
  }
  const auto fits = [&](std::int64_t n) { return half_width(p, static_cast<double>(n), level) <= half; };
  std::int64_t enough = 1;
  while (!fits(enough)) enough *= 2;
  for (std::int64_t few = enough / 2; enough - few > 1;) {
    const std::int64_t middle = (few + enough) / 2;
    (fits(middle) ? enough : few) = middle;
  }
  return enough;
}

/// "Too small to claim": a value whose interval is wider than ±5 %, or that has none.
inline bool too_small_to_claim(const Estimate& e, double half = kClaimHalfWidth) {
  return !e.low || !e.high || (*e.high - *e.low) / 2 > half;
}

}  // namespace youden::stat

#pragma once
#include <cmath>
#include <cstdint>

#include "youden/metric/confusion.hpp"
#include "youden/metric/estimate.hpp"
#include "youden/metric/interval.hpp"

namespace youden::metric {

/// (a/P) / (b/N) with the delta method on the log scale (Simel et al. 1991, doi:10.1016/0895-4356(91)90128-V).
/// Undefined where b is 0; without an interval where a is 0, whose logarithm does not exist.
inline Estimate likelihood_ratio(std::int64_t a, std::int64_t positives, std::int64_t b, std::int64_t negatives,
                                 double level = 0.95) {
  Estimate e{.level = level, .n = positives + negatives};
  const double z = normal_quantile(level);
  if (positives == 0 || negatives == 0 || b == 0) return e;
  const auto ad = static_cast<double>(a);
  const auto bd = static_cast<double>(b);
  const auto p = static_cast<double>(positives);
  const auto n = static_cast<double>(negatives);
  const double ratio = (ad / p) / (bd / n);
  e.value = ratio;
  if (a == 0) return e;
  const double factor = std::exp(z * std::sqrt(1 / ad - 1 / p + 1 / bd - 1 / n));
  e.low = ratio / factor;
  e.high = ratio * factor;
  e.method = "log-delta";
  return e;
}

/// LR+ = sensitivity / (1 − specificity).
inline Estimate lr_positive(const BinaryCounts& c, double level = 0.95) {
  return likelihood_ratio(c.tp, c.positives(), c.fp, c.negatives(), level);
}
/// LR− = (1 − sensitivity) / specificity.
inline Estimate lr_negative(const BinaryCounts& c, double level = 0.95) {
  return likelihood_ratio(c.fn, c.positives(), c.tn, c.negatives(), level);
}

}  // namespace youden::metric

#pragma once
#include <cmath>

#include "youden/metric/confusion.hpp"
#include "youden/metric/estimate.hpp"
#include "youden/metric/proportion.hpp"

namespace youden::metric {

/// Interval of the sum of two independent estimates from the interval of each: the method of variance estimates
/// recovery (Zou & Donner 2008, doi:10.1002/sim.3095, eq. 4).
inline Interval mover_sum(double a, const Interval& of_a, double b, const Interval& of_b) {
  return {.low = a + b - std::hypot(a - of_a.low, b - of_b.low),
          .high = a + b + std::hypot(of_a.high - a, of_b.high - b)};
}

/// Youden's J = sensitivity + specificity − 1, interval from the two Clopper–Pearson intervals.
inline Estimate youden_j(const BinaryCounts& c, double level = 0.95) {
  Estimate e{.level = level, .n = c.total()};
  if (c.positives() == 0 || c.negatives() == 0) return e;
  const auto tp = static_cast<double>(c.tp);
  const auto tn = static_cast<double>(c.tn);
  const auto p = static_cast<double>(c.positives());
  const auto n = static_cast<double>(c.negatives());
  const Interval sum = mover_sum(tp / p, clopper_pearson(tp, p, level), tn / n, clopper_pearson(tn, n, level));
  e.value = tp / p + tn / n - 1;
  e.low = sum.low - 1;
  e.high = sum.high - 1;
  e.method = "mover";
  return e;
}

/// (sensitivity + specificity) / 2 = (J + 1) / 2, and its interval likewise.
inline Estimate balanced_accuracy(const BinaryCounts& c, double level = 0.95) {
  Estimate e = youden_j(c, level);
  if (!e.value) return e;
  e.value = (*e.value + 1) / 2;
  e.low = (*e.low + 1) / 2;
  e.high = (*e.high + 1) / 2;
  return e;
}

}  // namespace youden::metric

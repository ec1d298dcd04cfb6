#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "youden/metric/clustered_proportion.hpp"
#include "youden/metric/confusion.hpp"
#include "youden/metric/estimate.hpp"
#include "youden/metric/rates.hpp"

namespace youden::metric {

/// Interval of the sum of two estimates from the interval of each: the method of variance estimates recovery (Zou &
/// Donner 2008, doi:10.1002/sim.3095, eq. 4; with a correlation: Zou 2007, doi:10.1037/1082-989X.12.4.399, eq. 15).
inline Interval mover_sum(double a, const Interval& of_a, double b, const Interval& of_b, double correlation = 0) {
  const auto length = [&](double x, double y) { return std::sqrt(x * x + y * y + 2 * correlation * x * y); };
  return {.low = a + b - length(a - of_a.low, b - of_b.low), .high = a + b + length(of_a.high - a, of_b.high - b)};
}

namespace detail {

inline std::optional<double> j(const BinaryCounts& c) {
  if (c.positives() == 0 || c.negatives() == 0) return {};
  return static_cast<double>(c.tp) / static_cast<double>(c.positives()) +
         static_cast<double>(c.tn) / static_cast<double>(c.negatives()) - 1;
}

inline Estimate youden_j(const Estimate& sensitivity, const Estimate& specificity, double correlation) {
  Estimate e{.level = sensitivity.level, .n = sensitivity.n + specificity.n};
  if (!sensitivity.value || !specificity.value) return e;
  const Interval sum = mover_sum(*sensitivity.value, {*sensitivity.low, *sensitivity.high}, *specificity.value,
                                 {*specificity.low, *specificity.high}, correlation);
  e.value = *sensitivity.value + *specificity.value - 1;
  e.low = std::max(-1.0, sum.low - 1);
  e.high = std::min(1.0, sum.high - 1);
  e.method = "mover";
  return e;
}

}  // namespace detail

/// Youden's J = sensitivity + specificity − 1, interval from the two Clopper–Pearson intervals.
inline Estimate youden_j(const BinaryCounts& c, double level = 0.95) {
  return detail::youden_j(sensitivity(c, level), specificity(c, level), 0);
}
/// From the two Korn–Graubard intervals. Patients with films of both classes tie the two together; a negative
/// correlation, which would shorten the interval, is not believed.
inline Estimate youden_j(std::span<const BinaryCounts> patients, double level = 0.95) {
  const std::vector<Share> a = shares(kSensitivityRate, patients);
  const std::vector<Share> b = shares(kSpecificityRate, patients);
  const double variances = cluster_covariance(a, a) * cluster_covariance(b, b);
  const double correlation = variances > 0 ? std::clamp(cluster_covariance(a, b) / std::sqrt(variances), 0.0, 1.0) : 0;
  Estimate e = detail::youden_j(proportion(a, level), proportion(b, level), correlation);
  if (e.value && (PooledShare(a).clustered() || PooledShare(b).clustered())) e.method = "mover-clustered";
  return e;
}

namespace detail {

inline Estimate halved(Estimate j) {
  if (!j.value) return j;
  for (auto* v : {&j.value, &j.low, &j.high}) *v = (**v + 1) / 2;
  return j;
}

}  // namespace detail

/// (sensitivity + specificity) / 2 = (J + 1) / 2, and its interval likewise.
inline Estimate balanced_accuracy(const BinaryCounts& c, double level = 0.95) {
  return detail::halved(youden_j(c, level));
}
inline Estimate balanced_accuracy(std::span<const BinaryCounts> patients, double level = 0.95) {
  return detail::halved(youden_j(patients, level));
}
/// Over all classes: the mean of their sensitivities. Undefined where a class does not occur.
inline Estimate balanced_accuracy(const ConfusionMatrix& m) {
  Estimate e{.n = m.total()};
  double sum = 0;
  for (std::size_t c = 0; c < m.classes(); ++c) {
    if (m.support(c) == 0) return e;
    sum += static_cast<double>(m.at(c, c)) / static_cast<double>(m.support(c));
  }
  if (m.classes() > 0) e.value = sum / static_cast<double>(m.classes());
  return e;
}

}  // namespace youden::metric

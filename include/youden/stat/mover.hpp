#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "youden/stat/clustered_proportion.hpp"
#include "youden/stat/confusion.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/rates.hpp"

namespace youden::stat {

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

}  // namespace detail

/// Sensitivity and specificity with their intervals, and how they go together.
struct RatePair {
  Estimate sensitivity;
  Estimate specificity;
  double correlation = 0;
  bool clustered = false;

  /// Of independent samples: two Clopper–Pearson intervals.
  RatePair(const BinaryCounts& c, double level)
      : sensitivity(stat::sensitivity(c, level)), specificity(stat::specificity(c, level)) {}
  /// Two Korn–Graubard intervals. Patients with films of both classes tie the two together; a negative correlation,
  /// which would shorten intervals, is not believed.
  RatePair(std::span<const BinaryCounts> patients, double level) {
    const std::vector<Share> a = shares(kSensitivityRate, patients);
    const std::vector<Share> b = shares(kSpecificityRate, patients);
    sensitivity = proportion(a, level);
    specificity = proportion(b, level);
    const double variances = cluster_covariance(a, a) * cluster_covariance(b, b);
    if (variances > 0) correlation = std::clamp(cluster_covariance(a, b) / std::sqrt(variances), 0.0, 1.0);
    clustered = PooledShare(a).clustered() || PooledShare(b).clustered();
  }

  [[nodiscard]] bool defined() const { return sensitivity.value && specificity.value; }
  /// Interval of by_sensitivity · sensitivity + by_specificity · specificity; neither factor is negative.
  [[nodiscard]] Interval sum(double by_sensitivity, double by_specificity) const {
    const auto scaled = [](const Estimate& e, double by) { return Interval{by * *e.low, by * *e.high}; };
    return mover_sum(by_sensitivity * *sensitivity.value, scaled(sensitivity, by_sensitivity),
                     by_specificity * *specificity.value, scaled(specificity, by_specificity), correlation);
  }
  [[nodiscard]] const char* method() const { return clustered ? "mover-clustered" : "mover"; }
};

/// Youden's J = sensitivity + specificity − 1.
inline Estimate youden_j(const RatePair& rates) {
  Estimate e{.level = rates.sensitivity.level, .n = rates.sensitivity.n + rates.specificity.n};
  if (!rates.defined()) return e;
  const Interval sum = rates.sum(1, 1);
  e.value = *rates.sensitivity.value + *rates.specificity.value - 1;
  e.low = std::max(-1.0, sum.low - 1);
  e.high = std::min(1.0, sum.high - 1);
  e.method = rates.method();
  return e;
}
inline Estimate youden_j(const BinaryCounts& c, double level = 0.95) { return youden_j(RatePair(c, level)); }
inline Estimate youden_j(std::span<const BinaryCounts> patients, double level = 0.95) {
  return youden_j(RatePair(patients, level));
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

}  // namespace youden::stat

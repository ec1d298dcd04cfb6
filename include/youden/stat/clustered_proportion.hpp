#pragma once
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "youden/stat/estimate.hpp"
#include "youden/stat/interval.hpp"
#include "youden/stat/proportion.hpp"

namespace youden::stat {

/// `hits` of one patient's `members`.
struct Share {
  std::int64_t hits = 0;
  std::int64_t members = 0;
};

/// Σ hits / Σ members over patients.
struct PooledShare {
  std::int64_t hits = 0;
  std::int64_t members = 0;
  std::size_t patients = 0;  ///< who have members

  explicit PooledShare(std::span<const Share> shares) {
    for (const Share& s : shares) {
      hits += s.hits;
      members += s.members;
      patients += s.members > 0 ? 1 : 0;
    }
  }
  [[nodiscard]] double value() const { return static_cast<double>(hits) / static_cast<double>(members); }
  [[nodiscard]] bool clustered() const { return patients < static_cast<std::size_t>(members); }
};

/// Covariance of two pooled shares of the same patients in the same order, linearised: G/(G−1) Σ z_g z'_g with
/// z_g = (hits − p · members) / Σ members (Cochran 1977, Sampling Techniques, §6.13). Between-patient variance enters
/// as it is, so films of one patient may agree as much as they like. 0 for a single patient.
inline double cluster_covariance(std::span<const Share> x, std::span<const Share> y) {
  const PooledShare a(x);
  const PooledShare b(y);
  double sum = 0;
  std::size_t patients = 0;
  for (std::size_t g = 0; g < x.size(); ++g) {
    if (x[g].members == 0 && y[g].members == 0) continue;
    ++patients;
    if (x[g].members == 0 || y[g].members == 0) continue;
    sum += (static_cast<double>(x[g].hits) - a.value() * static_cast<double>(x[g].members)) /
           static_cast<double>(a.members) *
           (static_cast<double>(y[g].hits) - b.value() * static_cast<double>(y[g].members)) /
           static_cast<double>(b.members);
  }
  if (patients < 2) return 0;
  return sum * static_cast<double>(patients) / static_cast<double>(patients - 1);
}

/// How many independent films would tell as much (Korn & Graubard 1998, Survey Methodology 24:193): p (1 − p) over the
/// variance by patient, with their correction for few patients; never more than there are. At 0 and 100 %, where the
/// variance collapses, the number of patients.
inline double effective_size(std::span<const Share> shares, double level = 0.95) {
  const PooledShare pooled(shares);
  const auto n = static_cast<double>(pooled.members);
  const auto patients = static_cast<double>(pooled.patients);
  if (pooled.hits == 0 || pooled.hits == pooled.members || pooled.patients < 2) return patients;
  const double p = pooled.value();
  const double variance = cluster_covariance(shares, shares);
  if (!(variance > 0)) return n;
  const double tail = alpha_of(level) / 2;
  const auto t = [&](double freedom) { return quantile(boost::math::students_t(freedom), tail); };
  const double correction = t(n - 1) / t(patients - 1);
  return std::min(n, p * (1 - p) / variance * correction * correction);
}

/// Σ hits of Σ members with an interval that knows which films are of one patient; the plain one where no patient has
/// several. Undefined without members.
inline Estimate proportion(std::span<const Share> shares, double level = 0.95,
                           ProportionMethod method = ProportionMethod::clopper_pearson) {
  const PooledShare pooled(shares);
  if (!pooled.clustered()) return proportion(pooled.hits, pooled.members, level, method);
  const double n = effective_size(shares, level);
  const double k = pooled.value() * n;
  const bool exact = method == ProportionMethod::clopper_pearson;
  const Interval interval = exact ? clopper_pearson(k, n, level) : wilson(k, n, level);
  return {.value = pooled.value(),
          .low = interval.low,
          .high = interval.high,
          .level = level,
          .method = exact ? "korn-graubard" : "wilson-clustered",
          .n = pooled.members};
}

}  // namespace youden::stat

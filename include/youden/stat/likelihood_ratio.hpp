#pragma once
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "youden/stat/clustered_proportion.hpp"
#include "youden/stat/confusion.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/interval.hpp"
#include "youden/stat/rates.hpp"

namespace youden::stat {

namespace detail {

inline std::optional<double> ratio_of_shares(std::int64_t a, std::int64_t positives, std::int64_t b,
                                             std::int64_t negatives) {
  if (positives == 0 || negatives == 0 || b == 0) return {};
  return (static_cast<double>(a) / static_cast<double>(positives)) /
         (static_cast<double>(b) / static_cast<double>(negatives));
}

}  // namespace detail

/// (a/P) / (b/N) with the delta method on the log scale (Simel et al. 1991, doi:10.1016/0895-4356(91)90128-V).
/// Undefined where b is 0; without an interval where a is 0, whose logarithm does not exist, and where both shares are
/// 1, whose variances are 0.
inline Estimate likelihood_ratio(std::int64_t a, std::int64_t positives, std::int64_t b, std::int64_t negatives,
                                 double level = 0.95) {
  Estimate e{.level = level, .n = positives + negatives};
  const double z = normal_quantile(level);
  e.value = detail::ratio_of_shares(a, positives, b, negatives);
  if (!e.value || a == 0) return e;
  const auto ad = static_cast<double>(a);
  const auto bd = static_cast<double>(b);
  const auto p = static_cast<double>(positives);
  const auto n = static_cast<double>(negatives);
  const double variance = 1 / ad - 1 / p + 1 / bd - 1 / n;
  if (!(variance > 1e-15)) return e;  // both shares are 1: everybody is called alike, which is no certainty
  const double factor = std::exp(z * std::sqrt(variance));
  e.low = *e.value / factor;
  e.high = *e.value * factor;
  e.method = "log-delta";
  return e;
}

namespace detail {

/// (a's pooled share) / (b's) of the same patients. The delta method with the variances and the covariance by patient,
/// which become the binomial ones where each patient has one film.
inline Estimate likelihood_ratio(std::span<const Share> a, std::span<const Share> b, double level) {
  const PooledShare of_a(a);
  const PooledShare of_b(b);
  if (!of_a.clustered() && !of_b.clustered()) {
    return stat::likelihood_ratio(of_a.hits, of_a.members, of_b.hits, of_b.members, level);
  }
  Estimate e{.level = level, .n = of_a.members + of_b.members};
  const double z = normal_quantile(level);
  if (of_a.members == 0 || of_b.hits == 0) return e;
  e.value = of_a.value() / of_b.value();
  const double variance = cluster_covariance(a, a) / (of_a.value() * of_a.value()) +
                          cluster_covariance(b, b) / (of_b.value() * of_b.value()) -
                          2 * cluster_covariance(a, b) / (of_a.value() * of_b.value());
  if (of_a.hits == 0 || !(variance > 0)) return e;
  const double factor = std::exp(z * std::sqrt(variance));
  e.low = *e.value / factor;
  e.high = *e.value * factor;
  e.method = "log-delta-clustered";
  return e;
}

inline std::vector<Share> misses(std::vector<Share> shares) {
  for (Share& s : shares) s.hits = s.members - s.hits;
  return shares;
}

}  // namespace detail

/// LR+ = sensitivity / (1 − specificity).
inline Estimate lr_positive(const BinaryCounts& c, double level = 0.95) {
  return likelihood_ratio(c.tp, c.positives(), c.fp, c.negatives(), level);
}
inline Estimate lr_positive(std::span<const BinaryCounts> patients, double level = 0.95) {
  return detail::likelihood_ratio(shares(kSensitivityRate, patients),
                                  detail::misses(shares(kSpecificityRate, patients)), level);
}
/// LR− = (1 − sensitivity) / specificity.
inline Estimate lr_negative(const BinaryCounts& c, double level = 0.95) {
  return likelihood_ratio(c.fn, c.positives(), c.tn, c.negatives(), level);
}
inline Estimate lr_negative(std::span<const BinaryCounts> patients, double level = 0.95) {
  return detail::likelihood_ratio(detail::misses(shares(kSensitivityRate, patients)),
                                  shares(kSpecificityRate, patients), level);
}

}  // namespace youden::stat

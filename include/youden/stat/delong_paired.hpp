#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "youden/stat/interval.hpp"
#include "youden/stat/paired_test.hpp"
#include "youden/stat/placements.hpp"

namespace youden::stat {

namespace detail {

/// Variance of the mean of a − b, denominators n − 1. From the differences themselves, so that equal scores give 0.
inline double variance_of_mean_difference(std::span<const double> a, std::span<const double> b) {
  std::vector<double> d(a.size());
  double mean = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    d[i] = a[i] - b[i];
    mean += d[i] / static_cast<double>(a.size());
  }
  return sample_covariance(d, mean, d, mean) / static_cast<double>(a.size());
}

}  // namespace detail

/// Placements of both models on the samples of one stratum (all of them, or one fold), in the same order.
struct PlacementPair {
  Placements first;
  Placements second;
};

/// DeLong's test of two AUCs on the same samples (DeLong et al. 1988, doi:10.2307/2531595), two-sided, normal. With
/// several strata the AUCs are means over them, as those of a k-fold are, and the strata independent: the variance is
/// Σ var / k². No p where a class has fewer than two samples in a stratum, or where a difference has no variance.
/// Assumes that films are independent.
inline PairedTest delong_paired(std::span<const PlacementPair> strata, double level = 0.95) {
  PairedTest t{.level = level};
  double difference = 0;
  double variance = 0;
  bool enough = !strata.empty();
  const auto k = static_cast<double>(strata.size());
  for (const auto& [a, b] : strata) {
    require_same_length(a.positive.size(), b.positive.size(), "positives of the other score");
    require_same_length(a.negative.size(), b.negative.size(), "negatives of the other score");
    if (!a.auc || !b.auc) return t;
    difference += (*a.auc - *b.auc) / k;
    if (a.positive.size() < 2 || a.negative.size() < 2) {
      enough = false;
      continue;
    }
    variance += (detail::variance_of_mean_difference(a.positive, b.positive) +
                 detail::variance_of_mean_difference(a.negative, b.negative)) /
                (k * k);
  }
  if (strata.empty()) return t;
  t.difference = difference;
  if (!enough) return t;
  if (!(variance > 1e-24)) {  // nothing but rounding
    if (std::abs(difference) < 1e-12) {
      t.statistic = 0;
      t.p = 1;
    }
    return t;
  }
  const double error = std::sqrt(variance);
  t.statistic = difference / error;
  t.p = std::erfc(std::abs(*t.statistic) / std::numbers::sqrt2);
  t.low = difference - normal_quantile(level) * error;
  t.high = difference + normal_quantile(level) * error;
  return t;
}

/// `positive`: 1 = positive; higher scores mean more positive.
inline PairedTest delong_paired(std::span<const std::uint8_t> positive, std::span<const double> first,
                                std::span<const double> second, double level = 0.95) {
  const PlacementPair pair{placements(positive, first), placements(positive, second)};
  return delong_paired(std::span(&pair, 1), level);
}

}  // namespace youden::stat

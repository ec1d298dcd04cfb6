#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "youden/stat/auc.hpp"
#include "youden/stat/placements.hpp"

namespace youden::stat {

/// AUC of scores that are on one scale within a stratum only (the folds of a cross-validation), of films of which some
/// belong together (patients). Each film is placed among the other class of its own stratum; the variance is that of
/// sums by cluster (Obuchowski 1997, doi:10.2307/2533958), its interval symmetric on the logit. With one stratum and
/// one film a cluster this is the logit DeLong interval; at an AUC of 1 or 0 its exact bound, with clusters counted.
inline stat::Estimate clustered_auc(std::span<const std::uint8_t> positive, std::span<const double> score,
                                    std::span<const std::string> cluster, std::span<const int> stratum,
                                    double level = 0.95) {
  struct Sums {
    double v10 = 0, v01 = 0;  // of placements of positives, of negatives
    double m = 0, n = 0;      // films
  };
  std::map<int, std::vector<std::size_t>> strata;
  for (std::size_t i = 0; i < positive.size(); ++i) strata[stratum[i]].push_back(i);
  std::map<std::string, Sums> sums;
  double all_m = 0;
  double all_n = 0;
  double total = 0;
  double total_negative = 0;
  for (const auto& [s, members] : strata) {
    std::vector<std::uint8_t> labels;
    std::vector<double> scores;
    for (const std::size_t i : members) {
      labels.push_back(positive[i]);
      scores.push_back(score[i]);
    }
    const stat::Placements p = stat::placements(labels, scores);
    if (!p.auc) continue;  // a stratum of one class says nothing
    std::size_t of_positive = 0;
    std::size_t of_negative = 0;
    for (const std::size_t i : members) {
      Sums& own = sums[cluster[i]];
      if (positive[i] != 0) {
        const double v = p.positive[of_positive++];
        own.v10 += v;
        own.m += 1;
        total += v;
        all_m += 1;
      } else {
        const double v = p.negative[of_negative++];
        own.v01 += v;
        own.n += 1;
        total_negative += v;
        all_n += 1;
      }
    }
  }
  stat::Estimate e{.level = level};
  e.n = static_cast<std::int64_t>(positive.size());
  if (all_m == 0) return e;
  const double area = total / all_m;
  const double area_negative = total_negative / all_n;  // the same but where strata differ in their balance
  e.value = area;

  double with_m = 0;
  double with_n = 0;
  double s10 = 0;
  double s01 = 0;
  double s11 = 0;
  for (const auto& [name, c] : sums) {
    with_m += c.m > 0 ? 1 : 0;
    with_n += c.n > 0 ? 1 : 0;
    const double a = c.v10 - c.m * area;
    const double b = c.v01 - c.n * area_negative;
    s10 += a * a;
    s01 += b * b;
    s11 += a * b;
  }
  if (area >= 1 || area <= 0) {
    const double bound = std::pow(stat::alpha_of(level) / 2, 1 / std::min(with_m, with_n));
    e.low = area >= 1 ? bound : 0;
    e.high = area >= 1 ? 1 : 1 - bound;
    e.method = "exact-bound";
    return e;
  }
  if (with_m < 2 || with_n < 2) return e;
  const auto clusters = static_cast<double>(sums.size());
  const double variance = with_m / (with_m - 1) * s10 / (all_m * all_m) +
                          with_n / (with_n - 1) * s01 / (all_n * all_n) +
                          2 * clusters / (clusters - 1) * s11 / (all_m * all_n);
  if (variance <= 0) return e;
  const double centre = std::log(area / (1 - area));
  const double half = stat::normal_quantile(level) * std::sqrt(variance) / (area * (1 - area));
  const auto expit = [](double x) { return 1 / (1 + std::exp(-x)); };
  e.low = expit(centre - half);
  e.high = expit(centre + half);
  e.method = "logit-delong, clustered";
  return e;
}

}  // namespace youden::stat

#pragma once
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>

#include "youden/stat/interval.hpp"
#include "youden/stat/paired_test.hpp"
#include "youden/stat/placements.hpp"

namespace youden::stat {

namespace detail {

struct MeanAuc {
  std::optional<double> value = {};
  std::optional<double> variance = {};
  double n = 0;
};

/// Mean over strata and its DeLong variance Σ var / k².
inline MeanAuc mean_auc(std::span<const Placements> strata) {
  MeanAuc out{.value = strata.empty() ? std::nullopt : std::optional(0.0),
              .variance = strata.empty() ? std::nullopt : std::optional(0.0)};
  const auto k = static_cast<double>(strata.size());
  for (const Placements& p : strata) {
    out.n += static_cast<double>(p.positive.size() + p.negative.size());
    out.value = p.auc && out.value ? std::optional(*out.value + *p.auc / k) : std::nullopt;
    const auto variance = delong_variance(p);
    out.variance = variance && out.variance ? std::optional(*out.variance + *variance / (k * k)) : std::nullopt;
  }
  return out;
}

}  // namespace detail

/// DeLong's test of two AUCs on different samples: t with Welch's degrees of freedom,
/// (v₁ + v₂)² / (v₁² / (n₁ − 1) + v₂² / (n₂ − 1)), as pROC's roc.test(paired = FALSE). Strata are folds, over which
/// the AUC is the mean. Assumes that films are independent.
inline PairedTest delong_unpaired(std::span<const Placements> first, std::span<const Placements> second,
                                  double level = 0.95) {
  PairedTest t{.level = level};
  const double alpha = alpha_of(level);
  const detail::MeanAuc a = detail::mean_auc(first);
  const detail::MeanAuc b = detail::mean_auc(second);
  if (!a.value || !b.value) return t;
  t.difference = *a.value - *b.value;
  if (!a.variance || !b.variance || !(*a.variance + *b.variance > 0)) return t;
  const double variance = *a.variance + *b.variance;
  t.df = variance * variance / (*a.variance * *a.variance / (a.n - 1) + *b.variance * *b.variance / (b.n - 1));
  t.statistic = *t.difference / std::sqrt(variance);
  const boost::math::students_t student(*t.df);
  t.p = 2 * boost::math::cdf(boost::math::complement(student, std::abs(*t.statistic)));
  const double half = boost::math::quantile(boost::math::complement(student, alpha / 2)) * std::sqrt(variance);
  t.low = *t.difference - half;
  t.high = *t.difference + half;
  return t;
}
inline PairedTest delong_unpaired(const Placements& first, const Placements& second, double level = 0.95) {
  return delong_unpaired(std::span(&first, 1), std::span(&second, 1), level);
}

}  // namespace youden::stat

#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "youden/stat/input.hpp"

namespace youden::stat {

/// Where each sample stands among the other class, and the Mann–Whitney AUC that is the mean of either column.
struct Placements {
  std::vector<double> positive = {};  ///< per positive, in sample order: share of negatives below it, ties ½
  std::vector<double> negative = {};  ///< per negative, in sample order: share of positives above it, ties ½
  std::optional<double> auc = {};     ///< undefined unless both classes occur
};

/// O(n log n). Throws DataError where lengths differ or a score is not finite.
inline Placements placements(std::span<const std::uint8_t> positive, std::span<const double> score) {
  require_same_length(positive.size(), score.size(), "scores");
  require_finite(score);
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });

  const auto positives = static_cast<std::int64_t>(
      std::count_if(positive.begin(), positive.end(), [](std::uint8_t label) { return label != 0; }));
  const std::int64_t negatives = static_cast<std::int64_t>(positive.size()) - positives;
  Placements out;
  if (positives == 0 || negatives == 0) return out;

  std::vector<double> share(score.size());
  std::int64_t positives_below = 0;
  std::int64_t negatives_below = 0;
  std::int64_t twice_wins = 0;  // integer, so that the AUC is rounded once
  for (std::size_t from = 0; from < order.size();) {
    std::size_t to = from;
    std::int64_t tied_positives = 0;
    for (; to < order.size() && score[order[to]] == score[order[from]]; ++to) {
      if (positive[order[to]] != 0) ++tied_positives;
    }
    const std::int64_t tied_negatives = static_cast<std::int64_t>(to - from) - tied_positives;
    const std::int64_t twice_below = 2 * negatives_below + tied_negatives;
    const std::int64_t twice_above = 2 * (positives - positives_below) - tied_positives;
    for (std::size_t i = from; i < to; ++i) {
      const bool is_positive = positive[order[i]] != 0;
      share[order[i]] = static_cast<double>(is_positive ? twice_below : twice_above) /
                        (2.0 * static_cast<double>(is_positive ? negatives : positives));
    }
    twice_wins += tied_positives * twice_below;
    positives_below += tied_positives;
    negatives_below += tied_negatives;
    from = to;
  }
  for (std::size_t i = 0; i < share.size(); ++i) (positive[i] != 0 ? out.positive : out.negative).push_back(share[i]);
  out.auc = static_cast<double>(twice_wins) / (2.0 * static_cast<double>(positives) * static_cast<double>(negatives));
  return out;
}

namespace detail {

inline double sample_covariance(std::span<const double> a, double mean_a, std::span<const double> b, double mean_b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / static_cast<double>(a.size() - 1);
}

}  // namespace detail

/// Covariance of the AUCs of two scores of the same samples in the same order (DeLong et al. 1988,
/// doi:10.2307/2531595), denominators n − 1. Empty where a class has fewer than two samples. The paired test's
/// statistic is (auc_a − auc_b) / √(cov(a,a) + cov(b,b) − 2 cov(a,b)).
inline std::optional<double> delong_covariance(const Placements& a, const Placements& b) {
  require_same_length(a.positive.size(), b.positive.size(), "positives of the other score");
  require_same_length(a.negative.size(), b.negative.size(), "negatives of the other score");
  if (a.positive.size() < 2 || a.negative.size() < 2) return {};
  return detail::sample_covariance(a.positive, *a.auc, b.positive, *b.auc) / static_cast<double>(a.positive.size()) +
         detail::sample_covariance(a.negative, *a.auc, b.negative, *b.auc) / static_cast<double>(a.negative.size());
}

inline std::optional<double> delong_variance(const Placements& p) { return delong_covariance(p, p); }

}  // namespace youden::stat

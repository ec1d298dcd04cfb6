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

/// Labels in the order of their scores: sorted once, then AUC and average precision in O(n) for every draw of a
/// bootstrap, in which sample i counts weight[i] times.
class RankedLabels {
 public:
  /// Throws DataError where lengths differ or a score is not finite.
  RankedLabels(std::span<const std::uint8_t> positive, std::span<const double> score) : order_(score.size()) {
    require_same_length(positive.size(), score.size(), "scores");
    require_finite(score);
    std::iota(order_.begin(), order_.end(), 0U);
    std::sort(order_.begin(), order_.end(), [&](auto a, auto b) { return score[a] > score[b]; });
    for (std::size_t i = 0; i < order_.size(); ++i) {
      positive_.push_back(positive[order_[i]] != 0 ? 1 : 0);
      ends_tie_.push_back(i + 1 == order_.size() || score[order_[i]] != score[order_[i + 1]] ? 1 : 0);
    }
  }

  /// Mann–Whitney, ties ½. Undefined unless both classes occur.
  [[nodiscard]] std::optional<double> auc(std::span<const std::uint32_t> weight) const {
    std::int64_t twice_wins = 0;
    std::int64_t positives = 0;
    std::int64_t negatives = 0;
    walk(weight, [&](std::int64_t tied_positives, std::int64_t tied_negatives) {
      twice_wins += tied_negatives * (2 * positives + tied_positives);
      positives += tied_positives;
      negatives += tied_negatives;
    });
    if (positives == 0 || negatives == 0) return {};
    return static_cast<double>(twice_wins) / (2.0 * static_cast<double>(positives) * static_cast<double>(negatives));
  }

  /// Σ (Rₙ − Rₙ₋₁) Pₙ. Undefined without positives.
  [[nodiscard]] std::optional<double> average_precision(std::span<const std::uint32_t> weight) const {
    double sum = 0;
    std::int64_t positives = 0;
    std::int64_t called = 0;
    walk(weight, [&](std::int64_t tied_positives, std::int64_t tied_negatives) {
      positives += tied_positives;
      called += tied_positives + tied_negatives;
      if (tied_positives == 0) return;
      sum += static_cast<double>(tied_positives) * static_cast<double>(positives) / static_cast<double>(called);
    });
    if (positives == 0) return {};
    return sum / static_cast<double>(positives);
  }

 private:
  /// Calls `tie(positives, negatives)` for each distinct score, from the highest.
  template <class Tie>
  void walk(std::span<const std::uint32_t> weight, Tie tie) const {
    require_same_length(order_.size(), weight.size(), "weights");
    std::int64_t of_class[2] = {0, 0};
    for (std::size_t i = 0; i < order_.size(); ++i) {
      of_class[positive_[i]] += weight[order_[i]];
      if (ends_tie_[i] == 0) continue;
      tie(of_class[1], of_class[0]);
      of_class[0] = of_class[1] = 0;
    }
  }

  std::vector<std::uint32_t> order_;  ///< samples by descending score
  std::vector<std::uint8_t> positive_ = {};
  std::vector<std::uint8_t> ends_tie_ = {};
};

}  // namespace youden::stat

#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "youden/stat/confusion.hpp"
#include "youden/stat/input.hpp"

namespace youden::stat {

/// What is called positive when `score >= threshold` is.
struct RocPoint {
  double threshold = 0;
  std::int64_t tp = 0;
  std::int64_t fp = 0;
};

/// Thresholds descending: +infinity (nobody called positive), then every distinct score; the last calls everybody.
struct RocCurve {
  std::int64_t positives = 0;
  std::int64_t negatives = 0;
  std::vector<RocPoint> points = {};

  [[nodiscard]] std::optional<double> sensitivity(const RocPoint& p) const {
    if (positives == 0) return {};
    return static_cast<double>(p.tp) / static_cast<double>(positives);
  }
  [[nodiscard]] std::optional<double> specificity(const RocPoint& p) const {
    if (negatives == 0) return {};
    return static_cast<double>(negatives - p.fp) / static_cast<double>(negatives);
  }
  [[nodiscard]] BinaryCounts counts(const RocPoint& p) const {
    return {.tp = p.tp, .fn = positives - p.tp, .fp = p.fp, .tn = negatives - p.fp};
  }
};

/// Throws DataError where lengths differ or a score is not finite.
inline RocCurve roc(std::span<const std::uint8_t> positive, std::span<const double> score) {
  require_same_length(positive.size(), score.size(), "scores");
  require_finite(score);
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });

  RocCurve curve;
  curve.points.push_back({.threshold = std::numeric_limits<double>::infinity()});
  for (const std::size_t i : order) {
    ++(positive[i] != 0 ? curve.positives : curve.negatives);
    if (curve.points.back().threshold != score[i]) curve.points.push_back({.threshold = score[i]});
    curve.points.back().tp = curve.positives;
    curve.points.back().fp = curve.negatives;
  }
  return curve;
}

}  // namespace youden::stat

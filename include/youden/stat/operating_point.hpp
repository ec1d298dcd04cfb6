#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/stat/roc.hpp"
#include "youden/stat/threshold_rule.hpp"

namespace youden::stat {

/// A threshold and what it does to the samples that it was chosen on.
struct OperatingPoint {
  double threshold = 0.5;  ///< positive when score >= threshold
  BinaryCounts counts = {};
};

/// 1 where `score >= threshold`.
inline std::vector<std::uint8_t> decide(std::span<const double> score, double threshold) {
  std::vector<std::uint8_t> decided;
  decided.reserve(score.size());
  for (const double s : score) decided.push_back(s >= threshold ? 1 : 0);
  return decided;
}

namespace detail {

/// Whether `b` serves the rule better than `a`. Integers throughout, so that equal is equal.
inline bool better(const ThresholdRule& rule, const RocCurve& curve, const RocPoint& a, const RocPoint& b) {
  const auto merit = [&](const RocPoint& p) {  // J · P · N, or specificity · N less a constant
    return rule.kind == ThresholdRule::Kind::youden ? p.tp * curve.negatives - p.fp * curve.positives : -p.fp;
  };
  if (merit(a) != merit(b)) return merit(b) > merit(a);
  if (a.tp != b.tp) return b.tp > a.tp;
  return b.threshold < a.threshold;
}

/// A threshold that calls the same samples positive as the point's own score, half way to the next lower one.
inline double midpoint_below(const RocCurve& curve, const RocPoint& point) {
  const auto next = std::find_if(curve.points.begin(), curve.points.end(),
                                 [&](const RocPoint& p) { return p.threshold < point.threshold; });
  if (next == curve.points.end()) return std::min(0.0, point.threshold);
  const double middle = next->threshold + (point.threshold - next->threshold) / 2;
  return middle > next->threshold ? middle : point.threshold;
}

}  // namespace detail

/// Applies a rule to labelled scores; candidates are the midpoints between neighbouring observed scores, as pROC takes
/// them: at perfect separation an observed score would leave no room for the next film. Below the lowest score it is 0,
/// or that score where it is negative.
/// youden: the largest J, ties: higher sensitivity, then lower threshold.
/// sensitivity >= x: the highest specificity among thresholds that reach x, ties likewise.
/// Throws DataError where a rule that looks at the data finds one class only, for then it would choose blindly.
inline OperatingPoint choose_threshold(const ThresholdRule& rule, std::span<const std::uint8_t> positive,
                                       std::span<const double> score) {
  if (rule.kind == ThresholdRule::Kind::fixed) {
    return {.threshold = rule.value, .counts = count(positive, decide(score, rule.value))};
  }
  const RocCurve curve = roc(positive, score);
  if (curve.positives == 0 || curve.negatives == 0) {
    throw base::DataError({"threshold '" + to_text(rule) + "' cannot be chosen from " +
                               std::to_string(curve.positives) + " positives and " + std::to_string(curve.negatives) +
                               " negatives",
                           {},
                           "give the validation part samples of both classes, or set threshold: 0.5"});
  }
  // The last point calls everybody positive, so every rule is met at least there.
  RocPoint best = curve.points.back();
  for (const RocPoint& p : std::span(curve.points).subspan(1)) {
    if (rule.kind == ThresholdRule::Kind::sensitivity && *curve.sensitivity(p) < rule.value) continue;
    if (detail::better(rule, curve, best, p)) best = p;
  }
  return {.threshold = detail::midpoint_below(curve, best), .counts = curve.counts(best)};
}

}  // namespace youden::stat

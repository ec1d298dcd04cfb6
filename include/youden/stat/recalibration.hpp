#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "youden/stat/estimate.hpp"
#include "youden/stat/groups.hpp"
#include "youden/stat/input.hpp"
#include "youden/stat/interval.hpp"

namespace youden::stat {

namespace detail {

/// ln p / (1 − p), with p clipped as in the log loss. Nothing where a score is no probability.
inline std::optional<std::vector<double>> logits(std::span<const double> probability) {
  constexpr double kClip = 1e-15;
  std::vector<double> out;
  out.reserve(probability.size());
  for (const double p : probability) {
    if (p < 0 || p > 1) return {};
    const double clipped = std::clamp(p, kClip, 1 - kClip);
    out.push_back(std::log(clipped) - std::log1p(-clipped));
  }
  return out;
}

/// Logistic regression of y on a + b x, or with b = 1 on a alone, by Newton's method.
class LogisticLine {
 public:
  LogisticLine(std::span<const std::uint8_t> y, std::span<const double> x, bool fit_slope)
      : y_(y), x_(x), fit_slope_(fit_slope) {}

  /// False where no finite maximum was found.
  bool fit() {
    double likelihood = log_likelihood(a_, b_);
    int close = 0;
    for (int step = 0; step < 100 && close < 5; ++step) {
      const Slope s = slope(a_, b_);
      double da = 0;
      double db = 0;
      if (!solve(s, s.a, s.b, da, db)) return false;
      // Twice what a step gains. Where that is less than the likelihood's own rounding, steps are good and whole.
      if (s.a * da + s.b * db < 1e-9) {
        ++close;
      } else {
        while (!(log_likelihood(a_ + da, b_ + db) >= likelihood)) {  // overshot: halve the step
          da /= 2;
          db /= 2;
          if (std::abs(da) + std::abs(db) < 1e-12) return false;
        }
      }
      a_ += da;
      b_ += db;
      likelihood = log_likelihood(a_, b_);
    }
    return close == 5;
  }

  [[nodiscard]] double intercept() const { return a_; }
  [[nodiscard]] double slope() const { return b_; }

  /// Of the slope, or of the intercept where the slope is fixed. With groups the sandwich of their summed scores, with
  /// the small-sample factor of Stata and statsmodels: G/(G−1) · (n−1)/(n−k).
  [[nodiscard]] double variance(std::span<const std::uint32_t> group) const {
    const Slope s = slope(a_, b_);
    double from_a = 0;  // the row of the inverse information that belongs to the parameter
    double from_b = 0;
    if (!solve(s, fit_slope_ ? 0 : 1, fit_slope_ ? 1 : 0, from_a, from_b)) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    if (!clustered(group)) return fit_slope_ ? from_b : from_a;
    std::unordered_map<std::uint32_t, double> influence;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      influence[group[i]] += residual(i) * (from_a + from_b * x_[i]);
    }
    double sum = 0;
    for (const auto& [g, z] : influence) sum += z * z;
    const auto groups = static_cast<double>(influence.size());
    const auto n = static_cast<double>(x_.size());
    return sum * groups / (groups - 1) * (n - 1) / (n - (fit_slope_ ? 2 : 1));
  }

 private:
  struct Slope {
    double a = 0, b = 0;            ///< gradient of the log likelihood
    double aa = 0, ab = 0, bb = 0;  ///< information
  };

  static double expit(double z) { return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z)); }
  [[nodiscard]] double residual(std::size_t i) const { return (y_[i] != 0 ? 1.0 : 0.0) - expit(a_ + b_ * x_[i]); }

  [[nodiscard]] double log_likelihood(double a, double b) const {
    double sum = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const double z = y_[i] != 0 ? a + b * x_[i] : -(a + b * x_[i]);
      sum -= z > 0 ? std::log1p(std::exp(-z)) : std::log1p(std::exp(z)) - z;
    }
    return sum;
  }
  [[nodiscard]] Slope slope(double a, double b) const {
    Slope s;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const double p = expit(a + b * x_[i]);
      const double r = (y_[i] != 0 ? 1.0 : 0.0) - p;
      const double w = p * (1 - p);
      s.a += r;
      s.b += r * x_[i];
      s.aa += w;
      s.ab += w * x_[i];
      s.bb += w * x_[i] * x_[i];
    }
    return s;
  }
  /// Information · (da, db) = (ga, gb).
  [[nodiscard]] bool solve(const Slope& s, double ga, double gb, double& da, double& db) const {
    if (!fit_slope_) {
      da = ga / s.aa;
      db = 0;
      return s.aa > 0;
    }
    const double determinant = s.aa * s.bb - s.ab * s.ab;
    da = (s.bb * ga - s.ab * gb) / determinant;
    db = (s.aa * gb - s.ab * ga) / determinant;
    return determinant > 0;
  }

  std::span<const std::uint8_t> y_;
  std::span<const double> x_;
  bool fit_slope_;
  double a_ = 0;
  double b_ = 1;
};

/// Two score values, or one, lie on any line: its fit knows no error.
inline bool tells_a_line(std::span<const double> x) {
  std::set<double> distinct;
  for (const double v : x) {
    if (distinct.insert(v).second && distinct.size() > 2) return true;
  }
  return false;
}

/// Odds of 1 to 5·10⁸, either way: a half-width beyond that says that the scores determine nothing.
inline constexpr double kWidest = 20;
/// Scores of 0 and 1 alone are certainties, whose odds are those of the clip.
inline bool has_odds(std::span<const double> x) {
  constexpr double kClipped = 34;
  return std::any_of(x.begin(), x.end(), [](double v) { return std::abs(v) < kClipped; });
}

/// No finite slope maximises the likelihood where a threshold separates the classes, ties on it included.
inline bool separated(std::span<const std::uint8_t> y, std::span<const double> x) {
  double least[2] = {INFINITY, INFINITY};
  double most[2] = {-INFINITY, -INFINITY};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const int c = y[i] != 0 ? 1 : 0;
    least[c] = std::min(least[c], x[i]);
    most[c] = std::max(most[c], x[i]);
  }
  return most[0] <= least[1] || most[1] <= least[0];
}

inline Estimate recalibrate(std::span<const std::uint8_t> positive, std::span<const double> score,
                            std::span<const std::uint32_t> group, double level, bool fit_slope) {
  require_same_length(positive.size(), score.size(), "scores");
  require_finite(score);
  Estimate e{.level = level, .n = static_cast<std::int64_t>(score.size())};
  const double z = normal_quantile(level);
  const auto x = logits(score);
  const auto positives = std::count_if(positive.begin(), positive.end(), [](auto y) { return y != 0; });
  if (!x || positives == 0 || positives == static_cast<std::ptrdiff_t>(score.size())) return e;
  if (!has_odds(*x) || (fit_slope && separated(positive, *x))) return e;
  LogisticLine line(positive, *x, fit_slope);
  if (!line.fit()) return e;
  e.value = fit_slope ? line.slope() : line.intercept();
  const double half = z * std::sqrt(line.variance(group));
  if (!(half > 0) || !(half < kWidest) || !tells_a_line(*x)) return e;
  e.low = *e.value - half;
  e.high = *e.value + half;
  e.method = clustered(group) ? "wald-clustered" : "wald";
  return e;
}

}  // namespace detail

/// The b of logit P(positive) = a + b logit p, p being the score (Cox 1958, doi:10.1093/biomet/45.3-4.562): 1 is right,
/// less means too extreme probabilities. Wald interval, by patient where patients have several films. Undefined where
/// a threshold separates the classes, for then no b is best, and where a score is no probability.
inline Estimate calibration_slope(std::span<const std::uint8_t> positive, std::span<const double> score,
                                  std::span<const std::uint32_t> group = {}, double level = 0.95) {
  return detail::recalibrate(positive, score, group, level, true);
}

/// Calibration in the large: the a of logit P(positive) = a + logit p, the slope held at 1 (Van Calster et al. 2019,
/// doi:10.1186/s12916-019-1466-7): 0 is right, below it probabilities are too high. Wald interval.
inline Estimate calibration_intercept(std::span<const std::uint8_t> positive, std::span<const double> score,
                                      std::span<const std::uint32_t> group = {}, double level = 0.95) {
  return detail::recalibrate(positive, score, group, level, false);
}

}  // namespace youden::stat

#pragma once
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "youden/metric/interval.hpp"

namespace youden::metric {

/// What a bootstrap of few units understates: draws from a stratum of m units vary by (m − 1) / m of what they should,
/// and few units call for Student's quantile. Its percentiles are taken further out by both (Hesterberg 2015,
/// doi:10.1080/00031305.2015.1089789). Instead of 1.96 standard errors that is 1.98 at 100 + 100 units, 2.21 at
/// 10 + 10.
struct SmallSample {
  std::size_t units = 0;  ///< independent ones; 0: not known to be few
  std::size_t strata = 0;

  [[nodiscard]] bool known() const { return units > 0; }
  /// None is left to tell how the units of a stratum differ.
  [[nodiscard]] bool hopeless() const { return known() && units <= strata; }

  /// Standard errors from the value to the end of a two-sided interval. Not of a hopeless sample.
  [[nodiscard]] double quantile(double level) const {
    if (!known()) return normal_quantile(level);
    double other = 0;
    const double x = boost::math::ibeta_inv(0.5, freedom() / 2, 1 - alpha_of(level), &other);
    return stretch() * std::sqrt(freedom() * x / other);
  }
  /// Share of the draws beyond either end.
  [[nodiscard]] double tail(double level) const {
    if (!known()) return alpha_of(level) / 2;
    return std::erfc(quantile(level) / std::numbers::sqrt2) / 2;
  }
  /// Two-sided p where `share` of the draws, at most a half, lies beyond no difference: 1 − the level whose tail it is.
  [[nodiscard]] double p(double share) const {
    if (!known() || share >= 0.5) return std::fmin(1, 2 * share);
    const double t = std::numbers::sqrt2 * boost::math::erfc_inv(2 * share) / stretch();
    return boost::math::ibeta(freedom() / 2, 0.5, freedom() / (freedom() + t * t));
  }

 private:
  [[nodiscard]] double freedom() const { return static_cast<double>(units - strata); }
  [[nodiscard]] double stretch() const { return std::sqrt(static_cast<double>(units) / freedom()); }
};

}  // namespace youden::metric

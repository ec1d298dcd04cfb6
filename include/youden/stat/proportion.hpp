#pragma once
#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "youden/base/error.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/interval.hpp"

namespace youden::stat {

enum class ProportionMethod { clopper_pearson, wilson };

inline ProportionMethod parse_proportion_method(std::string_view text) {
  if (text == "clopper-pearson") return ProportionMethod::clopper_pearson;
  if (text == "wilson") return ProportionMethod::wilson;
  throw base::ConfigError(
      {"unknown interval '" + std::string(text) + "' of a proportion", {}, "known: clopper-pearson, wilson"});
}

/// Exact binomial interval of k successes in n trials (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404).
/// k and n may be fractional: an effective sample size (Korn & Graubard 1998) goes in here as well.
inline Interval clopper_pearson(double k, double n, double level = 0.95) {
  const double tail = alpha_of(level) / 2;
  return {.low = k > 0 ? boost::math::ibeta_inv(k, n - k + 1, tail) : 0,
          .high = k < n ? boost::math::ibetac_inv(k + 1, n - k, tail) : 1};
}

/// Score interval without continuity correction (Wilson 1927, doi:10.1080/01621459.1927.10502953).
inline Interval wilson(double k, double n, double level = 0.95) {
  const double z = normal_quantile(level);
  const double p = k / n;
  const double scale = 1 + z * z / n;
  const double centre = (p + z * z / (2 * n)) / scale;
  const double half = z / scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  // At 0 and n the limit is the border itself; rounding must not step past it.
  return {.low = k > 0 ? std::max(0.0, centre - half) : 0, .high = k < n ? std::min(1.0, centre + half) : 1};
}

/// k of n with its interval; undefined for n = 0.
inline Estimate proportion(std::int64_t k, std::int64_t n, double level = 0.95,
                           ProportionMethod method = ProportionMethod::clopper_pearson) {
  if (k < 0 || k > n) {
    throw base::DataError({"a count of " + std::to_string(k) + " among " + std::to_string(n) + " is impossible",
                           {},
                           "counts lie between 0 and the number of samples"});
  }
  Estimate e{.level = level, .n = n};
  if (n == 0) return e;
  const auto kd = static_cast<double>(k);
  const auto nd = static_cast<double>(n);
  const bool exact = method == ProportionMethod::clopper_pearson;
  const Interval interval = exact ? clopper_pearson(kd, nd, level) : wilson(kd, nd, level);
  e.value = kd / nd;
  e.low = interval.low;
  e.high = interval.high;
  e.method = exact ? "clopper-pearson" : "wilson";
  return e;
}

}  // namespace youden::stat

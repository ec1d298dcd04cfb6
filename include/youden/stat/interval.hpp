#pragma once
#include <boost/math/special_functions/erf.hpp>
#include <numbers>
#include <string>

#include "youden/base/error.hpp"

namespace youden::stat {

struct Interval {
  double low = 0;
  double high = 0;
};

/// α of a two-sided interval. Throws ConfigError unless the level lies strictly between 0 and 1.
inline double alpha_of(double level) {
  if (!(level > 0 && level < 1)) {
    throw base::ConfigError({"confidence level " + std::to_string(level) + " is not between 0 and 1",
                             {},
                             "write it as a fraction, for example 0.95"});
  }
  return 1 - level;
}

/// The normal quantile z with P(|Z| <= z) = level: 1.96 for 0.95.
inline double normal_quantile(double level) { return std::numbers::sqrt2 * boost::math::erfc_inv(alpha_of(level)); }

}  // namespace youden::stat

#pragma once
#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cstddef>
#include <cstdint>
#include <span>

#include "youden/stat/input.hpp"
#include "youden/stat/paired_test.hpp"
#include "youden/stat/proportion.hpp"

namespace youden::stat {

/// Exact two-sided p of McNemar's test: under the null each of the b + c samples on which just one of two models is
/// right falls to either side with probability ½. min(1, 2 · BinomCDF(min(b, c); b + c, ½)); 1 where b + c = 0.
inline double mcnemar_p(std::int64_t b, std::int64_t c) {
  const std::int64_t least = std::min(b, c);
  const std::int64_t n = b + c;
  if (2 * least >= n) return 1;  // the middle term would be counted twice
  // P(X <= k) = I_{1/2}(n − k, k + 1)
  return std::min(1.0, 2 * boost::math::ibeta(static_cast<double>(n - least), static_cast<double>(least) + 1, 0.5));
}

struct McNemar {
  std::int64_t first_only = 0;   ///< samples on which only the first model is right
  std::int64_t second_only = 0;  ///< only the second
  PairedTest test = {};          ///< of the shares of right decisions
};

/// `first`, `second`: 1 where the model is right. The interval is the exact one that goes with the test: Clopper and
/// Pearson's of first_only among the discordant samples, their number taken as given; it excludes 0 where p < 1 −
/// level.
inline McNemar mcnemar(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second, double level = 0.95) {
  require_same_length(first.size(), second.size(), "decisions of the other model");
  McNemar m;
  m.test.level = level;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (first[i] != 0 && second[i] == 0) ++m.first_only;
    if (first[i] == 0 && second[i] != 0) ++m.second_only;
  }
  if (first.empty()) return m;
  const auto n = static_cast<double>(first.size());
  const auto discordant = static_cast<double>(m.first_only + m.second_only);
  m.test.p = mcnemar_p(m.first_only, m.second_only);
  m.test.difference = static_cast<double>(m.first_only - m.second_only) / n;
  if (discordant == 0) return m;
  const Interval share = clopper_pearson(static_cast<double>(m.first_only), discordant, level);
  m.test.low = (2 * share.low - 1) * discordant / n;
  m.test.high = (2 * share.high - 1) * discordant / n;
  return m;
}

}  // namespace youden::stat

#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "youden/base/error.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/groups.hpp"
#include "youden/stat/interval.hpp"
#include "youden/stat/placements.hpp"

namespace youden::stat {

enum class AucInterval {
  logit_delong,  ///< DeLong's variance on the logit scale: keeps its coverage near 1
  delong         ///< symmetric, clamped to [0,1], as pROC gives it: covers 90 % at AUC .98 with 100 + 100
};

/// The names of `--auc-interval` and of the metric's option.
inline AucInterval parse_auc_interval(std::string_view text) {
  if (text == "logit") return AucInterval::logit_delong;
  if (text == "delong") return AucInterval::delong;
  throw base::ConfigError({"unknown interval '" + std::string(text) + "' of the AUC", {}, "known: logit, delong"});
}

namespace detail {

/// Every variance, and the bootstrap, collapse at perfect separation; this bound does not:
/// (α/2)^(1/min(P,N)). `units`: independent ones of the smaller class.
inline void set_exact_bound(Estimate& e, std::size_t units) {
  const double bound = std::pow(alpha_of(e.level) / 2, 1.0 / static_cast<double>(units));
  const bool one = *e.value == 1;
  e.low = one ? bound : 0;
  e.high = one ? 1 : 1 - bound;
  e.method = "exact-bound";
}

}  // namespace detail

/// Area under the ROC curve from placements. Undefined unless both classes occur; no interval where a class has one
/// sample only. A constant score has AUC ½ and variance 0: the logit interval, which would be a point, is not claimed.
inline Estimate auc(const Placements& p, double level = 0.95, AucInterval interval = AucInterval::logit_delong) {
  Estimate e{.value = p.auc, .level = level};
  e.n = static_cast<std::int64_t>(p.positive.size() + p.negative.size());
  if (!p.auc) return e;
  const double area = *p.auc;

  if (area == 0 || area == 1) {
    detail::set_exact_bound(e, std::min(p.positive.size(), p.negative.size()));
    return e;
  }
  const std::optional<double> variance = delong_variance(p);
  if (!variance) return e;
  const double half = normal_quantile(level) * std::sqrt(*variance);
  if (interval == AucInterval::delong) {
    e.low = std::max(0.0, area - half);
    e.high = std::min(1.0, area + half);
    e.method = "delong";
  } else if (half > 0) {
    const auto expit = [](double x) { return 1 / (1 + std::exp(-x)); };
    const double centre = std::log(area / (1 - area));
    const double half_logit = half / (area * (1 - area));  // delta method: d logit(A) / dA = 1 / (A (1 − A))
    e.low = expit(centre - half_logit);
    e.high = expit(centre + half_logit);
    e.method = "logit-delong";
  }
  return e;
}

/// Pairs of a positive and a negative with no unit in common: as many as the smaller class has units, but never more
/// than half of all units, for those with samples of both classes are counted in both. `group`: empty = every sample is
/// a unit.
inline std::size_t independent_pairs(std::span<const std::uint8_t> positive, std::span<const std::uint32_t> group) {
  const auto of = [&](bool positives) {
    const auto member = [&](std::size_t i) { return (positive[i] != 0) == positives; };
    if (!group.empty()) return count_groups(group, member);
    return static_cast<std::size_t>(std::count(positive.begin(), positive.end(), positives ? 1 : 0));
  };
  const std::size_t all = group.empty() ? positive.size() : count_groups(group, [](std::size_t) { return true; });
  return std::min({of(true), of(false), all / 2});
}

/// `positive`: 1 = positive; a higher score means more positive.
inline Estimate auc(std::span<const std::uint8_t> positive, std::span<const double> score, double level = 0.95,
                    AucInterval interval = AucInterval::logit_delong) {
  Estimate e = auc(placements(positive, score), level, interval);
  e.n = static_cast<std::int64_t>(positive.size());
  return e;
}
/// Where a patient has several films: no interval but the bound at perfect separation, in which patients count.
inline Estimate auc_without_interval(std::span<const std::uint8_t> positive, std::span<const double> score,
                                     std::span<const std::uint32_t> group, double level = 0.95) {
  Estimate e{.value = placements(positive, score).auc, .level = level, .n = static_cast<std::int64_t>(score.size())};
  if (!e.value || (*e.value != 0 && *e.value != 1)) return e;
  detail::set_exact_bound(e, independent_pairs(positive, group));
  return e;
}

}  // namespace youden::stat

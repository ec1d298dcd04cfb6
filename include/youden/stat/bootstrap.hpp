#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "youden/stat/interval.hpp"
#include "youden/stat/resample.hpp"
#include "youden/stat/small_sample.hpp"

namespace youden::stat {

/// The value of a statistic where sample i counts weight[i] times; empty where it is undefined. Called by several
/// threads at once, so it changes nothing.
using Reweighted = std::function<std::optional<double>(std::span<const std::uint32_t> weight)>;

inline constexpr int kDraws = 2000;

/// [statistic][draw]; undefined is NaN. All statistics see the same draws, so differences between them are paired. The
/// numbers do not depend on `threads`.
inline std::vector<std::vector<double>> bootstrap(const Resample& resample, std::span<const Reweighted> statistics,
                                                  int draws = kDraws, int threads = 1) {
  std::vector<std::vector<double>> values(statistics.size(), std::vector<double>(static_cast<std::size_t>(draws)));
  const auto work = [&](int first) {
    std::vector<std::uint32_t> weight(resample.samples());
    for (int b = first; b < draws; b += threads) {
      resample.draw(static_cast<std::uint64_t>(b), weight);
      for (std::size_t s = 0; s < statistics.size(); ++s) {
        values[s][static_cast<std::size_t>(b)] =
            statistics[s](weight).value_or(std::numeric_limits<double>::quiet_NaN());
      }
    }
  };
  std::vector<std::jthread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back(work, t);
  work(0);
  return values;
}

namespace detail {

/// The draws that have a value; empty where more than one in twenty has none, for the others are then a selection, and
/// where all agree within rounding, for then they say nothing.
inline std::vector<double> telling(std::vector<double> values) {
  const std::size_t all = values.size();
  std::erase_if(values, [](double v) { return std::isnan(v); });
  if ((all - values.size()) * 20 > all) return {};
  if (values.empty()) return {};
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (*most - *least <= 1e-12 * std::max(1.0, std::abs(*most))) return {};  // all agree but for rounding
  return values;
}

}  // namespace detail

/// Percentile interval (Efron 1979, doi:10.1214/aos/1176344552), further out for a small sample; quantiles interpolate
/// linearly between order statistics. None where the draws tell nothing, or are too few to reach so far.
inline std::optional<Interval> percentile_interval(std::vector<double> values, double level = 0.95,
                                                   const SmallSample& few = {}) {
  const std::size_t draws = values.size();
  values = detail::telling(std::move(values));
  if (values.empty() || few.hopeless() || !few.reaches(draws, level)) return {};
  const double tail = few.tail(level);
  std::sort(values.begin(), values.end());
  const auto quantile = [&](double q) {
    const double at = q * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const double low = values[below];
    const double high = values[std::min(below + 1, values.size() - 1)];
    return low + (at - static_cast<double>(below)) * (high - low);
  };
  const Interval interval{quantile(tail), quantile(1 - tail)};
  if (!(interval.high > interval.low)) return {};
  return interval;
}
/// For a share that crowds towards 1: normal on the logit scale with the draws' standard deviation, by the delta
/// method. Percentiles of average precision covered 91 % at 100 + 100 and AUC .95, for its draws lie above the value;
/// this one 94 %. None at 0 and 1.
inline std::optional<Interval> logit_interval(double value, std::vector<double> values, double level = 0.95,
                                              const SmallSample& few = {}) {
  values = detail::telling(std::move(values));
  if (values.empty() || few.hopeless() || !(value > 0 && value < 1)) return {};
  const double z = few.quantile(level);
  double mean = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  double square = 0;
  for (const double v : values) square += (v - mean) * (v - mean);
  const double half = z * std::sqrt(square / static_cast<double>(values.size() - 1)) / (value * (1 - value));
  const double centre = std::log(value / (1 - value));
  const auto expit = [](double x) { return 1 / (1 + std::exp(-x)); };
  return Interval{expit(centre - half), expit(centre + half)};
}

}  // namespace youden::stat

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
#include <vector>

#include "youden/metric/interval.hpp"
#include "youden/metric/resample.hpp"

namespace youden::metric {

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

/// Percentile interval (Efron 1979, doi:10.1214/aos/1176344552); quantiles interpolate linearly between order
/// statistics. None where more than one draw in twenty is undefined, for the others are then a selection, and none
/// where all draws agree, for then they say nothing.
inline std::optional<Interval> percentile_interval(std::vector<double> values, double level = 0.95) {
  const double tail = alpha_of(level) / 2;
  const std::size_t all = values.size();
  std::erase_if(values, [](double v) { return std::isnan(v); });
  if (values.empty() || (all - values.size()) * 20 > all) return {};
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

}  // namespace youden::metric

#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "youden/base/philox4x32.hpp"
#include "youden/metric/bootstrap.hpp"
#include "youden/metric/paired_test.hpp"
#include "youden/metric/resample.hpp"
#include "youden/metric/small_sample.hpp"

namespace youden::metric {

/// One metric of two models on the same samples: a statistic a replicate (seed) of each.
struct Contrast {
  std::vector<Reweighted> first;
  std::vector<Reweighted> second;
};

struct PairedBootstrapSettings {
  std::uint64_t seed = 0;
  int draws = kDraws;
  int threads = 1;  ///< changes no number
  double level = 0.95;
};

namespace detail {

/// Mean over the replicates that `times` takes; undefined where one of them is.
inline double mean_of_replicates(const std::vector<Reweighted>& replicates, std::span<const std::uint32_t> times,
                                 std::span<const std::uint32_t> weight) {
  double sum = 0;
  std::uint32_t taken = 0;
  for (std::size_t r = 0; r < replicates.size(); ++r) {
    if (times[r] == 0) continue;
    const auto value = replicates[r](weight);
    if (!value) return std::numeric_limits<double>::quiet_NaN();
    sum += *value * times[r];
    taken += times[r];
  }
  return sum / taken;
}

/// How often each of R replicates is drawn: R − 1 times in all, since the mean of R − 1 of them drawn with replacement
/// has the variance of the mean of R (drawing R would understate it by (R − 1) / R; Rao & Wu 1988,
/// doi:10.1080/01621459.1988.10478591). One replicate is no sample of seeds and is always taken. `model`: 0 or 1.
inline std::vector<std::uint32_t> draw_replicates(std::size_t replicates, std::uint64_t seed, std::uint64_t draw,
                                                  std::uint32_t model) {
  constexpr std::uint32_t kPurpose = 0x73656564;  // "seed": no other stream of the same seed has these counters
  std::vector<std::uint32_t> times(replicates, replicates == 1 ? 1U : 0U);
  for (std::uint32_t i = 1; i < replicates; ++i) {
    const auto words = base::philox4x32(
        {i, kPurpose + model, static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32U)},
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
    ++times[static_cast<std::size_t>(std::uint64_t{words[0]} * replicates >> 32U)];  // bias below R / 2³²
  }
  return times;
}

/// Of the mean of R replicates' values, as R − 1 draws show it.
inline VariancePart part_of_seeds(const std::vector<Reweighted>& replicates, std::span<const std::uint32_t> once) {
  const auto r = static_cast<double>(replicates.size());
  if (replicates.size() < 2) return {};
  std::vector<double> values;
  for (const Reweighted& one : replicates) values.push_back(one(once).value_or(0));
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / r;
  double square = 0;
  for (const double v : values) square += (v - mean) * (v - mean);
  const double variance = square / (r - 1) / r;
  return {.variance = variance, .shown = variance, .freedom = r - 1};
}

/// How far films and seeds together are few: what the draws vary by beyond the seeds' share is the films'.
inline SmallSample few_films_and_seeds(const SmallSample& films, const Contrast& contrast,
                                       const std::vector<double>& draws, std::span<const std::uint32_t> once) {
  const std::array seeds{part_of_seeds(contrast.first, once), part_of_seeds(contrast.second, once)};
  if (!(seeds[0].variance + seeds[1].variance > 0)) return films;
  double n = 0;
  double sum = 0;
  double squares = 0;
  for (const double d : draws) {
    if (std::isnan(d)) continue;
    ++n;
    sum += d;
    squares += d * d;
  }
  const double all = n > 1 ? (squares - sum * sum / n) / (n - 1) : 0;
  const double shown = films.hopeless() ? 0 : std::max(0.0, all - seeds[0].shown - seeds[1].shown);
  const VariancePart of_films{shown * films.stretch() * films.stretch(), shown, films.freedom()};
  return SmallSample(std::array{of_films, seeds[0], seeds[1]});
}

/// Two-sided p by inverting the percentile interval: from the smaller share of draws on either side of no difference,
/// those without any counting on both; (k + 1) / (B + 1), so that it is never 0.
inline std::optional<double> two_sided_p(const std::vector<double>& draws, const SmallSample& few) {
  std::size_t below = 0;
  std::size_t above = 0;
  std::size_t defined = 0;
  for (const double d : draws) {
    if (std::isnan(d)) continue;
    ++defined;
    if (d <= 0) ++below;
    if (d >= 0) ++above;
  }
  if (defined == 0 || (draws.size() - defined) * 20 > draws.size() || few.hopeless()) return {};
  return few.p(static_cast<double>(std::min(below, above) + 1) / static_cast<double>(defined + 1));
}

}  // namespace detail

/// Cluster bootstrap of the differences first − second: each draw resamples patients, the same for both models and for
/// every metric, and, where a model has several replicates, its seeds, independently of the other's. Percentile
/// interval, and the p that goes with it.
inline std::vector<PairedTest> paired_bootstrap(const Resample& resample, std::span<const Contrast> contrasts,
                                                const PairedBootstrapSettings& settings = {}) {
  const std::vector<std::uint32_t> once(resample.samples(), 1);
  std::vector<PairedTest> tests;
  std::vector<std::vector<double>> values(contrasts.size(),
                                          std::vector<double>(static_cast<std::size_t>(settings.draws)));
  for (const Contrast& c : contrasts) {
    const auto mean = [&](const std::vector<Reweighted>& all) {
      return detail::mean_of_replicates(all, std::vector<std::uint32_t>(all.size(), 1), once);
    };
    const double difference = mean(c.first) - mean(c.second);
    tests.push_back({.level = settings.level});
    if (!std::isnan(difference)) tests.back().difference = difference;
  }
  const auto work = [&](int from) {
    std::vector<std::uint32_t> weight(resample.samples());
    for (int b = from; b < settings.draws; b += settings.threads) {
      const auto draw = static_cast<std::uint64_t>(b);
      resample.draw(draw, weight);
      for (std::size_t i = 0; i < contrasts.size(); ++i) {
        if (!tests[i].difference) continue;
        const auto first = detail::draw_replicates(contrasts[i].first.size(), settings.seed, draw, 0);
        const auto second = detail::draw_replicates(contrasts[i].second.size(), settings.seed, draw, 1);
        values[i][static_cast<std::size_t>(b)] = detail::mean_of_replicates(contrasts[i].first, first, weight) -
                                                 detail::mean_of_replicates(contrasts[i].second, second, weight);
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (int t = 1; t < settings.threads; ++t) others.emplace_back(work, t);
    work(0);
  }
  for (std::size_t i = 0; i < contrasts.size(); ++i) {
    if (!tests[i].difference) continue;
    const SmallSample few = detail::few_films_and_seeds(resample.small_sample(), contrasts[i], values[i], once);
    tests[i].p = detail::two_sided_p(values[i], few);
    if (const auto interval = percentile_interval(std::move(values[i]), settings.level, few)) {
      tests[i].low = interval->low;
      tests[i].high = interval->high;
    }
  }
  return tests;
}

}  // namespace youden::metric

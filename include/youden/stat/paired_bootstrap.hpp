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
#include "youden/stat/bootstrap.hpp"
#include "youden/stat/paired_test.hpp"
#include "youden/stat/resample.hpp"
#include "youden/stat/small_sample.hpp"

namespace youden::stat {

/// One metric of two models on the same samples: a statistic a replicate (seed) of each.
struct Contrast {
  std::vector<Reweighted> first;
  std::vector<Reweighted> second;
};

struct PairedBootstrapSettings {
  std::uint64_t seed = 0;
  int draws = kDraws;
  Sampling sampling = Sampling::cohort;
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

/// The interval and the two-sided p of a difference, out of the same order statistics, so that the interval leaves out
/// 0 exactly where p <= 1 − level: p from the smaller number k of draws on either side of 0 as (k + 1) / (B + 1), which
/// is never 0; the interval from the j-th draw to the (B + 1 − j)-th, j the largest whose share is still in the tail.
/// Draws without a value count on both sides; more than one in twenty of them, and there is neither.
inline void judge_by_draws(PairedTest& t, std::vector<double> draws, const SmallSample& few) {
  const std::size_t all = draws.size();
  std::erase_if(draws, [](double d) { return std::isnan(d); });
  const std::size_t unknown = all - draws.size();
  if (draws.empty() || unknown * 20 > all || few.hopeless()) return;
  std::sort(draws.begin(), draws.end());
  const auto b = static_cast<double>(all + 1);
  const auto below = static_cast<std::size_t>(std::upper_bound(draws.begin(), draws.end(), 0.0) - draws.begin());
  const auto above = static_cast<std::size_t>(draws.end() - std::lower_bound(draws.begin(), draws.end(), 0.0));
  t.p = few.p(static_cast<double>(std::min(below, above) + unknown + 1) / b);
  const double alpha = alpha_of(t.level);
  std::size_t j = 0;  // of the order statistic, from 1; 0: the draws do not reach so far
  for (auto guess = static_cast<std::size_t>(few.tail(t.level) * b) + 2; guess-- > unknown && j == 0;) {
    if (guess > unknown && few.p(static_cast<double>(guess) / b) <= alpha) j = guess - unknown;
  }
  if (j == 0 || 2 * j > draws.size()) return;
  const Interval interval{draws[j - 1], draws[draws.size() - j]};
  if (interval.high - interval.low <= 1e-12) return;  // all draws agree but for rounding
  t.low = interval.low;
  t.high = interval.high;
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
    detail::judge_by_draws(tests[i], std::move(values[i]), few);
  }
  return tests;
}

}  // namespace youden::stat

#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "youden/stat/input.hpp"

namespace youden::stat {

/// One bar of a reliability diagram: probabilities in (low, high], the first bin closed at 0.
struct ReliabilityBin {
  double low = 0;
  double high = 0;
  std::int64_t n = 0;
  double mean_probability = 0;  ///< 0 in an empty bin, as is the share
  double share = 0;             ///< of the events that the probability speaks of
};

/// `event`: 1 where what `probability` speaks of came true. Bins of equal width. Empty where a score is no probability.
inline std::vector<ReliabilityBin> reliability(std::span<const std::uint8_t> event, std::span<const double> probability,
                                               std::size_t bins = 15) {
  require_same_length(event.size(), probability.size(), "probabilities");
  require_finite(probability);
  std::vector<ReliabilityBin> out(bins);
  const auto count = static_cast<double>(bins);
  for (std::size_t b = 0; b < bins; ++b) {
    out[b].low = static_cast<double>(b) / count;
    out[b].high = static_cast<double>(b + 1) / count;
  }
  for (std::size_t i = 0; i < event.size(); ++i) {
    const double p = probability[i];
    if (p < 0 || p > 1) return {};
    // The border itself decides, not p · bins, whose rounding may step over it.
    auto b = static_cast<std::size_t>(std::clamp(std::ceil(p * count) - 1, 0.0, count - 1));
    if (b > 0 && p <= out[b].low) --b;
    if (b + 1 < bins && p > out[b].high) ++b;
    ++out[b].n;
    out[b].mean_probability += p;
    out[b].share += event[i] != 0 ? 1 : 0;
  }
  for (ReliabilityBin& bin : out) {
    if (bin.n == 0) continue;
    bin.mean_probability /= static_cast<double>(bin.n);
    bin.share /= static_cast<double>(bin.n);
  }
  return out;
}

/// Σ n_b / n · |share − mean probability| (Guo et al. 2017, arXiv:1706.04599). Undefined without samples.
inline std::optional<double> calibration_error(std::span<const ReliabilityBin> bins) {
  double sum = 0;
  std::int64_t n = 0;
  for (const ReliabilityBin& bin : bins) {
    sum += static_cast<double>(bin.n) * std::abs(bin.share - bin.mean_probability);
    n += bin.n;
  }
  if (n == 0) return {};
  return sum / static_cast<double>(n);
}

}  // namespace youden::stat

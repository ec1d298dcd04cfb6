#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "youden/metric/estimate.hpp"
#include "youden/metric/input.hpp"

namespace youden::metric {

namespace detail {

/// Mean of `loss(label, probability)`. Undefined for no sample, and where a score is no probability (outside [0,1]).
template <class Loss>
Estimate mean_loss(std::span<const std::uint8_t> positive, std::span<const double> score, Loss loss) {
  require_same_length(positive.size(), score.size(), "scores");
  require_finite(score);
  Estimate e{.n = static_cast<std::int64_t>(positive.size())};
  if (positive.empty()) return e;
  double sum = 0;
  for (std::size_t i = 0; i < positive.size(); ++i) {
    if (score[i] < 0 || score[i] > 1) return e;
    sum += loss(positive[i] != 0, score[i]);
  }
  e.value = sum / static_cast<double>(positive.size());
  return e;
}

}  // namespace detail

/// Mean squared error of the probability (Brier 1950).
inline Estimate brier(std::span<const std::uint8_t> positive, std::span<const double> score) {
  return detail::mean_loss(positive, score, [](bool label, double p) {
    const double error = (label ? 1.0 : 0.0) - p;
    return error * error;
  });
}

/// −mean ln P(truth), in nats; probabilities are clipped to [1e-15, 1 − 1e-15] so that one certain error is not
/// infinite.
inline Estimate log_loss(std::span<const std::uint8_t> positive, std::span<const double> score) {
  return detail::mean_loss(positive, score, [](bool label, double p) {
    constexpr double kClip = 1e-15;
    const double clipped = std::clamp(p, kClip, 1 - kClip);
    return -std::log(label ? clipped : 1 - clipped);
  });
}

}  // namespace youden::metric

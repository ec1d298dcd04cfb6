#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "youden/stat/estimate.hpp"
#include "youden/stat/input.hpp"

namespace youden::stat {

/// The loss of each sample; nothing where a score is no probability (outside [0,1]).
using Losses = std::optional<std::vector<double>>;

namespace detail {

template <class Loss>
Losses losses(std::span<const std::uint8_t> positive, std::span<const double> score, Loss loss) {
  require_same_length(positive.size(), score.size(), "scores");
  require_finite(score);
  std::vector<double> out;
  out.reserve(score.size());
  for (std::size_t i = 0; i < positive.size(); ++i) {
    if (score[i] < 0 || score[i] > 1) return {};
    out.push_back(loss(positive[i] != 0, score[i]));
  }
  return out;
}

}  // namespace detail

/// Undefined for no sample, and without losses.
inline Estimate mean_loss(const Losses& losses, std::size_t samples) {
  Estimate e{.n = static_cast<std::int64_t>(samples)};
  if (!losses || losses->empty()) return e;
  double sum = 0;
  for (const double loss : *losses) sum += loss;
  e.value = sum / static_cast<double>(losses->size());
  return e;
}

/// Squared error of each probability.
inline Losses brier_losses(std::span<const std::uint8_t> positive, std::span<const double> score) {
  return detail::losses(positive, score, [](bool label, double p) {
    const double error = (label ? 1.0 : 0.0) - p;
    return error * error;
  });
}

/// −ln P(truth) in nats, with P clipped to [1e-15, 1 − 1e-15] so that one certain error is not infinite.
inline double negative_log_likelihood(double probability_of_truth) {
  constexpr double kClip = 1e-15;
  return -std::log(std::clamp(probability_of_truth, kClip, 1 - kClip));
}
inline Losses log_losses(std::span<const std::uint8_t> positive, std::span<const double> score) {
  return detail::losses(positive, score, [](bool label, double p) {
    constexpr double kClip = 1e-15;  // before 1 − p is taken, as scikit-learn does
    const double clipped = std::clamp(p, kClip, 1 - kClip);
    return -std::log(label ? clipped : 1 - clipped);
  });
}

/// Mean squared error of the probability (Brier 1950).
inline Estimate brier(std::span<const std::uint8_t> positive, std::span<const double> score) {
  return mean_loss(brier_losses(positive, score), score.size());
}
inline Estimate log_loss(std::span<const std::uint8_t> positive, std::span<const double> score) {
  return mean_loss(log_losses(positive, score), score.size());
}

/// Over all classes, as Brier wrote it: Σ over classes of the squared error, so between 0 and 2.
/// `probability`: row-major, samples × classes; `truth`: class of each sample.
inline Losses brier_losses(std::span<const int> truth, std::span<const double> probability, std::size_t classes) {
  require_same_length(truth.size() * classes, probability.size(), "probabilities");
  require_finite(probability);
  std::vector<double> out(truth.size());
  for (std::size_t i = 0; i < probability.size(); ++i) {
    const double p = probability[i];
    if (p < 0 || p > 1) return {};
    const double error = (static_cast<std::size_t>(truth[i / classes]) == i % classes ? 1.0 : 0.0) - p;
    out[i / classes] += error * error;
  }
  return out;
}
inline Losses log_losses(std::span<const int> truth, std::span<const double> probability, std::size_t classes) {
  require_same_length(truth.size() * classes, probability.size(), "probabilities");
  require_finite(probability);
  std::vector<double> out;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double p = probability[i * classes + static_cast<std::size_t>(truth[i])];
    if (p < 0 || p > 1) return {};
    out.push_back(negative_log_likelihood(p));
  }
  return out;
}

}  // namespace youden::stat

#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>

namespace youden::train {

/// What is wrong with features, by their means and deviations over the training films, before anything is fitted to
/// them; empty = nothing.
inline std::string feature_warning(std::span<const double> mean, std::span<const double> deviation) {
  constexpr double kLarge = 1e4;  // sound networks stay far below 100
  double largest = 0;
  std::size_t still = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    largest = std::max(largest, std::abs(mean[i]) + deviation[i]);
    if (!(deviation[i] > 1e-6 * (std::abs(mean[i]) + 1e-6))) ++still;
  }
  if (still == mean.size()) {
    return "the features are the same for every training film: nothing can be learnt from them; check backbone.weights "
           "and the films";
  }
  if (10 * still > 9 * mean.size()) {
    return fmt::format("{} of {} features do not vary over the training films; check backbone.weights and normalize",
                       still, mean.size());
  }
  if (largest > kLarge) {
    return fmt::format(
        "features are as large as {:.1e}: a deep network with random weights explodes; give "
        "backbone.weights, or choose backbone.freeze: none",
        largest);
  }
  return {};
}

}  // namespace youden::train

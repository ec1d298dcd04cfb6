#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "youden/stat/estimate.hpp"
#include "youden/stat/reliability.hpp"

namespace youden::stat {

/// Of the positive class's probability. There is no interval: a percentile bootstrap of it covers 0 % at n = 100 and
/// 64 % at 500, for the estimate is biased upwards.
inline Estimate ece_positive(std::span<const std::uint8_t> positive, std::span<const double> score) {
  return {.value = calibration_error(reliability(positive, score)), .n = static_cast<std::int64_t>(score.size())};
}

/// Of the probability that the most probable class was given, against how often it was right (Guo et al. 2017,
/// arXiv:1706.04599). `probability`: row-major, samples × classes; ties go to the first class.
inline Estimate ece_top_label(std::span<const int> truth, std::span<const double> probability, std::size_t classes) {
  require_same_length(truth.size() * classes, probability.size(), "probabilities");
  std::vector<std::uint8_t> right;
  std::vector<double> top;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    std::size_t best = i * classes;
    for (std::size_t c = best + 1; c < (i + 1) * classes; ++c) {
      if (probability[c] > probability[best]) best = c;
    }
    top.push_back(probability[best]);
    right.push_back(best - i * classes == static_cast<std::size_t>(truth[i]) ? 1 : 0);
  }
  return ece_positive(right, top);
}
/// With two classes; a probability of ½ calls the positive.
inline Estimate ece_top_label(std::span<const std::uint8_t> positive, std::span<const double> score) {
  require_same_length(positive.size(), score.size(), "scores");
  std::vector<std::uint8_t> right;
  std::vector<double> top;
  for (std::size_t i = 0; i < score.size(); ++i) {
    const bool called = score[i] >= 0.5;
    top.push_back(called ? score[i] : 1 - score[i]);
    right.push_back(called == (positive[i] != 0) ? 1 : 0);
  }
  return ece_positive(right, top);
}

}  // namespace youden::stat

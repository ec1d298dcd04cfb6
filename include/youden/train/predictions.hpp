#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "youden/metric/metric.hpp"

namespace youden::train {

/// Class probabilities of some samples of a dataset.
struct Predictions {
  std::size_t classes = 0;
  std::vector<std::size_t> samples = {};  ///< indices into the manifest
  std::vector<int> labels = {};           ///< true class of each
  std::vector<double> probability = {};   ///< row-major, samples × classes; rows sum to 1

  [[nodiscard]] double at(std::size_t row, std::size_t cls) const { return probability[row * classes + cls]; }
  [[nodiscard]] int argmax(std::size_t row) const {
    std::size_t best = 0;
    for (std::size_t c = 1; c < classes; ++c) {
      if (at(row, c) > at(row, best)) best = c;
    }
    return static_cast<int>(best);
  }
  void append(const Predictions& other) {
    classes = other.classes;
    samples.insert(samples.end(), other.samples.begin(), other.samples.end());
    labels.insert(labels.end(), other.labels.begin(), other.labels.end());
    probability.insert(probability.end(), other.probability.begin(), other.probability.end());
  }

  /// One class against the rest. With two classes a sample is called positive when its score reaches `threshold`;
  /// with more, when the class has the largest probability.
  [[nodiscard]] metric::Binary binary(int positive, double threshold) const {
    metric::Binary b;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double score = at(i, static_cast<std::size_t>(positive));
      b.positive.push_back(labels[i] == positive ? 1 : 0);
      b.score.push_back(score);
      b.decided.push_back((classes == 2 ? score >= threshold : argmax(i) == positive) ? 1 : 0);
    }
    return b;
  }
};

}  // namespace youden::train

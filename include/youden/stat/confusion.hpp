#pragma once
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/stat/input.hpp"

namespace youden::stat {

/// One class against the rest.
struct BinaryCounts {
  std::int64_t tp = 0;
  std::int64_t fn = 0;
  std::int64_t fp = 0;
  std::int64_t tn = 0;

  [[nodiscard]] std::int64_t positives() const { return tp + fn; }
  [[nodiscard]] std::int64_t negatives() const { return fp + tn; }
  [[nodiscard]] std::int64_t total() const { return tp + fn + fp + tn; }
  bool operator==(const BinaryCounts&) const = default;
};

/// Counts of samples: row = true class, column = predicted class.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::size_t classes) : classes_(classes), cells_(classes * classes) {}

  void add(std::size_t truth, std::size_t predicted, std::int64_t samples = 1) {
    cells_[index(truth, predicted)] += samples;
  }
  [[nodiscard]] std::int64_t at(std::size_t truth, std::size_t predicted) const {
    return cells_[index(truth, predicted)];
  }
  [[nodiscard]] std::size_t classes() const { return classes_; }
  /// Samples that are of class `c`.
  [[nodiscard]] std::int64_t support(std::size_t c) const {
    std::int64_t sum = 0;
    for (std::size_t j = 0; j < classes_; ++j) sum += at(c, j);
    return sum;
  }
  /// Samples that were called class `c`.
  [[nodiscard]] std::int64_t predicted(std::size_t c) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < classes_; ++i) sum += at(i, c);
    return sum;
  }
  [[nodiscard]] std::int64_t correct() const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < classes_; ++i) sum += at(i, i);
    return sum;
  }
  [[nodiscard]] std::int64_t total() const { return std::accumulate(cells_.begin(), cells_.end(), std::int64_t{0}); }

  /// Class `positive` against all others.
  [[nodiscard]] BinaryCounts binary(std::size_t positive) const {
    BinaryCounts c{.tp = at(positive, positive)};
    c.fn = support(positive) - c.tp;
    c.fp = predicted(positive) - c.tp;
    c.tn = total() - c.tp - c.fn - c.fp;
    return c;
  }
  bool operator==(const ConfusionMatrix&) const = default;

 private:
  [[nodiscard]] std::size_t index(std::size_t truth, std::size_t predicted) const {
    if (truth >= classes_ || predicted >= classes_) {
      throw base::DataError({"class " + std::to_string(truth >= classes_ ? truth : predicted) + " in a matrix of " +
                                 std::to_string(classes_) + " classes",
                             {},
                             "class indices run from 0 to the number of classes less one"});
    }
    return truth * classes_ + predicted;
  }

  std::size_t classes_;
  std::vector<std::int64_t> cells_;
};

/// `truth` and `predicted` are class indices, one a sample.
template <class Index>
ConfusionMatrix confusion(const std::vector<Index>& truth, const std::vector<Index>& predicted, std::size_t classes) {
  require_same_length(truth.size(), predicted.size(), "predictions");
  ConfusionMatrix matrix(classes);
  // A negative index becomes a huge one and is refused by add().
  for (std::size_t i = 0; i < truth.size(); ++i) {
    matrix.add(static_cast<std::size_t>(truth[i]), static_cast<std::size_t>(predicted[i]));
  }
  return matrix;
}

/// `positive`: truth, `decided`: decision; 1 = positive.
inline BinaryCounts count(std::span<const std::uint8_t> positive, std::span<const std::uint8_t> decided) {
  require_same_length(positive.size(), decided.size(), "decisions");
  BinaryCounts c;
  for (std::size_t i = 0; i < positive.size(); ++i) {
    if (positive[i] != 0) {
      ++(decided[i] != 0 ? c.tp : c.fn);
    } else {
      ++(decided[i] != 0 ? c.fp : c.tn);
    }
  }
  return c;
}

}  // namespace youden::stat

#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

namespace youden::base {

/// A dense matrix in double precision, row-major. A row may be shorter than the others: zeros follow.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), cells_(rows * columns), lengths_(rows, columns) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::span<double> row(std::size_t i) { return {cells_.data() + i * columns_, lengths_[i]}; }
  [[nodiscard]] std::span<const double> row(std::size_t i) const { return {cells_.data() + i * columns_, lengths_[i]}; }
  /// All cells of the row behind the first `length` are 0.
  void shorten(std::size_t i, std::size_t length) { lengths_[i] = length; }
  [[nodiscard]] double& operator()(std::size_t i, std::size_t j) { return cells_[i * columns_ + j]; }
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const { return cells_[i * columns_ + j]; }

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::vector<double> cells_;
  std::vector<std::size_t> lengths_;
};

/// Two numbers at once, which every processor of the kind that builds this has.
using Two [[gnu::vector_size(16)]] = double;

inline Two two(const double* at) {
  Two out;
  std::memcpy(&out, at, sizeof out);
  return out;
}

/// Σ aᵢ bᵢ over the shorter of both, always in the same order: eight sums, then those.
inline double dot(std::span<const double> a, std::span<const double> b) {
  std::array<Two, 4> sums{};
  const std::size_t n = std::min(a.size(), b.size());
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += two(&a[i + 2 * lane]) * two(&b[i + 2 * lane]);
  }
  const Two both = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  double rest = 0;
  for (; i < n; ++i) rest += a[i] * b[i];
  return both[0] + both[1] + rest;
}
/// y += factor · x; x may be the shorter one.
inline void add_scaled(std::span<double> y, double factor, std::span<const double> x) {
  const std::size_t n = x.size();
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t lane = 0; lane < 4; lane += 2) {
      const Two moved = two(&y[i + lane]) + factor * two(&x[i + lane]);
      std::memcpy(&y[i + lane], &moved, sizeof moved);
    }
  }
  for (; i < n; ++i) y[i] += factor * x[i];
}

}  // namespace youden::base

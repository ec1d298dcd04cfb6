#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "youden/base/regression/matrix.hpp"
#include "youden/base/threads.hpp"

namespace youden::base {

/// Coordinates of a matrix' rows in the space that these span, of as many dimensions as there are independent rows:
/// what is fitted to rows with a ridge penalty lies there, so that fewer rows than columns cost what the rows cost. X =
/// Z Qᵀ with Qᵀ Q = 1; Z by Cholesky's decomposition of X Xᵀ with the largest remaining row next.
class RowSpace {
 public:
  /// `rows`: X.
  RowSpace(const Matrix& rows, int threads) : rows_(rows), coordinates_(factor(gram(rows, threads))) {}

  /// Z: rows × dimensions.
  [[nodiscard]] const Matrix& coordinates() const { return coordinates_; }
  /// Q θ, of as many numbers as X has columns.
  [[nodiscard]] std::vector<double> lifted(std::span<const double> theta) const {
    const std::size_t r = coordinates_.columns();
    std::vector<double> alpha(theta.begin(), theta.end());  // solves Lᵀ α = θ, L being Z's rows that were chosen
    std::vector<double> out(rows_.columns());
    for (std::size_t i = r; i-- > 0;) {
      const std::span<const double> row = coordinates_.row(chosen_[i]);
      alpha[i] /= row[i];
      for (std::size_t k = 0; k < i; ++k) alpha[k] -= alpha[i] * row[k];
      add_scaled(out, alpha[i], rows_.row(chosen_[i]));
    }
    return out;
  }

 private:
  static constexpr double kNothing = 1e-13;  ///< of the largest row's square: rounding's share

  /// X Xᵀ, the lower triangle; in tiles, so that what is read once is used often.
  static Matrix gram(const Matrix& x, int threads) {
    constexpr std::size_t kRows = 32;
    constexpr std::size_t kColumns = 256;
    Matrix out(x.rows(), x.rows());
    const std::size_t tiles = (x.rows() + kRows - 1) / kRows;
    parallel_for(tiles, threads, [&](std::size_t tile) {
      const std::size_t from = (tiles - 1 - tile) * kRows;  // the longest first
      const std::size_t to = std::min(from + kRows, x.rows());
      for (std::size_t c = 0; c < x.columns(); c += kColumns) {
        const std::size_t width = std::min(kColumns, x.columns() - c);
        for (std::size_t other = 0; other < to; other += kRows) {
          for (std::size_t i = from; i < to; ++i) {
            const auto mine = x.row(i).subspan(c, width);
            for (std::size_t j = other; j < std::min(other + kRows, i + 1); ++j) {
              out(i, j) += dot(mine, x.row(j).subspan(c, width));
            }
          }
        }
      }
    });
    return out;
  }

  Matrix factor(const Matrix& gram) {
    const std::size_t n = gram.rows();
    std::vector<double> left(n);  // of each row's square
    for (std::size_t i = 0; i < n; ++i) left[i] = gram(i, i);
    const double least = n == 0 ? 0 : kNothing * *std::max_element(left.begin(), left.end());
    Matrix z(n, n);
    std::vector<std::size_t> open(n);
    std::iota(open.begin(), open.end(), std::size_t{0});
    while (!open.empty()) {
      const auto at =
          std::max_element(open.begin(), open.end(), [&](std::size_t a, std::size_t b) { return left[a] < left[b]; });
      const std::size_t pivot = *at;
      if (left[pivot] <= least) break;
      open.erase(at);
      const std::size_t k = chosen_.size();
      chosen_.push_back(pivot);
      const double root = std::sqrt(left[pivot]);
      z(pivot, k) = root;
      for (const std::size_t i : open) {
        const double g = i > pivot ? gram(i, pivot) : gram(pivot, i);
        z(i, k) = (g - dot(z.row(i).first(k), z.row(pivot).first(k))) / root;
        left[i] -= z(i, k) * z(i, k);
      }
    }
    Matrix out(n, chosen_.size());
    for (std::size_t i = 0; i < n; ++i) std::copy_n(z.row(i).begin(), chosen_.size(), out.row(i).begin());
    for (std::size_t k = 0; k < chosen_.size(); ++k) out.shorten(chosen_[k], k + 1);
    return out;
  }

  const Matrix& rows_;
  std::vector<std::size_t> chosen_;
  Matrix coordinates_;
};

}  // namespace youden::base

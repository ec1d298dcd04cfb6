#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/base/regression/matrix.hpp"

namespace youden::base {

/// Eigenvalues, largest first, and eigenvectors (rows) of a small symmetric matrix, by Jacobi's rotations.
struct Eigenpairs {
  std::vector<double> values;
  Matrix vectors;

  static Eigenpairs of(Matrix a) {
    const std::size_t n = a.rows();
    Matrix v(n, n);
    for (std::size_t i = 0; i < n; ++i) v(i, i) = 1;
    for (int sweep = 0; sweep < 60; ++sweep) {
      double off = 0;
      double on = 0;
      for (std::size_t i = 0; i < n; ++i) {
        on += a(i, i) * a(i, i);
        for (std::size_t j = 0; j < i; ++j) off += a(i, j) * a(i, j);
      }
      if (off <= 1e-28 * on) break;
      for (std::size_t p = 1; p < n; ++p) {
        for (std::size_t q = 0; q < p; ++q) rotate(a, v, p, q);
      }
    }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return a(i, i) > a(j, j); });
    Eigenpairs out{.values = {}, .vectors = Matrix(n, n)};
    for (std::size_t i = 0; i < n; ++i) {
      out.values.push_back(a(order[i], order[i]));
      std::copy_n(v.row(order[i]).begin(), n, out.vectors.row(i).begin());
    }
    return out;
  }

 private:
  static void rotate(Matrix& a, Matrix& v, std::size_t p, std::size_t q) {
    const std::size_t n = a.rows();
    if (a(p, q) == 0) return;
    const double theta = (a(q, q) - a(p, p)) / (2 * a(p, q));
    const double t = (theta >= 0 ? 1.0 : -1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1));
    const double c = 1 / std::sqrt(t * t + 1);
    const double s = t * c;
    for (std::size_t k = 0; k < n; ++k) {
      turn(a(k, p), a(k, q), c, s);
    }
    for (std::size_t k = 0; k < n; ++k) {
      turn(a(p, k), a(q, k), c, s);
      turn(v(p, k), v(q, k), c, s);
    }
  }
  static void turn(double& x, double& y, double c, double s) {
    const double old = x;
    x = c * old - s * y;
    y = s * old + c * y;
  }
};

/// The directions in which the rows of a matrix vary most: the leading eigenvectors of Zᵀ Z, by three rounds of
/// subspace iteration (Halko, Martinsson and Tropp 2011, SIAM Review 53:217, algorithm 4.4). Good enough to
/// precondition with, and the same bits each time.
struct LeadingAxes {
  std::vector<double> values;
  Matrix vectors;   ///< one a row
  Matrix scores;    ///< of each of Z's rows: where it lies along each axis
  double rest = 0;  ///< the mean of the other eigenvalues

  static LeadingAxes of(const Matrix& z, std::size_t most) {
    const std::size_t k = std::min({most, z.rows(), z.columns()});
    Matrix q(k, z.columns());
    Stream draw({.seed = 0, .purpose = "leading axes", .replicate = 0, .fold = 0, .epoch = 0, .item = {}});
    for (std::size_t i = 0; i < k; ++i) {
      for (double& cell : q.row(i)) cell = draw.normal();
    }
    Matrix image;  // Zᵀ Z of each axis
    for (int round = 0; round < 3; ++round) {
      orthonormalise(q);
      image = through(z, q);
      if (round < 2) std::swap(q, image);
    }
    Matrix small(k, k);
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j <= i; ++j) small(i, j) = small(j, i) = dot(q.row(i), image.row(j));
    }
    const Eigenpairs eigen = Eigenpairs::of(std::move(small));
    LeadingAxes out{.values = eigen.values, .vectors = Matrix(k, z.columns()), .scores = Matrix(z.rows(), k)};
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < k; ++j) add_scaled(out.vectors.row(i), eigen.vectors(i, j), q.row(j));
    }
    double all = 0;
    for (std::size_t i = 0; i < z.rows(); ++i) {
      all += dot(z.row(i), z.row(i));
      for (std::size_t a = 0; a < k; ++a) out.scores(i, a) = dot(z.row(i), out.vectors.row(a));
    }
    for (const double value : out.values) all -= value;
    if (z.columns() > k) out.rest = std::max(all, 0.0) / static_cast<double>(z.columns() - k);
    return out;
  }

 private:
  static Matrix through(const Matrix& z, const Matrix& q) {
    Matrix out(q.rows(), q.columns());
    for (std::size_t i = 0; i < z.rows(); ++i) {
      for (std::size_t a = 0; a < q.rows(); ++a) add_scaled(out.row(a), dot(z.row(i), q.row(a)), z.row(i));
    }
    return out;
  }
  /// Gram and Schmidt, twice; a row that depends on those before it becomes 0.
  static void orthonormalise(Matrix& q) {
    for (std::size_t i = 0; i < q.rows(); ++i) {
      const double before = std::sqrt(dot(q.row(i), q.row(i)));
      for (int again = 0; again < 2; ++again) {
        for (std::size_t j = 0; j < i; ++j) add_scaled(q.row(i), -dot(q.row(i), q.row(j)), q.row(j));
      }
      const double length = std::sqrt(dot(q.row(i), q.row(i)));
      const double scale = length > 1e-10 * before ? 1 / length : 0;
      for (double& cell : q.row(i)) cell *= scale;
    }
  }
};

}  // namespace youden::base

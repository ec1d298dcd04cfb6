#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace youden::stat {

/// Weights of a logistic regression with a ridge penalty: minimises Σ log(1 + exp(−y η)) + λ/2 |w|², η = w·x + bias,
/// y = ±1. The bias is not penalised.
struct LogisticRegression {
  std::vector<double> weights;
  double bias = 0;

  [[nodiscard]] double logit(std::span<const double> x) const {
    double sum = bias;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * x[i];
    return sum;
  }

  /// rows: row-major, y.size() × columns. Newton's method (iteratively reweighted least squares) with halved steps
  /// where a whole one would not lower the objective.
  static LogisticRegression fit(std::span<const double> rows, std::span<const std::uint8_t> y, std::size_t columns,
                                double lambda = 1) {
    LogisticRegression model{.weights = std::vector<double>(columns)};
    const std::size_t p = columns + 1;  // the bias comes last
    double objective = model.objective(rows, y, lambda);
    for (int step = 0; step < 100; ++step) {
      std::vector<double> hessian(p * p);
      std::vector<double> gradient(p);
      std::vector<double> x(p, 1.0);
      for (std::size_t i = 0; i < y.size(); ++i) {
        std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(i * columns), columns, x.begin());
        const double q = 1 / (1 + std::exp(-model.logit(x)));
        for (std::size_t r = 0; r < p; ++r) {
          gradient[r] += (q - y[i]) * x[r];
          for (std::size_t c = 0; c <= r; ++c) hessian[r * p + c] += q * (1 - q) * x[r] * x[c];
        }
      }
      for (std::size_t r = 0; r < columns; ++r) {
        gradient[r] += lambda * model.weights[r];
        hessian[r * p + r] += lambda;
      }
      hessian[p * p - 1] += 1e-9;  // one class alone has no finite bias
      const std::vector<double> move = solve(std::move(hessian), gradient, p);
      const double before = objective;
      for (double share = 1; share > 1e-4; share /= 2) {
        LogisticRegression next = model;
        for (std::size_t r = 0; r < columns; ++r) next.weights[r] -= share * move[r];
        next.bias -= share * move[columns];
        const double reached = next.objective(rows, y, lambda);
        if (reached < objective) {
          model = std::move(next);
          objective = reached;
          break;
        }
      }
      if (before - objective <= 1e-12 * (1 + std::abs(objective))) break;
    }
    return model;
  }

 private:
  [[nodiscard]] double objective(std::span<const double> rows, std::span<const std::uint8_t> y, double lambda) const {
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double eta = logit(rows.subspan(i * weights.size(), weights.size()));
      const double margin = y[i] != 0 ? eta : -eta;
      sum += std::max(-margin, 0.0) + std::log1p(std::exp(-std::abs(margin)));
    }
    for (const double w : weights) sum += lambda / 2 * w * w;
    return sum;
  }

  /// Cholesky; `a`: the lower triangle of a positive definite n × n matrix, row-major.
  static std::vector<double> solve(std::vector<double> a, std::vector<double> b, std::size_t n) {
    for (std::size_t r = 0; r < n; ++r) {
      for (std::size_t c = 0; c <= r; ++c) {
        double sum = a[r * n + c];
        for (std::size_t k = 0; k < c; ++k) sum -= a[r * n + k] * a[c * n + k];
        a[r * n + c] = r == c ? std::sqrt(std::max(sum, 1e-12)) : sum / a[c * n + c];
      }
    }
    for (std::size_t r = 0; r < n; ++r) {
      for (std::size_t k = 0; k < r; ++k) b[r] -= a[r * n + k] * b[k];
      b[r] /= a[r * n + r];
    }
    for (std::size_t r = n; r-- > 0;) {
      for (std::size_t k = r + 1; k < n; ++k) b[r] -= a[k * n + r] * b[k];
      b[r] /= a[r * n + r];
    }
    return b;
  }
};

}  // namespace youden::stat

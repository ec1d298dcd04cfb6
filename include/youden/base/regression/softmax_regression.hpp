#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "youden/base/regression/leading_axes.hpp"
#include "youden/base/regression/matrix.hpp"

namespace youden::base {

/// Logistic regression of two classes, or multinomial regression of more, with a ridge penalty: the one minimum of
///     Σᵢ sᵢ · −log p(yᵢ | xᵢ) + l2/2 · ‖W‖²
/// where the intercepts are not penalised. Two classes have one row of W, the log odds of class 1; K > 2 have K rows
/// (over-parametrised, as scikit-learn's LogisticRegression has it, whose C is 1/l2).
class SoftmaxRegression {
 public:
  struct Fit {
    std::vector<double> weights;     ///< outputs × columns, row-major
    std::vector<double> intercepts;  ///< one an output
    double l2 = 0;
    double objective = 0;
    double gradient = 0;  ///< Euclidean norm at the solution
    int steps = 0;        ///< Newton's
  };

  /// `x`: one row a sample. `labels`: 0 … classes − 1. `weights`: s, 0 = not looked at. `axes`: of x, what the solver
  /// preconditions with. All must outlive the object.
  SoftmaxRegression(const Matrix& x, std::span<const int> labels, std::span<const double> weights, std::size_t classes,
                    const LeadingAxes& axes)
      : x_(x),
        labels_(labels),
        weights_(weights),
        outputs_(classes == 2 ? 1 : classes),
        columns_(x.columns()),
        axes_(axes),
        theta_(outputs_ * (columns_ + 1)),
        gradient_(theta_.size()),
        probability_(x.rows(), outputs_) {
    for (std::size_t i = 0; i < x.rows(); ++i) {
      if (weights_[i] != 0) used_.push_back(i);
    }
  }

  /// The minimum for a penalty, to a gradient of `tolerance` or as near as rounding lets it come. It begins at the last
  /// one's solution: call it with falling penalties.
  Fit fit(double l2, double tolerance = 1e-8) {
    predict_from_path(l2);
    l2_ = l2;
    double objective = evaluate(theta_);
    Fit out;
    out.l2 = l2;
    for (constexpr int kMost = 200; out.steps < kMost; ++out.steps) {
      const double norm = std::sqrt(dot(gradient_, gradient_));
      if (norm <= tolerance) break;
      const std::vector<double> move = direction(norm, tolerance);
      const double slope = dot(gradient_, move);
      if (!(slope < 0)) break;
      const std::vector<double> from = theta_;
      bool moved = false;
      for (double share = 1; share > 1e-6 && !moved; share /= 2) {
        for (std::size_t i = 0; i < theta_.size(); ++i) theta_[i] = from[i] + share * move[i];
        const double reached = evaluate(theta_);
        const double rounding = 1e-13 * (1 + std::abs(objective));
        moved = reached <= objective + 1e-4 * share * slope ||
                (reached <= objective + rounding && std::sqrt(dot(gradient_, gradient_)) < norm);
        if (moved) objective = reached;
      }
      if (!moved) {  // rounding is all that is left
        theta_ = from;
        objective = evaluate(theta_);
        break;
      }
    }
    out.objective = objective;
    out.gradient = std::sqrt(dot(gradient_, gradient_));
    out.weights.assign(theta_.begin(), theta_.begin() + static_cast<std::ptrdiff_t>(outputs_ * columns_));
    out.intercepts.assign(theta_.begin() + static_cast<std::ptrdiff_t>(outputs_ * columns_), theta_.end());
    if (outputs_ > 1) {  // probabilities do not change with all intercepts; these sum to 0
      const double mean =
          std::accumulate(out.intercepts.begin(), out.intercepts.end(), 0.0) / static_cast<double>(outputs_);
      for (double& b : out.intercepts) b -= mean;
    }
    path_.push_back({std::log(l2), theta_});
    if (path_.size() > 2) path_.erase(path_.begin());
    return out;
  }

  /// Probabilities of all classes of a row.
  static std::vector<double> probabilities(const Fit& fit, std::span<const double> row) {
    std::vector<double> eta;
    for (std::size_t k = 0; k < fit.intercepts.size(); ++k) {
      eta.push_back(dot(std::span(fit.weights).subspan(k * row.size(), row.size()), row) + fit.intercepts[k]);
    }
    if (eta.size() == 1) eta.insert(eta.begin(), 0.0);
    const double top = *std::max_element(eta.begin(), eta.end());
    double sum = 0;
    for (double& e : eta) sum += e = std::exp(e - top);
    for (double& e : eta) e /= sum;
    return eta;
  }

 private:
  struct Knot {
    double log_l2;
    std::vector<double> theta;
  };

  [[nodiscard]] std::span<const double> block(std::span<const double> v, std::size_t k) const {
    return v.subspan(k * columns_, columns_);
  }
  [[nodiscard]] double& intercept(std::vector<double>& v, std::size_t k) const { return v[outputs_ * columns_ + k]; }
  [[nodiscard]] double intercept(std::span<const double> v, std::size_t k) const { return v[outputs_ * columns_ + k]; }

  /// Along the logarithm of the penalty solutions are nearly straight: the next one is looked for on the line through
  /// the last two.
  void predict_from_path(double l2) {
    if (path_.size() < 2 || path_[0].log_l2 == path_[1].log_l2) return;
    const double t = (std::log(l2) - path_[1].log_l2) / (path_[1].log_l2 - path_[0].log_l2);
    if (!(t > 0 && t <= 2)) return;
    for (std::size_t i = 0; i < theta_.size(); ++i) {
      theta_[i] = path_[1].theta[i] + t * (path_[1].theta[i] - path_[0].theta[i]);
    }
  }

  /// The objective; keeps gradient and probabilities.
  double evaluate(std::span<const double> theta) {
    std::fill(gradient_.begin(), gradient_.end(), 0.0);
    double loss = 0;
    std::vector<double> eta(outputs_);
    for (const std::size_t i : used_) {
      for (std::size_t k = 0; k < outputs_; ++k) eta[k] = dot(block(theta, k), x_.row(i)) + intercept(theta, k);
      loss += weights_[i] * take_probabilities(eta, i);
      for (std::size_t k = 0; k < outputs_; ++k) {
        const double residual = weights_[i] * (probability_(i, k) - target(i, k));
        add_scaled(std::span(gradient_).subspan(k * columns_, columns_), residual, x_.row(i));
        intercept(gradient_, k) += residual;
      }
    }
    const auto penalised = theta.first(outputs_ * columns_);
    add_scaled(std::span(gradient_).first(penalised.size()), l2_, penalised);
    return loss + l2_ / 2 * dot(penalised, penalised);
  }
  [[nodiscard]] double target(std::size_t i, std::size_t k) const {
    return outputs_ == 1 ? static_cast<double>(labels_[i]) : (labels_[i] == static_cast<int>(k) ? 1.0 : 0.0);
  }
  /// −log p of the label.
  double take_probabilities(std::span<const double> eta, std::size_t i) {
    if (outputs_ == 1) {
      const double small = std::exp(-std::abs(eta[0]));
      probability_(i, 0) = (eta[0] >= 0 ? 1.0 : small) / (1 + small);
      return std::max(labels_[i] == 1 ? -eta[0] : eta[0], 0.0) + std::log1p(small);
    }
    const double top = *std::max_element(eta.begin(), eta.end());
    double sum = 0;
    for (std::size_t k = 0; k < outputs_; ++k) sum += probability_(i, k) = std::exp(eta[k] - top);
    for (std::size_t k = 0; k < outputs_; ++k) probability_(i, k) /= sum;
    return std::log(sum) + top - eta[static_cast<std::size_t>(labels_[i])];
  }

  /// The Hessian at the last point that was evaluated, times v.
  void times_hessian(std::span<const double> v, std::vector<double>& out) const {
    std::fill(out.begin(), out.end(), 0.0);
    std::vector<double> u(outputs_);
    for (const std::size_t i : used_) {
      double mean = 0;
      for (std::size_t k = 0; k < outputs_; ++k) {
        u[k] = dot(block(v, k), x_.row(i)) + intercept(v, k);
        mean += probability_(i, k) * u[k];
      }
      for (std::size_t k = 0; k < outputs_; ++k) {
        const double p = probability_(i, k);
        const double curved = weights_[i] * p * (outputs_ == 1 ? (1 - p) * u[k] : u[k] - mean);
        add_scaled(std::span(out).subspan(k * columns_, columns_), curved, x_.row(i));
        intercept(out, k) += curved;
      }
    }
    add_scaled(std::span(out).first(outputs_ * columns_), l2_, v.first(outputs_ * columns_));
  }

  /// An approximate inverse of the Hessian: exact within the leading axes, and as if every row had the mean curvature
  /// in the directions that are left.
  class Preconditioner {
   public:
    explicit Preconditioner(const SoftmaxRegression& of) : of_(of) {
      const Matrix& scores = of.axes_.scores;
      const std::size_t axes = scores.columns();
      for (std::size_t k = 0; k < of.outputs_; ++k) {
        double curvature = 0;
        Matrix block(axes, axes);
        std::vector<double> scaled(axes);
        for (const std::size_t i : of.used_) {
          const double own = of.weights_[i] * of.probability_(i, k) * (1 - of.probability_(i, k));
          curvature += own;
          for (std::size_t a = 0; a < axes; ++a) {
            add_scaled(block.row(a).first(a + 1), own * scores(i, a), scores.row(i).first(a + 1));
          }
        }
        for (std::size_t a = 0; a < axes; ++a) block(a, a) += of.l2_;
        factor(block);
        blocks_.push_back(std::move(block));
        intercepts_.push_back(std::max(curvature, 1e-12));
        rest_.push_back(1 / (of.l2_ + curvature / static_cast<double>(of.x_.rows()) * of.axes_.rest));
      }
    }
    void apply(std::span<const double> v, std::vector<double>& out) const {
      const Matrix& axes = of_.axes_.vectors;
      std::vector<double> inside(axes.rows());
      for (std::size_t k = 0; k < of_.outputs_; ++k) {
        const auto from = of_.block(v, k);
        const auto to = std::span(out).subspan(k * of_.columns_, of_.columns_);
        for (std::size_t a = 0; a < inside.size(); ++a) inside[a] = dot(axes.row(a), from);
        std::vector<double> solved = inside;
        solve(blocks_[k], solved);
        for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i] * rest_[k];
        for (std::size_t a = 0; a < inside.size(); ++a) add_scaled(to, solved[a] - rest_[k] * inside[a], axes.row(a));
        of_.intercept(out, k) = of_.intercept(v, k) / intercepts_[k];
      }
    }

   private:
    /// Cholesky, in the lower triangle.
    static void factor(Matrix& a) {
      for (std::size_t r = 0; r < a.rows(); ++r) {
        for (std::size_t c = 0; c <= r; ++c) {
          const double left = a(r, c) - dot(a.row(r).first(c), a.row(c).first(c));
          a(r, c) = r == c ? std::sqrt(std::max(left, 1e-300)) : left / a(c, c);
        }
      }
    }
    static void solve(const Matrix& l, std::vector<double>& b) {
      for (std::size_t r = 0; r < b.size(); ++r) b[r] = (b[r] - dot(l.row(r).first(r), b)) / l(r, r);
      for (std::size_t r = b.size(); r-- > 0;) {
        b[r] /= l(r, r);
        add_scaled(b, -b[r], l.row(r).first(r));
      }
    }

    const SoftmaxRegression& of_;
    std::vector<Matrix> blocks_;
    std::vector<double> intercepts_;
    std::vector<double> rest_;
  };

  /// Newton's step by conjugate gradients, as exactly as it pays.
  [[nodiscard]] std::vector<double> direction(double norm, double tolerance) const {
    const Preconditioner near(*this);
    const double enough =
        norm * std::max(std::min(0.1, std::sqrt(norm / (1 + std::abs(norm)))), 0.1 * tolerance / norm);
    std::vector<double> out(theta_.size());
    std::vector<double> residual(theta_.size());
    for (std::size_t i = 0; i < residual.size(); ++i) residual[i] = -gradient_[i];
    std::vector<double> z(theta_.size());
    near.apply(residual, z);
    std::vector<double> p = z;
    std::vector<double> image(theta_.size());
    double along = dot(residual, z);
    for (std::size_t n = 0; n < 500 && along > 0; ++n) {
      times_hessian(p, image);
      const double curvature = dot(p, image);
      if (!(curvature > 0)) break;
      const double alpha = along / curvature;
      add_scaled(out, alpha, p);
      add_scaled(residual, -alpha, image);
      if (std::sqrt(dot(residual, residual)) <= enough) break;
      near.apply(residual, z);
      const double next = dot(residual, z);
      for (std::size_t i = 0; i < p.size(); ++i) p[i] = z[i] + next / along * p[i];
      along = next;
    }
    return out;
  }

  const Matrix& x_;
  std::span<const int> labels_;
  std::span<const double> weights_;
  std::size_t outputs_;
  std::size_t columns_;
  const LeadingAxes& axes_;
  std::vector<double> theta_;  ///< a block of weights an output, then the intercepts
  std::vector<double> gradient_;
  Matrix probability_;
  std::vector<std::size_t> used_;
  double l2_ = 0;
  std::vector<Knot> path_;
};

}  // namespace youden::base

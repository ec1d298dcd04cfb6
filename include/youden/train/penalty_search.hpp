#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/regression/softmax_regression.hpp"
#include "youden/base/threads.hpp"

namespace youden::train {

/// Rows that a linear head is fitted to.
struct LabelledRows {
  const base::Matrix& x;
  const base::LeadingAxes& axes;
  std::vector<int> labels;
  std::vector<double> weights;  ///< of each row in the likelihood
  std::vector<int> folds;       ///< the inner fold that holds a row out
  std::vector<bool> scored;     ///< whether a row counts where it is held out
  std::size_t classes = 2;
};

/// What held-out training patients say of penalties.
struct PenaltySearch {
  struct Point {
    double l2;
    double log_loss;  ///< mean over held-out rows
    double error;     ///< standard error of that mean, over folds
  };
  std::vector<Point> path;  ///< from the strongest penalty to the weakest
  std::size_t best = 0;     ///< the lowest log loss; among equals the strongest penalty
  std::size_t chosen = 0;

  /// 25 of them, from 10,000, far too strong, to 1/10,000, hardly any: three a power of ten.
  static std::vector<double> grid() {
    std::vector<double> out;
    for (int i = 0; i <= 24; ++i) out.push_back(std::pow(10.0, 4 - i / 3.0));
    return out;
  }

  /// Fits every inner fold along the path of penalties, the strongest first. `one_error`: take the strongest penalty
  /// within one standard error of the best (Breiman et al. 1984). `progress` is told how many fits are done of how
  /// many.
  static PenaltySearch run(const LabelledRows& rows, std::vector<double> penalties, bool one_error, int threads,
                           const std::function<void(std::size_t, std::size_t)>& progress) {
    std::sort(penalties.rbegin(), penalties.rend());
    const auto folds = static_cast<std::size_t>(1 + *std::max_element(rows.folds.begin(), rows.folds.end()));
    std::vector<std::vector<double>> loss(folds, std::vector<double>(penalties.size()));
    std::vector<double> held_out(folds);
    std::mutex mutex;
    std::size_t done = 0;
    base::parallel_for(folds, threads, [&](std::size_t f) {
      std::vector<double> weights = rows.weights;
      std::vector<std::size_t> mine;
      for (std::size_t i = 0; i < weights.size(); ++i) {
        if (rows.folds[i] != static_cast<int>(f)) continue;
        weights[i] = 0;
        if (rows.scored[i]) mine.push_back(i);
      }
      held_out[f] = static_cast<double>(mine.size());
      base::SoftmaxRegression regression(rows.x, rows.labels, weights, rows.classes, rows.axes);
      for (std::size_t k = 0; k < penalties.size(); ++k) {
        if (base::interrupted()) throw base::Interrupted({"interrupted"});
        const auto fit = regression.fit(penalties[k], kTolerance);
        for (const std::size_t i : mine) {
          const std::vector<double> p = base::SoftmaxRegression::probabilities(fit, rows.x.row(i));
          loss[f][k] -= std::log(std::max(p[static_cast<std::size_t>(rows.labels[i])], 1e-15));
        }
        const std::lock_guard lock(mutex);
        progress(++done, folds * penalties.size());
      }
    });
    return judge(penalties, loss, held_out, one_error);
  }

 private:
  static constexpr double kTolerance = 1e-6;  ///< of inner gradients: log losses then differ by far less than they mean

  static PenaltySearch judge(const std::vector<double>& penalties, const std::vector<std::vector<double>>& loss,
                             const std::vector<double>& held_out, bool one_error) {
    PenaltySearch out;
    double all = 0;
    for (const double n : held_out) all += n;
    const auto folds = static_cast<double>(loss.size());
    for (std::size_t k = 0; k < penalties.size(); ++k) {
      Point p{.l2 = penalties[k], .log_loss = 0, .error = 0};
      for (const auto& of_fold : loss) p.log_loss += of_fold[k] / all;
      double squares = 0;
      for (std::size_t f = 0; f < loss.size(); ++f) {
        const double apart = loss[f][k] / std::max(held_out[f], 1.0) - p.log_loss;
        squares += apart * apart;
      }
      p.error = std::sqrt(squares / (folds - 1) / folds);
      out.path.push_back(p);
      if (p.log_loss < out.path[out.best].log_loss) out.best = k;
    }
    out.chosen = out.best;
    if (one_error) {
      const double most = out.path[out.best].log_loss + out.path[out.best].error;
      while (out.chosen > 0 && out.path[out.chosen - 1].log_loss <= most) --out.chosen;
    }
    return out;
  }
};

}  // namespace youden::train

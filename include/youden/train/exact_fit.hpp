#pragma once
#include <fmt/format.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/regression/leading_axes.hpp"
#include "youden/base/regression/matrix.hpp"
#include "youden/base/regression/row_space.hpp"
#include "youden/base/regression/softmax_regression.hpp"
#include "youden/train/class_weights.hpp"
#include "youden/train/feature_facts.hpp"
#include "youden/train/fit.hpp"
#include "youden/train/penalty_search.hpp"
#include "youden/train/train_options.hpp"

namespace youden::train {

/// Fits a linear head on frozen features to the one optimum of the penalised likelihood: features standardised on the
/// training rows, each view of a film a row of weight 1/K, classes weighted as the options say, the penalty given or
/// chosen by inner folds of training patients. Nothing is drawn and nothing depends on the number of threads; the
/// standardisation ends up in the layer. One "epoch".
class ExactFit final : public Fit {
 public:
  ExactFit(Model& model, FeatureSource& features, const TrainOptions& options, Task task)
      : model_(model), features_(features), options_(options), task_(std::move(task)) {
    if (model_.linear() == nullptr) {
      throw base::ConfigError({"an exact fit is one of a linear head on a frozen backbone, and here " + unfit(),
                               "train.fit",
                               "write backbone.freeze: all and a head without a dense layer or dropout (head: linear, "
                               "or global_average with hidden: 0), or train.fit: gradient"});
    }
    if (features_.views() == 0) {
      throw base::ConfigError({"an exact fit takes each view of a film as a row, and fresh views have no end",
                               "augment.views",
                               "write a number, for example augment.views: 4, or augment: {steps: []}"});
    }
  }

  [[nodiscard]] int epochs() const override { return 1; }
  [[nodiscard]] int epochs_done() const override { return done_ ? 1 : 0; }
  [[nodiscard]] bool finished() const override { return done_; }
  [[nodiscard]] std::string label() const override { return "exact fit"; }
  [[nodiscard]] TrainOptions settled() const override {
    TrainOptions out = options_;
    out.select = {};
    out.l2 = l2_;
    return out;
  }

  History run_epoch(const OnStep& on_step) override {
    gather(on_step);
    standardise();
    std::optional<base::RowSpace> space;
    if (rows_.rows() < rows_.columns()) space.emplace(rows_, task_.threads);
    const base::Matrix& x = space ? space->coordinates() : rows_;
    const base::LeadingAxes axes = base::LeadingAxes::of(x, kAxes);
    l2_ = choose(x, axes, on_step);
    base::SoftmaxRegression regression(x, labels_, weights_, task_.classes, axes);
    base::SoftmaxRegression::Fit fit = regression.fit(l2_);
    History history = training_values(x, fit);
    if (space) lift(*space, fit);
    store(fit);
    history.push_back({"train", "l2", l2_});
    if (!task_.curve.empty()) {
      const History curve = curve_values(task_, predict(task_.curve));
      history.insert(history.end(), curve.begin(), curve.end());
    }
    done_ = true;
    rows_ = {};
    return history;
  }
  void keep_best() override {}
  [[nodiscard]] Predictions predict(const std::vector<std::size_t>& samples) override {
    return score_samples(model_, features_, task_, samples);
  }

  [[nodiscard]] Checkpoint checkpoint() const override {
    Checkpoint c;
    c.add("model/", model_.trained_state());
    c.facts = {{"epochs_done", done_ ? "1" : "0"}, {"l2", config::Json(l2_).dump()}};
    return c;
  }
  void restore(const Checkpoint& c, const std::string& where) override {
    done_ = c.fact("epochs_done", where) == "1";
    l2_ = std::stod(c.fact("l2", where));
    c.restore("model/", model_.trained_state(), where);
  }

 private:
  static constexpr std::size_t kAxes = 64;

  [[nodiscard]] std::string unfit() const {
    return model_.all_frozen() ? "the head has more than one layer, or dropout" : "stages of the backbone train";
  }

  /// Every view of every training film, with its label and weight.
  void gather(const OnStep& on_step) {
    const auto views = static_cast<std::size_t>(features_.views());
    std::vector<View> wanted;
    for (const std::size_t i : task_.train) {
      for (std::size_t v = 0; v < views; ++v) wanted.push_back({i, static_cast<std::int64_t>(v)});
    }
    use_threads(model_, task_.threads);
    constexpr std::size_t kChunk = 64;
    for (std::size_t from = 0; from < wanted.size(); from += kChunk) {
      if (base::interrupted()) throw base::Interrupted({"interrupted"});
      const auto part = [&](std::size_t begin) {
        return std::span(wanted).subspan(std::min(begin, wanted.size()),
                                         std::min(kChunk, wanted.size() - std::min(begin, wanted.size())));
      };
      const torch::Tensor x = features_.get(part(from), part(from + kChunk)).contiguous();
      if (from == 0) rows_ = base::Matrix(wanted.size(), static_cast<std::size_t>(x.size(1)));
      const float* at = x.data_ptr<float>();
      for (std::int64_t i = 0; i < x.size(0); ++i) {
        for (double& cell : rows_.row(from + static_cast<std::size_t>(i))) cell = *at++;
      }
      const std::size_t seen = std::min(from + kChunk, wanted.size());
      on_step(static_cast<std::int64_t>(seen), static_cast<std::int64_t>(wanted.size()), "features");
    }
    const std::vector<double> of_class =
        options_.class_weights == "balanced" ? balanced_weights(task_) : std::vector<double>(task_.classes, 1);
    labels_.clear();
    weights_.clear();
    folds_.clear();
    for (const View& v : wanted) {
      const int label = task_.labels[v.sample];
      labels_.push_back(label);
      weights_.push_back(of_class[static_cast<std::size_t>(label)] / static_cast<double>(views));
      folds_.push_back(task_.inner.empty() ? 0 : task_.inner[v.sample]);
    }
  }

  /// Each column to mean 0 and variance 1 over the rows; a constant one to 0.
  void standardise() {
    const auto n = static_cast<double>(rows_.rows());
    mean_.assign(rows_.columns(), 0);
    for (std::size_t i = 0; i < rows_.rows(); ++i) base::add_scaled(mean_, 1 / n, rows_.row(i));
    std::vector<double> variance(rows_.columns());
    for (std::size_t i = 0; i < rows_.rows(); ++i) {
      const auto row = rows_.row(i);
      for (std::size_t j = 0; j < row.size(); ++j) {
        row[j] -= mean_[j];
        variance[j] += row[j] * row[j] / n;
      }
    }
    for (double& v : variance) v = std::sqrt(v);  // from here on deviations
    if (const std::string text = feature_warning(mean_, variance); !text.empty()) warn(text);
    scale_.clear();
    for (std::size_t j = 0; j < variance.size(); ++j) {
      scale_.push_back(variance[j] > 1e-12 * (1 + std::abs(mean_[j])) ? 1 / variance[j] : 0);
    }
    for (std::size_t i = 0; i < rows_.rows(); ++i) {
      const auto row = rows_.row(i);
      for (std::size_t j = 0; j < row.size(); ++j) row[j] *= scale_[j];
    }
  }

  [[nodiscard]] double choose(const base::Matrix& x, const base::LeadingAxes& axes, const OnStep& on_step) const {
    std::vector<double> penalties = options_.penalties();
    if (penalties.empty()) penalties = PenaltySearch::grid();
    if (penalties.size() == 1) return penalties[0];
    std::vector<bool> scored;
    for (std::size_t i = 0; i < labels_.size(); ++i)
      scored.push_back(i % static_cast<std::size_t>(features_.views()) == 0);
    const auto found = PenaltySearch::run(
        {x, axes, labels_, weights_, folds_, scored, task_.classes}, penalties,
        options_.l2_rule == "one_standard_error", task_.threads, [&](std::size_t done, std::size_t all) {
          on_step(static_cast<std::int64_t>(done), static_cast<std::int64_t>(all), "penalties");
        });
    return found.path[found.chosen].l2;
  }

  [[nodiscard]] History training_values(const base::Matrix& x, const base::SoftmaxRegression::Fit& fit) const {
    double loss = 0;
    double correct = 0;
    double all = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      const std::vector<double> p = base::SoftmaxRegression::probabilities(fit, x.row(i));
      loss -= weights_[i] * std::log(std::max(p[static_cast<std::size_t>(labels_[i])], 1e-15));
      correct += std::max_element(p.begin(), p.end()) - p.begin() == labels_[i] ? 1 : 0;
      all += weights_[i];
    }
    return {{"train", "loss", loss / all}, {"train", "accuracy", correct / static_cast<double>(x.rows())}};
  }

  static void lift(const base::RowSpace& space, base::SoftmaxRegression::Fit& fit) {
    const std::size_t columns = space.coordinates().columns();
    std::vector<double> weights;
    for (std::size_t k = 0; k < fit.intercepts.size(); ++k) {
      const std::vector<double> row = space.lifted(std::span(fit.weights).subspan(k * columns, columns));
      weights.insert(weights.end(), row.begin(), row.end());
    }
    fit.weights = std::move(weights);
  }

  /// Into the head: of two classes, half of the log odds each, with opposite signs.
  void store(const base::SoftmaxRegression::Fit& fit) {
    const torch::NoGradGuard no_grad;
    const auto classes = static_cast<std::int64_t>(task_.classes);
    const auto columns = static_cast<std::int64_t>(mean_.size());
    const torch::Tensor weight = torch::empty({classes, columns}, torch::kFloat64);
    const torch::Tensor bias = torch::empty({classes}, torch::kFloat64);
    for (std::size_t c = 0; c < task_.classes; ++c) {
      const bool two = fit.intercepts.size() == 1;
      const std::size_t k = two ? 0 : c;
      const double share = !two ? 1 : c == 1 ? 0.5 : -0.5;
      const auto from = std::span(fit.weights).subspan(k * mean_.size(), mean_.size());
      double* to = weight.data_ptr<double>() + c * mean_.size();
      double moved = fit.intercepts[k];
      for (std::size_t j = 0; j < mean_.size(); ++j) {
        to[j] = share * from[j] * scale_[j];
        moved -= from[j] * scale_[j] * mean_[j];
      }
      bias.data_ptr<double>()[c] = share * moved;
    }
    torch::nn::LinearImpl& layer = *model_.linear();
    layer.weight.copy_(weight);
    layer.bias.copy_(bias);
  }

  Model& model_;
  FeatureSource& features_;
  TrainOptions options_;
  Task task_;
  bool done_ = false;
  double l2_ = 0;  ///< the penalty that was given or chosen
  base::Matrix rows_;
  std::vector<int> labels_;
  std::vector<double> weights_;
  std::vector<int> folds_;
  std::vector<double> mean_;
  std::vector<double> scale_;
};

}  // namespace youden::train

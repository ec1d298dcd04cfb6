#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "youden/config/fields.hpp"
#include "youden/stat/bootstrap.hpp"
#include "youden/stat/confusion.hpp"
#include "youden/stat/estimate.hpp"

namespace youden::metric {

/// Predictions of one part seen as positive against the rest. All vectors have one entry a sample.
struct Binary {
  std::vector<std::uint8_t> positive = {};  ///< truth: 1 = positive
  std::vector<double> score = {};           ///< probability of the positive class; higher = more positive
  std::vector<std::uint8_t> decided = {};   ///< decision at the operating point: 1 = called positive
  std::vector<std::uint32_t> group = {};    ///< its patient as a number; empty: all samples are independent

  void append(const Binary& other) {
    positive.insert(positive.end(), other.positive.begin(), other.positive.end());
    score.insert(score.end(), other.score.begin(), other.score.end());
    decided.insert(decided.end(), other.decided.begin(), other.decided.end());
    group.insert(group.end(), other.group.begin(), other.group.end());
  }
};

/// Predictions of one part over more than two classes.
struct Multiclass {
  std::size_t classes = 0;
  std::vector<int> truth = {};
  std::vector<double> probability = {};  ///< row-major, samples × classes
  std::vector<int> decided = {};
  std::vector<std::uint32_t> group = {};  ///< as in Binary
};

struct MetricContext {
  double level = 0.95;  ///< of the interval
  stat::Sampling sampling = stat::Sampling::cohort;
};

/// Predictions -> one number with its interval. The registration line's traits say what else is to be known of it
/// (metric/facts.hpp).
///
/// Only evaluate() must be written. What it returns without `low` and `high` gets a bootstrap interval from the
/// framework (metric/assessment.hpp), by patient where a patient has several samples.
class Metric {
 public:
  static constexpr const char* kKind = "metric";
  using Common = config::NoOptions;
  using Context = MetricContext;

  virtual ~Metric() = default;
  [[nodiscard]] virtual stat::Estimate evaluate(const Binary& predictions) const = 0;

  /// The value over all classes at once, for a metric that has one: accuracy, and others that are no mean over classes.
  [[nodiscard]] virtual std::optional<stat::Estimate> evaluate_all(const Multiclass& /*predictions*/) const {
    return {};
  }

  /// The value for each draw of the bootstrap. This one repeats every sample and evaluates; override it where the value
  /// can be had without. `predictions` outlives what is returned.
  [[nodiscard]] virtual stat::Reweighted reweighted(const Binary& predictions) const {
    return [this, &predictions](std::span<const std::uint32_t> weight) {
      Binary drawn;
      for (std::size_t i = 0; i < weight.size(); ++i) {
        drawn.positive.insert(drawn.positive.end(), weight[i], predictions.positive[i]);
        drawn.score.insert(drawn.score.end(), weight[i], predictions.score[i]);
        drawn.decided.insert(drawn.decided.end(), weight[i], predictions.decided[i]);
      }
      return evaluate(drawn).value;
    };
  }
  [[nodiscard]] virtual stat::Reweighted reweighted_all(const Multiclass& predictions) const {
    return [this, &predictions](std::span<const std::uint32_t> weight) {
      Multiclass drawn{.classes = predictions.classes};
      const auto row = static_cast<std::ptrdiff_t>(predictions.classes);
      for (std::size_t i = 0; i < weight.size(); ++i) {
        drawn.truth.insert(drawn.truth.end(), weight[i], predictions.truth[i]);
        drawn.decided.insert(drawn.decided.end(), weight[i], predictions.decided[i]);
        const auto first = predictions.probability.begin() + static_cast<std::ptrdiff_t>(i) * row;
        for (std::uint32_t w = 0; w < weight[i]; ++w) {
          drawn.probability.insert(drawn.probability.end(), first, first + row);
        }
      }
      const auto all = evaluate_all(drawn);
      return all ? all->value : std::nullopt;
    };
  }

  /// False where a bootstrap interval would not hold what it promises, as with calibration errors.
  [[nodiscard]] virtual bool bootstraps() const { return true; }
  /// True for a share whose draws crowd towards 1, so that its bootstrap interval is better made on the logit scale.
  [[nodiscard]] virtual bool on_logit_scale() const { return false; }
  /// False for what a sample of any prevalence estimates alike. Where a small cohort's draws lack a class too often,
  /// its interval may then come from draws that keep the class sizes.
  [[nodiscard]] virtual bool hangs_on_prevalence() const { return true; }
  /// Gives the mean over `folds` an interval where the bootstrap collapses because every fold has the same extreme
  /// value; the others it leaves as they are.
  virtual void bound_mean(stat::Estimate& /*mean*/, std::span<const Binary* const> /*folds*/) const {}
  /// True where samples are compared with each other by score. Scores of different folds are not on one scale, so a
  /// cross-validation gives the mean over folds, and `<name>_pooled` beside it.
  [[nodiscard]] virtual bool ranks() const { return false; }
};

}  // namespace youden::metric

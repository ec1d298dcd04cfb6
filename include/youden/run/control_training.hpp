#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/data/split.hpp"
#include "youden/metric/metric.hpp"
#include "youden/run/workbench.hpp"
#include "youden/sample/part.hpp"
#include "youden/stat/clustered_auc.hpp"
#include "youden/train/make_fit.hpp"
#include "youden/train/predictions.hpp"

namespace youden::run {

/// The part that a control is scored on: what was held out longest.
inline sample::Part control_part(const Materials& m) {
  for (const sample::Part part : sample::kHeldOut) {
    if (m.has(part)) return part;
  }
  throw base::ConfigError({"'controls' are scored on held-out films, but the split holds out none", "controls",
                           "give the split a test part, or write controls: []"});
}

/// Held-out scores of the positive class, those of a fold on a scale of their own.
class ControlScores {
 public:
  explicit ControlScores(const Materials& m) : m_(m) {}

  void add(int fold, const train::Predictions& p) {
    const metric::Binary b = p.binary(m_.positive, 0.5);
    positive_.insert(positive_.end(), b.positive.begin(), b.positive.end());
    score_.insert(score_.end(), b.score.begin(), b.score.end());
    for (const std::size_t i : p.samples) {
      patient_.push_back(m_.units[i]);
      fold_.push_back(fold);
    }
  }
  /// Films of one patient count as one where its interval is concerned.
  [[nodiscard]] stat::Estimate auc() const { return stat::clustered_auc(positive_, score_, patient_, fold_); }

 private:
  const Materials& m_;
  std::vector<std::uint8_t> positive_;
  std::vector<double> score_;
  std::vector<std::string> patient_;
  std::vector<int> fold_;
};

/// Trains the task by the run's own protocol, as replicate 0 was, keeps nothing, and scores `part`. The fold must have
/// been turned to.
inline train::Predictions train_control(const Workbench& bench, train::Task task, sample::Part part) {
  const auto samples = bench.materials.part(static_cast<std::size_t>(task.fold), part);
  const std::unique_ptr<train::Model> model = bench.assembler->make(0);
  const auto fit = train::make_fit(*model, bench.phases(), bench.experiment.train, std::move(task));
  while (!fit->finished()) fit->run_epoch([](auto&&...) {});
  fit->keep_best();
  return fit->predict(samples);
}

}  // namespace youden::run

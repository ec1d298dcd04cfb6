#pragma once
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "youden/train/checkpoint.hpp"
#include "youden/train/feature_source.hpp"
#include "youden/train/history.hpp"
#include "youden/train/model.hpp"
#include "youden/train/predictions.hpp"
#include "youden/train/scoring.hpp"
#include "youden/train/task.hpp"
#include "youden/train/train_options.hpp"

namespace youden::train {

/// How the model of one fold comes about, in epochs after each of which it can be committed and gone on from.
class Fit {
 public:
  /// `said`: how it stands, for the line on the screen.
  using OnStep = std::function<void(std::int64_t step, std::int64_t steps, const std::string& said)>;

  /// Is told what a person should know before it is fitted.
  std::function<void(const std::string&)> warn = [](const std::string&) {};

  Fit() = default;
  Fit(const Fit&) = delete;
  Fit& operator=(const Fit&) = delete;
  virtual ~Fit() = default;

  [[nodiscard]] virtual int epochs() const = 0;
  [[nodiscard]] virtual int epochs_done() const = 0;
  [[nodiscard]] virtual bool finished() const = 0;
  /// The next epoch for people, as `epoch 3/30`.
  [[nodiscard]] virtual std::string label() const = 0;
  /// The options with what this fit chose in the place of what it had to choose.
  [[nodiscard]] virtual TrainOptions settled() const = 0;
  /// Fits for one epoch and scores the curve's part. Throws Interrupted between steps, RunError when the loss is no
  /// number; the model is then as the last checkpoint or worse, so restore before going on.
  virtual History run_epoch(const OnStep& on_step) = 0;
  /// The weights that the run keeps take the model's place.
  virtual void keep_best() = 0;
  /// Class probabilities of samples as they are.
  [[nodiscard]] virtual Predictions predict(const std::vector<std::size_t>& samples) = 0;

  /// Everything the next epoch depends on.
  [[nodiscard]] virtual Checkpoint checkpoint() const = 0;
  virtual void restore(const Checkpoint& c, const std::string& where) = 0;
};

/// Heads without convolutions train on one thread: small products gain nothing, and bits then never depend on it.
/// libtorch makes a pool of threads anew whenever it is told a number, even the same one.
inline void use_threads(const Model& model, int threads) {
  const int wanted = model.all_frozen() ? 1 : threads;
  if (torch::get_num_threads() != wanted) torch::set_num_threads(wanted);
}

inline std::vector<View> views_of(const std::vector<std::size_t>& samples, std::size_t from, std::size_t to,
                                  std::int64_t view) {
  std::vector<View> out;
  for (std::size_t i = from; i < to; ++i) out.push_back({samples[i], view});
  return out;
}

/// Class probabilities of samples as they are, in batches of one fixed size; NaN where the weights give none.
inline Predictions score_samples(Model& model, FeatureSource& features, const Task& task,
                                 const std::vector<std::size_t>& samples) {
  Predictions out{.classes = task.classes, .samples = samples, .labels = {}, .probability = {}};
  constexpr std::size_t kBatch = 64;
  for (std::size_t from = 0; from < samples.size(); from += kBatch) {
    use_threads(model, task.threads);
    const torch::Tensor x = features.get(views_of(samples, from, std::min(from + kBatch, samples.size()), -1));
    model.set_training(false);
    const std::vector<double> p = score(model, x);
    out.probability.insert(out.probability.end(), p.begin(), p.end());
  }
  for (const std::size_t i : samples) out.labels.push_back(task.labels[i]);
  return out;
}

}  // namespace youden::train

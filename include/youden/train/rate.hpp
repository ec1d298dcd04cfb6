#pragma once
#include "youden/registry/registry.hpp"
#include "youden/train/optimizer.hpp"
#include "youden/train/train_options.hpp"

namespace youden::train {

/// The learning rate before the schedule: what the options say, else the optimizer's usual one. `tunes`: stages whose
/// weights were loaded train as well, at a tenth of it, so that the first steps do not undo what these know.
inline double learning_rate(const TrainOptions& options, bool tunes) {
  if (const double* given = config::value_of(options.lr)) return *given;
  constexpr double kTuning = 0.1;
  return registry::make<Optimizer>(options.optimizer, {})->usual_rate() * (tunes ? kTuning : 1);
}

}  // namespace youden::train

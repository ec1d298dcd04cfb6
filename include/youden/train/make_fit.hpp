#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "youden/train/exact_fit.hpp"
#include "youden/train/fit.hpp"
#include "youden/train/refit.hpp"
#include "youden/train/trainer.hpp"

namespace youden::train {

namespace detail {

inline std::unique_ptr<Fit> make_one_fit(Model& model, std::vector<Phase> phases, const TrainOptions& options,
                                         Task task) {
  if (!options.exact()) return std::make_unique<Trainer>(model, std::move(phases), options, std::move(task));
  if (phases.size() > 1) {
    throw base::ConfigError({"train.fit: exact fits once, and train.phases asks for more", "train.phases",
                             "remove train.phases, or write train.fit: gradient"});
  }
  return std::make_unique<ExactFit>(model, *phases.front().features, options, std::move(task));
}

}  // namespace detail

/// The fit that the options ask for, of a model that is not trained yet. Throws ConfigError where it is not one for
/// this model.
inline std::unique_ptr<Fit> make_fit(Model& model, const std::vector<Phase>& phases, const TrainOptions& options,
                                     Task task) {
  if (!options.select.refit) return detail::make_one_fit(model, phases, options, std::move(task));
  const auto make = [&model, phases](const TrainOptions& own, Task on) {
    return detail::make_one_fit(model, phases, own, std::move(on));
  };
  return std::make_unique<Refit>(model, make, options, std::move(task));
}

}  // namespace youden::train

#pragma once
#include <torch/nn/module.h>
#include <torch/types.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/base/error.hpp"
#include "youden/base/text.hpp"

namespace youden::backbone {

/// Where `freeze`, written at `key`, cuts: the number of leading stages that are frozen, 0 (none) to all of them.
/// Throws ConfigError with the stages there are.
inline std::size_t resolve_freeze(const Backbone& backbone, const std::string& freeze,
                                  const std::string& key = "backbone.freeze") {
  const std::vector<Stage>& stages = backbone.stages();
  if (freeze == "none") return 0;
  if (freeze == "all") return stages.size();
  std::vector<std::string> names{"all", "none"};
  for (std::size_t i = 0; i < stages.size(); ++i) {
    if (stages[i].name == freeze) return i + 1;
    names.push_back(stages[i].name);
  }
  const std::string close = base::nearest(freeze, names);
  throw base::ConfigError(
      {"the backbone has no stage '" + freeze + "' to freeze up to", key,
       (close.empty() ? "" : "did you mean '" + close + "'? ") + ("known: " + base::join(names, ", "))});
}

/// [N,C,H,W] float32 -> [N,C',H',W'] float32 through stages [from, to).
inline torch::Tensor run_stages(const Backbone& backbone, torch::Tensor x, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) x = backbone.stages().at(i).forward(std::move(x));
  return x;
}

/// Dotted names of the modules in stages [from, to), for `initialise(…, only)` and for optimizers.
inline std::vector<std::string> stage_modules(const Backbone& backbone, std::size_t from, std::size_t to) {
  std::vector<std::string> out;
  for (std::size_t i = from; i < to; ++i) {
    const std::vector<std::string>& modules = backbone.stages().at(i).modules;
    out.insert(out.end(), modules.begin(), modules.end());
  }
  return out;
}

/// Whether the tensor or module `name` lies in one of `modules` (dotted prefixes).
inline bool lies_in(const std::string& name, const std::vector<std::string>& modules) {
  return std::any_of(modules.begin(), modules.end(),
                     [&](const std::string& m) { return name == m || name.starts_with(m + "."); });
}

/// Gradients for the stages from `cut` on and for nothing else; all of it in inference mode.
inline void freeze_prefix(Backbone& backbone, std::size_t cut) {
  const std::vector<std::string> trained = stage_modules(backbone, cut, backbone.stages().size());
  for (auto& item : backbone.named_parameters()) item.value().requires_grad_(lies_in(item.key(), trained));
  backbone.eval();
}

/// Training or inference mode for the stages from `cut` on. Modules before it are not touched, not even for a moment:
/// other threads may be running them.
inline void set_suffix_training(Backbone& backbone, std::size_t cut, bool on) {
  const std::vector<std::string> trained = stage_modules(backbone, cut, backbone.stages().size());
  for (auto& item : backbone.named_modules("", false)) {
    if (lies_in(item.key(), trained)) item.value()->train(on);
  }
}

}  // namespace youden::backbone

#pragma once
#include <torch/types.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/freeze.hpp"
#include "youden/backbone/fused.hpp"
#include "youden/backbone/precision.hpp"
#include "youden/base/error.hpp"

namespace youden::backbone {

namespace detail {

inline bool holds(const torch::nn::Module& module, const Unit& unit) {
  const auto& [conv, norm, rectifier] = unit.parts();
  return (conv && &module == conv.get()) || (norm && &module == norm.get());
}

}  // namespace detail

/// Gives the units of the first `cut` stages kernels of a precision, and those behind them none. What has its kernel
/// already keeps it. Throws ConfigError where modules of the prefix belong to no unit: these compute in float32 only.
inline void prepare_prefix(Backbone& backbone, std::size_t cut, Precision precision) {
  const std::vector<std::string> frozen = stage_modules(backbone, 0, cut);
  std::vector<Unit> units = backbone.units();
  std::vector<bool> inside(units.size(), false);
  for (const auto& item : backbone.named_modules("", false)) {
    if (!lies_in(item.key(), frozen)) continue;
    const torch::nn::Module& module = *item.value();
    bool known = module.parameters(false).empty() && module.buffers(false).empty();
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (!detail::holds(module, units[i])) continue;
      inside[i] = known = true;
    }
    if (!known && precision != Precision::float32) {
      throw base::ConfigError({"this backbone computes in float32 only: its module " + item.key() +
                                   " is part of no unit that " + name_of(precision) + " could be done by",
                               "backbone.precision",
                               "write backbone.precision: float32, or let the backbone add() the module as a unit"});
    }
  }
  const torch::ScalarType type = precision == Precision::bfloat16 ? torch::kBFloat16 : torch::kFloat32;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto* kernel = dynamic_cast<const Fused*>(units[i].kernel());
    if (!inside[i]) {
      units[i].use(nullptr);
    } else if (kernel == nullptr || kernel->type() != type) {
      units[i].use(std::make_shared<Fused>(units[i].parts(), type));
    }
  }
}

/// Maps of more cells are run image by image: a batch of them would leave the processor's caches between two layers,
/// and its memory be mapped anew for each (VGG16's first stage: 31 % of the time).
inline constexpr std::int64_t kCellsTogether = 64 * 64;

/// [N,C,H,W] -> [N,C',H',W'] through the first `cut` stages, in the type of the input.
inline torch::Tensor run_prefix(const Backbone& backbone, torch::Tensor x, std::size_t cut) {
  std::size_t alone = 0;
  std::vector<torch::Tensor> images;
  for (std::int64_t i = 0; i < x.size(0) && x.size(0) > 1; ++i) {
    torch::Tensor image = x.slice(0, i, i + 1);
    std::size_t stage = 0;
    const auto more = [&] {
      return i == 0 ? image.size(2) * image.size(3) > kCellsTogether && stage < cut : stage < alone;
    };
    for (; more(); ++stage) image = backbone.stages()[stage].forward(std::move(image));
    alone = stage;
    if (alone == 0) break;
    images.push_back(std::move(image));
  }
  return run_stages(backbone, alone > 0 ? torch::cat(images) : std::move(x), alone, cut);
}

}  // namespace youden::backbone

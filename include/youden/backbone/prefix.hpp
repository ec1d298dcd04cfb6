#pragma once
#include <torch/types.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/freeze.hpp"
#include "youden/backbone/fused.hpp"
#include "youden/backbone/observed.hpp"
#include "youden/backbone/precision.hpp"
#include "youden/backbone/quantized.hpp"
#include "youden/base/error.hpp"

namespace youden::backbone {

/// How a prefix computes.
struct Arithmetic {
  Precision precision = Precision::float32;
  /// For int8: [1 + units of the prefix, 2] float32, lowest and highest value of what enters the prefix and of what
  /// each unit hands on, measured on training images; NaN before.
  torch::Tensor ranges = {};
};

/// The units of the first `cut` stages, and the others.
struct PrefixUnits {
  std::vector<Unit> inside;
  std::vector<Unit> behind;
  std::string stranger;  ///< a module of the prefix that belongs to no unit; empty = there is none

  PrefixUnits(const Backbone& backbone, std::size_t cut) {
    const std::vector<std::string> frozen = stage_modules(backbone, 0, cut);
    std::set<const torch::nn::Module*> modules;
    for (const auto& item : backbone.named_modules("", false)) {
      const torch::nn::Module& module = *item.value();
      if (module.parameters(false).empty() || !lies_in(item.key(), frozen)) continue;
      modules.insert(&module);
      if (!belongs(backbone.units(), module)) stranger = item.key();
    }
    for (const Unit& unit : backbone.units()) {
      const auto& [conv, norm, rectifier] = unit.parts();
      const bool mine = modules.contains(conv ? static_cast<const torch::nn::Module*>(conv.get()) : norm.get());
      (mine ? inside : behind).push_back(unit);
    }
  }

 private:
  static bool belongs(const std::vector<Unit>& units, const torch::nn::Module& module) {
    return std::any_of(units.begin(), units.end(), [&](const Unit& unit) {
      const auto& [conv, norm, rectifier] = unit.parts();
      return (conv && &module == conv.get()) || (norm && &module == norm.get());
    });
  }
};

/// Gives the units of the first `cut` stages kernels for an arithmetic, and those behind them none. In floating point,
/// what has its kernel already keeps it. Throws ConfigError where modules of the prefix belong to no unit: these
/// compute in float32 only.
inline void prepare_prefix(Backbone& backbone, std::size_t cut, const Arithmetic& arithmetic) {
  PrefixUnits units(backbone, cut);
  const Precision precision = arithmetic.precision;
  if (!units.stranger.empty() && precision != Precision::float32) {
    throw base::ConfigError({"this backbone computes in float32 only: its module " + units.stranger +
                                 " is part of no unit that " + name_of(precision) + " could be done by",
                             "backbone.precision",
                             "write backbone.precision: float32, or let the backbone add() the module as a unit"});
  }
  for (Unit& unit : units.behind) unit.use(nullptr);
  const torch::ScalarType type = precision == Precision::bfloat16 ? torch::kBFloat16 : torch::kFloat32;
  for (std::size_t i = 0; i < units.inside.size(); ++i) {
    Unit& unit = units.inside[i];
    if (precision == Precision::int8) {
      unit.use(std::make_shared<Quantized>(unit.parts(), arithmetic.ranges[static_cast<std::int64_t>(i) + 1]));
    } else if (const auto* fused = dynamic_cast<const Fused*>(unit.kernel()); !fused || fused->type() != type) {
      unit.use(std::make_shared<Fused>(unit.parts(), type));
    }
  }
}

/// Calls `work`, which pushes images through the first `cut` stages in float32, and writes down what each unit handed
/// on: ranges[1] and following. prepare_prefix() afterwards.
template <class Work>
void measure_ranges(const Backbone& backbone, std::size_t cut, const torch::Tensor& ranges, const Work& work) {
  PrefixUnits units(backbone, cut);
  std::vector<std::shared_ptr<const Observed>> observed;
  for (Unit& unit : units.inside) {
    observed.push_back(std::make_shared<Observed>(unit.parts()));
    unit.use(observed.back());
  }
  work();
  for (std::size_t i = 0; i < observed.size(); ++i) {
    ranges[static_cast<std::int64_t>(i) + 1].copy_(observed[i]->range());
  }
}

/// Maps of more cells are run image by image: a batch of them would leave the processor's caches between two layers,
/// and its memory be mapped anew for each (VGG16's first stage: 31 % of the time).
inline constexpr std::int64_t kCellsTogether = 64 * 64;

namespace detail {

/// [1,C,H,W] each -> [N,C,H,W], quantised or not.
inline torch::Tensor together(const std::vector<torch::Tensor>& images) {
  const torch::Tensor& first = images.front();
  if (!first.is_quantized()) return torch::cat(images);
  std::vector<std::int64_t> sizes = first.sizes().vec();
  sizes[0] = static_cast<std::int64_t>(images.size());
  torch::Tensor out = at::_empty_affine_quantized(sizes, first.options(), first.q_scale(), first.q_zero_point(),
                                                  torch::MemoryFormat::ChannelsLast);
  for (std::size_t i = 0; i < images.size(); ++i) out[static_cast<std::int64_t>(i)].copy_(images[i][0]);
  return out;
}

/// In the type of the input, whose kernels must be there.
inline torch::Tensor run_frozen(const Backbone& backbone, torch::Tensor x, std::size_t cut) {
  std::size_t alone = 0;  // stages that run image by image
  std::vector<torch::Tensor> images;
  for (std::int64_t i = 0; i < x.size(0) && x.size(0) > 1; ++i) {
    torch::Tensor image = x.slice(0, i, i + 1);
    std::size_t stage = 0;
    const auto large = [&] { return image.size(2) * image.size(3) > kCellsTogether; };
    for (; i == 0 ? stage < cut && large() : stage < alone; ++stage) {
      image = backbone.stages()[stage].forward(std::move(image));
    }
    alone = stage;
    if (alone == 0) break;
    images.push_back(std::move(image));
  }
  return run_stages(backbone, alone > 0 ? together(images) : std::move(x), alone, cut);
}

}  // namespace detail

/// [N,3,S,S] float32 normalised -> [N,C,H,W] float32 through the first `cut` stages, prepared for the arithmetic.
inline torch::Tensor run_prefix(const Backbone& backbone, torch::Tensor x, std::size_t cut,
                                const Arithmetic& arithmetic) {
  if (arithmetic.precision == Precision::int8) {
    const ByteScale in = ByteScale::of(arithmetic.ranges[0]);
    x = at::quantize_per_tensor(x, in.scale, in.zero, torch::kQUInt8);
    return detail::run_frozen(backbone, std::move(x), cut).dequantize();
  }
  if (arithmetic.precision == Precision::bfloat16) x = x.to(torch::kBFloat16);
  return detail::run_frozen(backbone, std::move(x), cut).to(torch::kFloat32);
}

}  // namespace youden::backbone

#pragma once
#include <torch/types.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "youden/backbone/unit.hpp"

namespace youden::backbone {

/// A unit as one convolution, in float32: weight [O, I/groups, kh, kw], bias [O] or undefined.
struct Folded {
  torch::Tensor weight;
  torch::Tensor bias;
  std::vector<std::int64_t> stride{1, 1};
  std::vector<std::int64_t> padding{0, 0};
  std::vector<std::int64_t> dilation{1, 1};
  std::int64_t groups = 1;
  Rectifier rectifier = Rectifier::none;
};

/// In inference BatchNorm is y = s·x + (β − s·μ) with s = γ / √(σ² + ε): s goes into the weight and the rest into the
/// bias, in float64, rounded once. A unit without a convolution becomes one of 1×1 on each channel by itself.
inline Folded fold(const Unit::Parts& parts) {
  const torch::NoGradGuard no_grad;
  Folded f{.weight = {}, .bias = {}, .rectifier = parts.rectifier};
  torch::Tensor weight;
  torch::Tensor bias;
  if (parts.conv) {
    const auto& o = parts.conv->options;
    const auto* padding = get_if<torch::ExpandingArray<2>>(&o.padding());  // c10's variant or, in 2.x, std's
    if (padding == nullptr) throw std::logic_error("a unit's convolution needs its padding in numbers");
    f.stride = {o.stride()->begin(), o.stride()->end()};
    f.padding = {(*padding)->begin(), (*padding)->end()};
    f.dilation = {o.dilation()->begin(), o.dilation()->end()};
    f.groups = o.groups();
    weight = parts.conv->weight.detach().to(torch::kFloat64);
    if (parts.conv->bias.defined()) bias = parts.conv->bias.detach().to(torch::kFloat64);
  } else {
    f.groups = parts.norm->options.num_features();
    weight = torch::ones({f.groups, 1, 1, 1}, torch::kFloat64);
  }
  if (parts.norm) {
    const auto& norm = *parts.norm;
    const torch::Tensor scale =
        norm.weight.detach().to(torch::kFloat64) / (norm.running_var.to(torch::kFloat64) + norm.options.eps()).sqrt();
    weight = weight * scale.view({-1, 1, 1, 1});
    const torch::Tensor mean = norm.running_mean.to(torch::kFloat64);
    bias = norm.bias.detach().to(torch::kFloat64) + scale * (bias.defined() ? bias - mean : -mean);
  }
  f.weight = weight.to(torch::kFloat32);
  if (bias.defined()) f.bias = bias.to(torch::kFloat32);
  return f;
}

}  // namespace youden::backbone

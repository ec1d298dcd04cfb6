#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/base/threads.hpp"

namespace youden::backbone {

namespace detail {

/// How one tensor starts. `spread` is a standard deviation (normal) or half a range (uniform).
struct Start {
  enum class Law { constant, normal, uniform };
  std::string name;
  torch::Tensor target;
  Law law = Law::constant;
  double spread = 0;
  double value = 0;
  torch::Tensor drawn = {};
};

/// N(0, σ²), four from each block of four words by Box–Muller in float32, much faster than in double; the 32 bits
/// below the logarithm reach 6.7 σ.
inline void fill_normal(base::Stream& stream, std::span<float> values, float sigma) {
  constexpr float kUnit = 0x1.0p-32F;
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const float radius = sigma * std::sqrt(-2.0F * std::log((static_cast<float>(stream.next_u32()) + 0.5F) * kUnit));
    const float angle = 2.0F * std::numbers::pi_v<float> * kUnit * static_cast<float>(stream.next_u32());
    values[i] = radius * std::cos(angle);
    if (i + 1 < values.size()) values[i + 1] = radius * std::sin(angle);
  }
}

inline void fill_uniform(base::Stream& stream, std::span<float> values, float half_range) {
  for (float& value : values) value = half_range * (2.0F * stream.uniform_float() - 1.0F);
}

/// Adds how the tensors of `m`, named under `prefix`, start. Recurses by hand: torch's named_modules() wants the root
/// in a shared_ptr, and components live in a unique_ptr.
inline void plan_starts(const torch::nn::Module& m, const std::string& prefix, std::vector<Start>& starts) {
  using Law = Start::Law;
  const auto add = [&](const char* leaf, const torch::Tensor& tensor, Law law, double spread, double value) {
    if (tensor.defined()) starts.push_back({prefix + leaf, tensor, law, spread, value});
  };
  if (const auto* conv = m.as<torch::nn::Conv2dImpl>()) {
    // He et al. 2015 (arXiv:1502.01852) for ReLU, fan out, counted as torchvision counts it: groups do not divide.
    const double fan_out = static_cast<double>(conv->weight.size(0) * conv->weight.size(2) * conv->weight.size(3));
    add("weight", conv->weight, Law::normal, std::sqrt(2.0 / fan_out), 0);
    add("bias", conv->bias, Law::constant, 0, 0);
  } else if (const auto* norm = m.as<torch::nn::BatchNorm2dImpl>()) {
    add("weight", norm->weight, Law::constant, 0, 1);
    add("bias", norm->bias, Law::constant, 0, 0);
    add("running_mean", norm->running_mean, Law::constant, 0, 0);
    add("running_var", norm->running_var, Law::constant, 0, 1);
    add("num_batches_tracked", norm->num_batches_tracked, Law::constant, 0, 0);
  } else if (const auto* linear = m.as<torch::nn::LinearImpl>()) {
    // Glorot & Bengio 2010, eq. 16: U(±√(6 / (fan in + fan out))), as Keras starts its dense layers.
    const double fans = static_cast<double>(linear->weight.size(0) + linear->weight.size(1));
    add("weight", linear->weight, Law::uniform, std::sqrt(6.0 / fans), 0);
    add("bias", linear->bias, Law::constant, 0, 0);
  } else if (!m.parameters(false).empty() || !m.buffers(false).empty()) {
    throw std::logic_error("initialise() knows no rule for the tensors of module '" + prefix + "'");
  }
  for (const auto& child : m.named_children()) plan_starts(*child.value(), prefix + child.key() + ".", starts);
}

}  // namespace detail

/// Draws every parameter (and resets every BatchNorm statistic) of a network or head afresh from the stream
/// {seed, "init", replicate, item = tensor name}; what the constructors drew from torch's generator is overwritten.
/// With `only`, modules under other dotted names are left alone: the frozen prefix keeps replicate 0. The bits depend
/// on neither thread count nor memory format.
inline void initialise(torch::nn::Module& module, std::uint64_t seed, std::uint64_t replicate,
                       const std::vector<std::string>& only = {}) {
  using Law = detail::Start::Law;
  std::vector<detail::Start> starts;
  detail::plan_starts(module, "", starts);
  if (!only.empty()) {
    std::erase_if(starts, [&](const detail::Start& s) {
      return std::none_of(only.begin(), only.end(), [&](const std::string& o) { return s.name.starts_with(o + "."); });
    });
  }
  const torch::NoGradGuard no_grad;
  for (detail::Start& s : starts) {
    if (s.law != Law::constant) s.drawn = torch::empty(s.target.sizes(), torch::kFloat32);
  }
  base::parallel_for(starts.size(), base::usable_threads(), [&](std::size_t i) {
    detail::Start& s = starts[i];
    if (s.law == Law::constant) return;
    base::Stream stream({.seed = seed, .purpose = "init", .replicate = replicate, .item = s.name});
    const std::span<float> values(s.drawn.data_ptr<float>(), static_cast<std::size_t>(s.drawn.numel()));
    const auto spread = static_cast<float>(s.spread);
    if (s.law == Law::normal) {
      detail::fill_normal(stream, values, spread);
    } else {
      detail::fill_uniform(stream, values, spread);
    }
  });
  for (detail::Start& s : starts) {
    if (s.law == Law::constant) {
      s.target.fill_(s.value);
    } else {
      s.target.copy_(s.drawn);
    }
  }
}

}  // namespace youden::backbone

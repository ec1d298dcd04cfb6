#pragma once
#include <torch/torch.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "youden/weights/convert.hpp"
#include "youden/weights/load.hpp"

namespace youden::test {

/// Numbers in [0, 1) that depend on name and index only; tools/golden/backbone_networks.py holds the same in Python.
inline torch::Tensor unit(std::string_view name, torch::IntArrayRef shape) {
  std::uint64_t key = 0xCBF29CE484222325ULL;
  for (const char c : name) key = (key ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  torch::Tensor out = torch::empty(shape, torch::kFloat64);
  double* values = out.data_ptr<double>();
  for (std::int64_t i = 0; i < out.numel(); ++i) {
    std::uint64_t x = key + static_cast<std::uint64_t>(i) * 0x9E3779B97F4A7C15ULL;
    x = (x ^ x >> 30U) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ x >> 27U) * 0x94D049BB133111EBULL;
    x ^= x >> 31U;
    values[i] = static_cast<double>(x >> 40U) * 0x1.0p-24;
  }
  return out;
}

/// A made-up weight file's worth of tensors for a network: sane activations, nothing symmetric.
inline std::vector<weights::NamedTensor> formula_state(const torch::nn::Module& network) {
  std::vector<weights::NamedTensor> out;
  for (const auto& [name, tensor] : weights::named_state(network)) {
    torch::Tensor value = unit(name, tensor.sizes());
    if (name.ends_with("num_batches_tracked")) {
      value = torch::tensor(std::int64_t{3});
    } else if (tensor.dim() == 4) {
      value = (2 * value - 1) * std::sqrt(6.0 / static_cast<double>(tensor[0].numel()));
    } else if (name.ends_with(".weight") || name.ends_with("running_var")) {
      value = 0.5 + value;
    } else {
      value = 0.2 * (value - 0.5);
    }
    out.push_back(weights::from_torch(name, value.is_floating_point() ? value.to(torch::kFloat32) : value));
  }
  return out;
}

/// max|a − b| / max|b|
inline double difference(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

}  // namespace youden::test

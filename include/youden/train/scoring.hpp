#pragma once
#include <torch/types.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "youden/train/model.hpp"

namespace youden::train {

inline constexpr std::int64_t kScoringBatch = 32;

/// Features at the cut [N, …] -> class probabilities, row-major N × K. Always in batches of 32, the last one padded, so
/// that a sample's probability does not depend on how many others are scored.
inline std::vector<double> score(const Model& model, const torch::Tensor& features) {
  const torch::NoGradGuard no_grad;
  std::vector<double> out;
  for (std::int64_t at = 0; at < features.size(0); at += kScoringBatch) {
    const std::int64_t n = std::min(kScoringBatch, features.size(0) - at);
    torch::Tensor part = features.slice(0, at, at + n);
    if (n < kScoringBatch) {
      std::vector<std::int64_t> padding = part.sizes().vec();
      padding[0] = kScoringBatch - n;
      part = torch::cat({part, torch::zeros(padding)});
    }
    if (part.dim() == 4) part = part.contiguous(torch::MemoryFormat::ChannelsLast);
    const torch::Tensor p =
        model.logits(part, {}).to(torch::kCPU, torch::kFloat64).softmax(1).slice(0, 0, n).contiguous();
    out.insert(out.end(), p.data_ptr<double>(), p.data_ptr<double>() + p.numel());
  }
  return out;
}

}  // namespace youden::train

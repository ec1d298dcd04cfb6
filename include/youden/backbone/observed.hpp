#pragma once
#include <torch/types.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "youden/backbone/fused.hpp"
#include "youden/backbone/unit.hpp"

namespace youden::backbone {

/// Lowest and highest value seen; from many threads, in any order.
class Extent {
 public:
  void widen(const torch::Tensor& x) {
    const float low = x.min().item<float>();
    const float high = x.max().item<float>();
    const std::lock_guard lock(mutex_);
    low_ = std::min(low_, low);
    high_ = std::max(high_, high);
  }
  /// [2] float32
  [[nodiscard]] torch::Tensor range() const { return torch::tensor({low_, high_}); }

 private:
  std::mutex mutex_;
  float low_ = std::numeric_limits<float>::infinity();
  float high_ = -std::numeric_limits<float>::infinity();
};

/// A unit in float32 that takes note of what it hands on.
class Observed final : public Kernel {
 public:
  explicit Observed(Unit::Parts parts) : fused_(std::move(parts), torch::kFloat32) {}

  [[nodiscard]] bool takes(const torch::Tensor& x) const override { return fused_.takes(x); }
  [[nodiscard]] torch::Tensor run(const torch::Tensor& x) const override {
    torch::Tensor y = fused_.run(x);
    extent_.widen(y);
    return y;
  }
  [[nodiscard]] torch::Tensor range() const { return extent_.range(); }

 private:
  Fused fused_;
  mutable Extent extent_;
};

}  // namespace youden::backbone

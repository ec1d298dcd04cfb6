#pragma once
#include <torch/types.h>

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "youden/backbone/folded.hpp"
#include "youden/backbone/operator.hpp"
#include "youden/backbone/unit.hpp"

namespace youden::backbone {

/// A unit as one convolution of oneDNN in float32 or bfloat16, channels last, its rectifier in the same pass and its
/// weights packed for the size of the first input, from the numbers that the modules hold by then.
class Fused final : public Kernel {
 public:
  Fused(Unit::Parts parts, torch::ScalarType type) : parts_(std::move(parts)), type_(type) {}

  [[nodiscard]] bool takes(const torch::Tensor& x) const override {
    return x.scalar_type() == type_ && x.device().is_cpu();
  }
  [[nodiscard]] torch::Tensor run(const torch::Tensor& input) const override {
    static const Operator packed_run("mkldnn_prepacked::conv2d_run");
    const torch::Tensor x = input.contiguous(torch::MemoryFormat::ChannelsLast);
    std::call_once(once_, [&] { prepare(x); });
    if (packed_) {
      torch::Tensor y = packed_run(x, *packed_).toTensor();
      return rectified_ ? y : rectify(std::move(y), folded_.rectifier);
    }
    return rectify(torch::conv2d(x, folded_.weight, folded_.bias, folded_.stride, folded_.padding, folded_.dilation,
                                 folded_.groups),
                   folded_.rectifier);
  }

  [[nodiscard]] torch::ScalarType type() const { return type_; }

  /// Names how numbers are made; part of the identity of features.
  static std::string variant() {
    return Operator("mkldnn_prepacked::conv2d_prepack").exists() ? "folded, packed" : "folded";
  }

 private:
  void prepare(const torch::Tensor& x) const {
    const torch::NoGradGuard no_grad;
    folded_ = fold(parts_);
    folded_.weight = folded_.weight.to(type_).contiguous(torch::MemoryFormat::ChannelsLast);
    if (folded_.bias.defined()) folded_.bias = folded_.bias.to(type_);
    static const Operator pack("mkldnn_prepacked::conv2d_prepack");
    if (!pack.exists() || !at::hasMKLDNN()) return;
    rectified_ = folded_.rectifier != Rectifier::relu6;  // whose bound this operator cannot be told
    const bool relu = folded_.rectifier == Rectifier::relu;
    packed_ = pack(folded_.weight, folded_.bias.defined() ? c10::IValue(folded_.bias) : c10::IValue(), folded_.stride,
                   folded_.padding, folded_.dilation, folded_.groups, x.sizes().vec(), relu ? "relu" : "none");
  }

  Unit::Parts parts_;
  torch::ScalarType type_;
  mutable std::once_flag once_;
  mutable Folded folded_;
  mutable std::optional<c10::IValue> packed_;
  mutable bool rectified_ = false;
};

}  // namespace youden::backbone

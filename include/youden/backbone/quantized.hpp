#pragma once
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "youden/backbone/folded.hpp"
#include "youden/backbone/operator.hpp"
#include "youden/backbone/unit.hpp"

namespace youden::backbone {

/// Real number = scale · (byte − zero), bytes 0 to 255 over a range that holds 0 (Jacob et al. 2018, arXiv:1712.05877).
struct ByteScale {
  double scale = 1;
  std::int64_t zero = 0;

  /// range: [2] float32, lowest and highest value.
  static ByteScale of(const torch::Tensor& range) {
    if (range.isnan().any().item<bool>()) throw std::logic_error("an int8 prefix is used before it was calibrated");
    const double low = std::min(0.0, range[0].item<double>());
    const double high = std::max(0.0, range[1].item<double>());
    const double scale = high > low ? (high - low) / 255 : 1;
    return {scale, std::clamp<std::int64_t>(std::llround(-low / scale), 0, 255)};
  }
};

/// Whether this libtorch has oneDNN's quantized engine.
inline bool has_quantized_engine() {
  const auto& engines = at::globalContext().supportedQEngines();
  return std::find(engines.begin(), engines.end(), at::QEngine::ONEDNN) != engines.end();
}

/// A unit as one convolution of oneDNN in 8 bits: bytes in, weights with a scale for each channel, bytes out in
/// `range`, its ReLU in the same pass. Weights are packed at the first input, from the numbers that modules and range
/// hold by then.
class Quantized final : public Kernel {
 public:
  /// range: [2] float32 of what it hands on.
  Quantized(Unit::Parts parts, torch::Tensor range) : parts_(std::move(parts)), range_(std::move(range)) {}

  [[nodiscard]] bool takes(const torch::Tensor& x) const override { return x.is_quantized(); }
  [[nodiscard]] torch::Tensor run(const torch::Tensor& x) const override {
    static const Operator plain("quantized::conv2d", "new");
    static const Operator rectified("quantized::conv2d_relu", "new");
    std::call_once(once_, [&] { prepare(); });
    const Operator& convolve = parts_.rectifier == Rectifier::relu ? rectified : plain;
    return convolve(x.contiguous(torch::MemoryFormat::ChannelsLast), *packed_, out_.scale, out_.zero).toTensor();
  }

 private:
  void prepare() const {
    const torch::NoGradGuard no_grad;
    const Folded f = fold(parts_);
    at::globalContext().setQEngine(at::QEngine::ONEDNN);
    const torch::Tensor largest = f.weight.abs().amax({1, 2, 3}).to(torch::kFloat64);
    const torch::Tensor scales = torch::where(largest > 0, largest / 127, torch::ones_like(largest));
    const torch::Tensor bytes =
        at::quantize_per_channel(f.weight, scales, torch::zeros({f.weight.size(0)}, torch::kInt64), 0, torch::kQInt8);
    static const Operator pack("quantized::conv2d_prepack");
    packed_ =
        pack(bytes, f.bias.defined() ? c10::IValue(f.bias) : c10::IValue(), f.stride, f.padding, f.dilation, f.groups);
    out_ = ByteScale::of(range_);
  }

  Unit::Parts parts_;
  torch::Tensor range_;
  mutable std::once_flag once_;
  mutable std::optional<c10::IValue> packed_;
  mutable ByteScale out_;
};

}  // namespace youden::backbone

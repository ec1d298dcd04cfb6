#pragma once
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

namespace youden::backbone {

/// conv(x). libtorch hands 1×1 convolutions on one thread to BLAS, and Debian's stands on the reference one (3 GF/s,
/// where oneDNN reaches 40 to 100). Frozen ones, which are most of a prefix, therefore go to oneDNN by name.
inline torch::Tensor convolve(const torch::nn::Conv2d& conv, const torch::Tensor& x) {
  const torch::Tensor& weight = conv->weight;
  const auto& options = conv->options;
  const auto* padding = get_if<torch::ExpandingArray<2>>(&options.padding());  // c10's variant or, in 2.x, std's
  const bool pointwise = weight.size(2) == 1 && weight.size(3) == 1 && padding != nullptr;
  const bool frozen = !torch::GradMode::is_enabled() || !(x.requires_grad() || weight.requires_grad());
  const bool onednn = at::hasMKLDNN() && x.device().is_cpu() && x.scalar_type() == torch::kFloat32 && x.numel() > 0;
  if (!pointwise || !frozen || !onednn) return conv.ptr()->forward(x);
  return at::mkldnn_convolution(x.contiguous(x.suggest_memory_format()), weight, conv->bias, *padding, options.stride(),
                                options.dilation(), options.groups());
}

}  // namespace youden::backbone

#pragma once
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <string>

#include "youden/head/head.hpp"
#include "youden/registry/registry.hpp"

namespace youden::head {

/// Logits straight from every cell of the map.
class Linear final : public Head {
 public:
  using Options = config::NoOptions;

  Linear(const Options& /*options*/, const Context& context)
      : output_(register_module(
            "output", torch::nn::Linear(context.channels * context.height * context.width, context.classes))) {}

  /// [N,C,H,W] float32 -> [N, C·H·W] float32, in the order (C,H,W) whatever the memory format.
  [[nodiscard]] torch::Tensor pool(const torch::Tensor& map) const override { return map.flatten(1); }
  [[nodiscard]] std::string pooling() const override { return "none"; }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& pooled, const DropoutMask& /*dropout*/) override {
    return output_(pooled);
  }
  [[nodiscard]] torch::nn::LinearImpl* linear() override { return output_.get(); }

 private:
  torch::nn::Linear output_;
};

inline const registry::Register<Head, Linear> kLinear{"linear", "logits straight from every cell of the map"};

}  // namespace youden::head

#pragma once
#include <torch/nn/functional/loss.h>

#include "youden/registry/registry.hpp"
#include "youden/train/loss.hpp"

namespace youden::train {

/// −log softmax of the true class, averaged over the batch by class weight. Over two classes it equals Keras' binary
/// cross-entropy on a two-way softmax with one-hot targets.
class CrossEntropy final : public Loss {
 public:
  using Options = config::NoOptions;
  CrossEntropy(Options /*none*/, const Context& /*none*/) {}

  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& logits, const torch::Tensor& target,
                                         const torch::Tensor& class_weights) const override {
    return torch::nn::functional::cross_entropy(logits, target,
                                                torch::nn::functional::CrossEntropyFuncOptions().weight(class_weights));
  }
};

inline const registry::Register<Loss, CrossEntropy> kCrossEntropy{"cross_entropy", "softmax cross-entropy"};

}  // namespace youden::train

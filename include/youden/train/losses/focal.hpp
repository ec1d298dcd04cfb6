#pragma once
#include <torch/types.h>

#include "youden/registry/registry.hpp"
#include "youden/train/loss.hpp"

namespace youden::train {

struct FocalOptions {
  double gamma = 2;

  static const config::Fields<FocalOptions>& fields() {
    static const auto f = config::Fields<FocalOptions>().add(
        &FocalOptions::gamma, "gamma", "how much easy samples count less; 0 = cross-entropy", {.min = 0, .max = 10});
    return f;
  }
};

/// (1 − p)^γ · −log p of the true class (Lin et al. 2017, eq. 4), averaged over the batch by class weight.
class Focal final : public Loss {
 public:
  using Options = FocalOptions;
  Focal(Options options, const Context& /*none*/) : gamma_(options.gamma) {}

  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& logits, const torch::Tensor& target,
                                         const torch::Tensor& class_weights) const override {
    const torch::Tensor log_p = logits.log_softmax(1).gather(1, target.unsqueeze(1)).squeeze(1);
    const torch::Tensor each = (1 - log_p.exp()).pow(gamma_) * -log_p;
    if (!class_weights.defined()) return each.mean();
    const torch::Tensor w = class_weights.index_select(0, target);
    return (each * w).sum() / w.sum();
  }

 private:
  double gamma_;
};

inline const registry::Register<Loss, Focal> kFocal{"focal", "cross-entropy that counts easy samples less"};

}  // namespace youden::train

#pragma once
#include <torch/types.h>

#include "youden/registry/registry.hpp"
#include "youden/train/loss.hpp"

/// What YAML can set: `train: { loss: { type: my_loss, smoothing: 0.1 } }`.
struct MyLossOptions {
  double smoothing = 0.1;

  static const youden::config::Fields<MyLossOptions>& fields() {
    static const auto f = youden::config::Fields<MyLossOptions>().add(
        &MyLossOptions::smoothing, "smoothing", "share of the target spread over all classes", {.min = 0, .max = 0.9});
    return f;
  }
};

/// To fill in: what training minimises. As it stands: cross-entropy with smoothed labels (Szegedy et al. 2016, sec. 7).
class MyLoss final : public youden::train::Loss {
 public:
  using Options = MyLossOptions;
  MyLoss(const Options& options, const Context& /*none*/) : options_(options) {}

  /// logits [N,K] float32, target [N] int64, class_weights [K] float32 or undefined -> scalar, differentiable.
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& logits, const torch::Tensor& target,
                                         const torch::Tensor& class_weights) const override {
    const torch::Tensor log_p = logits.log_softmax(1);
    const torch::Tensor own = log_p.gather(1, target.unsqueeze(1)).squeeze(1);
    const torch::Tensor each = -(1 - options_.smoothing) * own - options_.smoothing * log_p.mean(1);
    if (!class_weights.defined()) return each.mean();
    const torch::Tensor w = class_weights.index_select(0, target);
    return (each * w).sum() / w.sum();
  }

 private:
  Options options_;
};

inline const youden::registry::Register<youden::train::Loss, MyLoss> kMyLoss{
    "my_loss", "what `youden components loss` says of it"};

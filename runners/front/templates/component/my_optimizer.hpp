#pragma once
#include <torch/types.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "youden/registry/registry.hpp"
#include "youden/train/optimizer.hpp"

/// What YAML can set: `train: { optimizer: { type: my_optimizer, momentum: 0.9 } }`.
struct MyOptimizerOptions {
  double momentum = 0.9;

  static const youden::config::Fields<MyOptimizerOptions>& fields() {
    static const auto f = youden::config::Fields<MyOptimizerOptions>().add(
        &MyOptimizerOptions::momentum, "momentum", "share of the last step that is kept", {.min = 0, .max = 0.9999});
    return f;
  }
};

/// To fill in: how gradients move parameters. As it stands: v = momentum·v + g; p −= lr·v.
class MyOptimizer final : public youden::train::Optimizer {
 public:
  using Options = MyOptimizerOptions;
  MyOptimizer(const Options& options, const Context& context)
      : options_(options),
        parameters_(context.parameters),
        velocity_(youden::train::zeros_like_all(context.parameters)) {}

  /// One step at learning rate `lr`; gradients are read, not cleared.
  void step(double lr) override {
    const torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      velocity_[i].mul_(options_.momentum).add_(parameters_[i].grad());
      parameters_[i].add_(velocity_[i], -lr);
    }
  }
  /// Everything that the next step depends on, as named tensors: a checkpoint holds them, and a resumed run goes on to
  /// the same bits.
  [[nodiscard]] std::vector<std::pair<std::string, torch::Tensor>> state() const override {
    std::vector<std::pair<std::string, torch::Tensor>> out;
    youden::train::append_state(out, "velocity", velocity_);
    return out;
  }

 private:
  Options options_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> velocity_;
};

inline const youden::registry::Register<youden::train::Optimizer, MyOptimizer> kMyOptimizer{
    "my_optimizer", "what `youden components optimizer` says of it"};

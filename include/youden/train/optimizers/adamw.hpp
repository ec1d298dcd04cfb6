#pragma once
#include <torch/types.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "youden/registry/registry.hpp"
#include "youden/train/adam_moments.hpp"
#include "youden/train/optimizer.hpp"

namespace youden::train {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.01;

  static const config::Fields<AdamWOptions>& fields() {
    static const auto f =
        config::Fields<AdamWOptions>()
            .add(&AdamWOptions::beta1, "beta1", "decay of the mean gradient", {.min = 0, .max = 0.9999})
            .add(&AdamWOptions::beta2, "beta2", "decay of the mean square", {.min = 0, .max = 0.999999})
            .add(&AdamWOptions::eps, "eps", "added to √v after bias correction",
                 {.min = 0, .max = 1, .above_min = true})
            .add(&AdamWOptions::weight_decay, "weight_decay", "share of each weight taken off a step, times lr",
                 {.min = 0, .max = 10});
    return f;
  }
};

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2), bias-corrected as in PyTorch.
class AdamW final : public Optimizer {
 public:
  using Options = AdamWOptions;
  AdamW(Options options, const OptimizerContext& context)
      : options_(options), parameters_(context.parameters), moments_(context.parameters) {}

  void step(double lr) override {
    const torch::NoGradGuard no_grad;
    const double t = moments_.advance(parameters_, options_.beta1, options_.beta2);
    const double correction1 = 1 - std::pow(options_.beta1, t);
    const double correction2 = std::sqrt(1 - std::pow(options_.beta2, t));
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      parameters_[i].mul_(1 - lr * options_.weight_decay);
      parameters_[i].addcdiv_(moments_.mean[i], moments_.square[i].sqrt().div_(correction2).add_(options_.eps),
                              -lr / correction1);
    }
  }
  [[nodiscard]] std::vector<std::pair<std::string, torch::Tensor>> state() const override { return moments_.state(); }

 private:
  Options options_;
  std::vector<torch::Tensor> parameters_;
  AdamMoments moments_;
};

inline const registry::Register<Optimizer, AdamW> kAdamW{"adamw", "Adam with decoupled weight decay"};

}  // namespace youden::train

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

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-7;

  static const config::Fields<AdamOptions>& fields() {
    static const auto f =
        config::Fields<AdamOptions>()
            .add(&AdamOptions::beta1, "beta1", "decay of the mean gradient", {.min = 0, .max = 0.9999})
            .add(&AdamOptions::beta2, "beta2", "decay of the mean square", {.min = 0, .max = 0.999999})
            .add(&AdamOptions::eps, "eps", "Keras' epsilon: added to √v before bias correction",
                 {.min = 0, .max = 1, .above_min = true});
    return f;
  }
};

/// Adam as Keras computes it (Kingma & Ba 2015, section 2, last paragraph): p −= lr·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε).
class Adam final : public Optimizer {
 public:
  using Options = AdamOptions;
  Adam(Options options, const OptimizerContext& context)
      : options_(options), parameters_(context.parameters), moments_(context.parameters) {}

  void step(double lr) override {
    const torch::NoGradGuard no_grad;
    const double t = moments_.advance(parameters_, options_.beta1, options_.beta2);
    const double rate = lr * std::sqrt(1 - std::pow(options_.beta2, t)) / (1 - std::pow(options_.beta1, t));
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      parameters_[i].addcdiv_(moments_.mean[i], moments_.square[i].sqrt().add_(options_.eps), -rate);
    }
  }
  [[nodiscard]] std::vector<std::pair<std::string, torch::Tensor>> state() const override { return moments_.state(); }

 private:
  Options options_;
  std::vector<torch::Tensor> parameters_;
  AdamMoments moments_;
};

inline const registry::Register<Optimizer, Adam> kAdam{"adam", "Adam with Keras' epsilon"};

}  // namespace youden::train

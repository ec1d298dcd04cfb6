#pragma once
#include <torch/types.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "youden/registry/registry.hpp"
#include "youden/train/optimizer.hpp"

namespace youden::train {

struct SgdOptions {
  double momentum = 0.9;
  bool nesterov = false;
  double weight_decay = 0;

  static const config::Fields<SgdOptions>& fields() {
    static const auto f =
        config::Fields<SgdOptions>()
            .add(&SgdOptions::momentum, "momentum", "share of the last step that is kept", {.min = 0, .max = 0.9999})
            .add(&SgdOptions::nesterov, "nesterov", "look ahead along the momentum (Sutskever et al. 2013)")
            .add(&SgdOptions::weight_decay, "weight_decay", "L2 penalty added to the gradient", {.min = 0, .max = 10});
    return f;
  }
};

/// Stochastic gradient descent with momentum: v = μ·v + g; p −= lr·v (Nesterov: lr·(g + μ·v)).
class Sgd final : public Optimizer {
 public:
  using Options = SgdOptions;
  Sgd(Options options, const OptimizerContext& context)
      : options_(options), parameters_(context.parameters), velocity_(zeros_like_all(context.parameters)) {}

  void step(double lr) override {
    const torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const torch::Tensor gradient = parameters_[i].grad().add(parameters_[i], options_.weight_decay);
      velocity_[i].mul_(options_.momentum).add_(gradient);
      parameters_[i].add_(options_.nesterov ? gradient.add(velocity_[i], options_.momentum) : velocity_[i], -lr);
    }
  }
  [[nodiscard]] double usual_rate() const override { return 0.01; }
  [[nodiscard]] std::vector<std::pair<std::string, torch::Tensor>> state() const override {
    std::vector<std::pair<std::string, torch::Tensor>> out;
    append_state(out, "velocity", velocity_);
    return out;
  }

 private:
  Options options_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> velocity_;
};

inline const registry::Register<Optimizer, Sgd> kSgd{"sgd", "gradient descent with momentum"};

}  // namespace youden::train

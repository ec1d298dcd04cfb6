#pragma once
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <memory>
#include <utility>

#include "youden/backbone/convolve.hpp"
#include "youden/backbone/rectifier.hpp"

namespace youden::backbone {

/// Runs a unit another way than module by module, in inference only.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Whether it is meant for this input; others go module by module.
  [[nodiscard]] virtual bool takes(const torch::Tensor& x) const = 0;
  [[nodiscard]] virtual torch::Tensor run(const torch::Tensor& x) const = 0;
};

/// A convolution, the normalisation behind it and the rectifier behind that; either of the modules may be missing. What
/// trains goes module by module. In a frozen prefix a unit is given a kernel that does all at once, in the prefix's
/// precision. Copies share it.
class Unit {
 public:
  struct Parts {
    torch::nn::Conv2d conv = nullptr;
    torch::nn::BatchNorm2d norm = nullptr;
    Rectifier rectifier = Rectifier::none;
  };

  explicit Unit(Parts parts) : state_(std::make_shared<State>(State{std::move(parts), nullptr})) {}

  /// [N,C,H,W] -> [N,C',H',W'], float32 or what the kernel takes.
  torch::Tensor operator()(const torch::Tensor& x) const {
    if (state_->kernel && !x.requires_grad() && x.numel() > 0 && state_->kernel->takes(x))
      return state_->kernel->run(x);
    const auto& [conv, norm, rectifier] = state_->parts;
    torch::Tensor y = x;
    if (conv) y = convolve(conv, y);
    if (norm) y = norm.ptr()->forward(y);
    return rectify(y, rectifier);
  }

  [[nodiscard]] const Parts& parts() const { return state_->parts; }
  /// Null = module by module. No other thread may be running the unit meanwhile.
  void use(std::shared_ptr<const Kernel> kernel) { state_->kernel = std::move(kernel); }
  [[nodiscard]] const Kernel* kernel() const { return state_->kernel.get(); }

 private:
  struct State {
    Parts parts;
    std::shared_ptr<const Kernel> kernel;
  };
  std::shared_ptr<State> state_;
};

}  // namespace youden::backbone

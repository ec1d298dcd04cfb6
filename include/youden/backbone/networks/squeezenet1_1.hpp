#pragma once
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/module_tree.hpp"
#include "youden/registry/registry.hpp"

namespace youden::backbone {

/// SqueezeNet 1.1 (Iandola et al. 2016, arXiv:1602.07360) as torchvision names it: a stem and eight fire modules, each
/// stage with the pooling that follows it; [N,3,224,224] -> [N,512,13,13].
class SqueezeNet1_1 final : public Backbone {
 public:
  using Options = config::NoOptions;

  SqueezeNet1_1(const Options& /*options*/, const Context& /*context*/) {
    const Unit stem = unit("features.0", {.in = 3, .out = 64, .kernel = 3, .stride = 2});
    stages_.push_back({"stem", [stem](const torch::Tensor& x) { return pool(stem(x)); }, {"features.0"}});
    add_fire(1, 3, {.in = 64, .squeeze = 16, .expand = 64});
    add_fire(2, 4, {.in = 128, .squeeze = 16, .expand = 64, .pooled = true});
    add_fire(3, 6, {.in = 128, .squeeze = 32, .expand = 128});
    add_fire(4, 7, {.in = 256, .squeeze = 32, .expand = 128, .pooled = true});
    add_fire(5, 9, {.in = 256, .squeeze = 48, .expand = 192});
    add_fire(6, 10, {.in = 384, .squeeze = 48, .expand = 192});
    add_fire(7, 11, {.in = 384, .squeeze = 64, .expand = 256});
    add_fire(8, 12, {.in = 512, .squeeze = 64, .expand = 256});
  }

  [[nodiscard]] const std::vector<Stage>& stages() const override { return stages_; }

 private:
  struct Shape {
    std::int64_t in, out;
    std::int64_t kernel = 1, stride = 1, padding = 0;
  };
  struct Fire {
    std::int64_t in, squeeze, expand;
    bool pooled = false;
  };

  /// A convolution and its ReLU.
  Unit unit(const std::string& name, const Shape& s) {
    const auto options = torch::nn::Conv2dOptions(s.in, s.out, s.kernel).stride(s.stride).padding(s.padding);
    return add({.conv = plant(*this, name, torch::nn::Conv2d(options)), .rectifier = Rectifier::relu});
  }
  static torch::Tensor pool(const torch::Tensor& x) { return torch::max_pool2d(x, 3, 2, 0, 1, /*ceil_mode=*/true); }

  void add_fire(int number, int index, const Fire& f) {
    const std::string name = "features." + std::to_string(index);
    const Unit squeeze = unit(name + ".squeeze", {.in = f.in, .out = f.squeeze});
    const Unit narrow = unit(name + ".expand1x1", {.in = f.squeeze, .out = f.expand});
    const Unit wide = unit(name + ".expand3x3", {.in = f.squeeze, .out = f.expand, .kernel = 3, .padding = 1});
    stages_.push_back({"fire" + std::to_string(number),
                       [=, pooled = f.pooled](const torch::Tensor& x) {
                         const torch::Tensor s = squeeze(x);
                         const torch::Tensor y = torch::cat({narrow(s), wide(s)}, 1);
                         return pooled ? pool(y) : y;
                       },
                       {name}});
  }

  std::vector<Stage> stages_;
};

inline const registry::Register<Backbone, SqueezeNet1_1> kSqueezeNet1_1{
    "squeezenet1_1",
    "SqueezeNet 1.1, 0.7 M parameters: small",
    {{"stages", {"stem", "fire1", "fire2", "fire3", "fire4", "fire5", "fire6", "fire7", "fire8"}}}};

}  // namespace youden::backbone

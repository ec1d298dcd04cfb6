#pragma once
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/module_tree.hpp"
#include "youden/registry/registry.hpp"

namespace youden::backbone {

struct SmallCnnOptions {
  int width = 16;
  int depth = 4;

  static const config::Fields<SmallCnnOptions>& fields() {
    static const auto f =
        config::Fields<SmallCnnOptions>()
            .add(&SmallCnnOptions::width, "width", "channels of the first block; each block doubles them, up to 512",
                 {.unit = "channels", .min = 1, .max = 512})
            .add(&SmallCnnOptions::depth, "depth",
                 "blocks (block1, block2, …), each halving the map; the first quarters it",
                 {.unit = "blocks", .min = 1, .max = 6});
    return f;
  }
};

/// For training from scratch on a CPU: blocks of convolution, BatchNorm, ReLU and 2×2 max pooling. The first
/// convolution is 5×5 with stride 2, which averages noise that faint textures would drown in and costs a quarter;
/// [N,3,224,224] -> [N,128,7,7] as it comes.
class SmallCnn final : public Backbone {
 public:
  using Options = SmallCnnOptions;

  SmallCnn(const Options& options, const Context& /*context*/) {
    std::int64_t in = 3;
    std::int64_t out = options.width;
    for (int i = 1; i <= options.depth; ++i) {
      const std::string name = "block" + std::to_string(i);
      const std::int64_t kernel = i == 1 ? 5 : 3;
      auto conv =
          plant(*this, name + ".conv",
                torch::nn::Conv2d(
                    torch::nn::Conv2dOptions(in, out, kernel).stride(i == 1 ? 2 : 1).padding(kernel / 2).bias(false)));
      auto norm = plant(*this, name + ".norm", torch::nn::BatchNorm2d(out));
      const Unit unit = add({conv, norm, Rectifier::relu});
      stages_.push_back({name, [unit](const torch::Tensor& x) { return torch::max_pool2d(unit(x), 2); }, {name}});
      in = out;
      out = std::min<std::int64_t>(512, 2 * out);
    }
  }

  [[nodiscard]] const std::vector<Stage>& stages() const override { return stages_; }
  [[nodiscard]] std::string normalization() const override { return "none"; }
  [[nodiscard]] std::vector<std::string> ignored_tensors() const override { return {}; }

 private:
  std::vector<Stage> stages_;
};

inline const registry::Register<Backbone, SmallCnn> kSmallCnn{
    "small_cnn",
    "a few convolutions, 0.1 M parameters: to train from scratch",
    {{"stages", {"block1", "block2", "block3", "block4"}}}};

}  // namespace youden::backbone

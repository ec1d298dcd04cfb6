#pragma once
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <string>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/module_tree.hpp"
#include "youden/registry/registry.hpp"

/// What YAML can set: `backbone: { type: my_backbone, width: 8 }`.
struct MyBackboneOptions {
  int width = 8;

  static const youden::config::Fields<MyBackboneOptions>& fields() {
    static const auto f = youden::config::Fields<MyBackboneOptions>().add(
        &MyBackboneOptions::width, "width", "channels of the first block; the second has twice as many",
        {.unit = "channels", .min = 1, .max = 256});
    return f;
  }
};

/// To fill in: a network without its classifier, as ordered, named stages; `backbone.freeze` takes their names. As it
/// stands: two blocks of convolution, BatchNorm, ReLU and pooling. [N,3,64,64] -> [N,2·width,16,16]
class MyBackbone final : public youden::backbone::Backbone {
 public:
  using Options = MyBackboneOptions;

  MyBackbone(const Options& options, const Context& /*none*/) {
    add_block("block1", 3, options.width);
    add_block("block2", options.width, 2 * options.width);
  }

  [[nodiscard]] const std::vector<youden::backbone::Stage>& stages() const override { return stages_; }
  /// What `normalize: auto` takes: "imagenet" for weights that torchvision published, "none" for 0–1 as it comes.
  [[nodiscard]] std::string normalization() const override { return "none"; }
  /// Tensors of a weight file that are none of this network's, by prefix.
  [[nodiscard]] std::vector<std::string> ignored_tensors() const override { return {"classifier."}; }

 private:
  /// Modules are planted under the names that their tensors have in a weight file: block1.conv.weight, …
  void add_block(const std::string& name, int in, int out) {
    using youden::backbone::plant;
    auto conv =
        plant(*this, name + ".conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(false)));
    auto norm = plant(*this, name + ".norm", torch::nn::BatchNorm2d(out));
    stages_.push_back({name,
                       [conv, norm](torch::Tensor x) mutable {
                         x = norm(conv(x));
                         return torch::max_pool2d(torch::relu_(x), 2);
                       },
                       {name}});
  }

  std::vector<youden::backbone::Stage> stages_;
};

inline const youden::registry::Register<youden::backbone::Backbone, MyBackbone> kMyBackbone{
    "my_backbone", "what `youden components backbone` says of it", {{"stages", {"block1", "block2"}}}};

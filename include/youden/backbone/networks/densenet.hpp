#pragma once
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/module_tree.hpp"
#include "youden/registry/registry.hpp"

namespace youden::backbone {

/// DenseNet-BC (Huang et al. 2017, arXiv:1608.06993, table 1; growth 32, compression 1/2) as torchvision names it:
/// every layer of a block sees the maps of all before it. [N,3,224,224] -> [N,1024,7,7] (121) or [N,1664,7,7] (169).
template <int kDepth>
class DenseNet final : public Backbone {
 public:
  using Options = config::NoOptions;

  DenseNet(const Options& /*options*/, const Context& /*context*/) {
    auto conv0 = conv("features.conv0", {.in = 3, .out = 64, .kernel = 7, .stride = 2});
    const Unit stem = add({conv0, norm("features.norm0", 64), Rectifier::relu});
    stages_.push_back({"stem",
                       [stem](const torch::Tensor& x) { return torch::max_pool2d(stem(x), 3, 2, 1); },
                       {"features.conv0", "features.norm0"}});
    std::int64_t channels = 64;
    for (std::size_t block = 1; block <= kLayers.size(); ++block) channels = add_block(block, channels);
  }

  [[nodiscard]] const std::vector<Stage>& stages() const override { return stages_; }

 private:
  static constexpr std::int64_t kGrowth = 32;
  static constexpr std::int64_t kBottleneck = 4 * kGrowth;
  static_assert(kDepth == 121 || kDepth == 169, "DenseNet comes in 121 and 169 here");
  static constexpr std::array<int, 4> kLayers =
      kDepth == 121 ? std::array<int, 4>{6, 12, 24, 16} : std::array<int, 4>{6, 12, 32, 32};

  struct Shape {
    std::int64_t in, out;
    std::int64_t kernel = 1, stride = 1;
  };

  /// Normalise and rectify, convolve to a bottleneck, normalise and rectify, convolve.
  struct Layer {
    Unit before, narrow, wide;
    torch::Tensor operator()(const torch::Tensor& x) const { return wide(narrow(before(x))); }
  };

  torch::nn::Conv2d conv(const std::string& name, const Shape& s) {
    const auto options =
        torch::nn::Conv2dOptions(s.in, s.out, s.kernel).stride(s.stride).padding(s.kernel / 2).bias(false);
    return plant(*this, name, torch::nn::Conv2d(options));
  }
  torch::nn::BatchNorm2d norm(const std::string& name, std::int64_t channels) {
    return plant(*this, name, torch::nn::BatchNorm2d(channels));
  }

  /// DenseNet normalises and rectifies in front of its convolutions, all but the first.
  Unit rectified(const torch::nn::BatchNorm2d& norm) { return add({.norm = norm, .rectifier = Rectifier::relu}); }

  /// A dense block and what ends it: a transition to half the channels and half the map, or the last normalisation.
  std::int64_t add_block(std::size_t block, std::int64_t channels) {
    const std::string name = "features.denseblock" + std::to_string(block);
    std::vector<Layer> layers;
    for (int l = 1; l <= kLayers[block - 1]; ++l, channels += kGrowth) {
      const std::string layer = name + ".denselayer" + std::to_string(l);
      auto norm1 = norm(layer + ".norm1", channels);
      auto conv1 = conv(layer + ".conv1", {.in = channels, .out = kBottleneck});
      auto norm2 = norm(layer + ".norm2", kBottleneck);
      auto conv2 = conv(layer + ".conv2", {.in = kBottleneck, .out = kGrowth, .kernel = 3});
      layers.push_back({rectified(norm1), add({conv1, norm2, Rectifier::relu}), add({.conv = conv2})});
    }
    const auto dense = [layers](torch::Tensor x) {
      for (const Layer& layer : layers) x = torch::cat({x, layer(x)}, 1);
      return x;
    };
    if (block == kLayers.size()) {
      const Unit last = rectified(norm("features.norm5", channels));
      stages_.push_back({"block" + std::to_string(block),
                         [dense, last](const torch::Tensor& x) { return last(dense(x)); },
                         {name, "features.norm5"}});
      return channels;
    }
    const std::string ending = "features.transition" + std::to_string(block);
    const Unit before = rectified(norm(ending + ".norm", channels));
    const Unit half = add({.conv = conv(ending + ".conv", {.in = channels, .out = channels / 2})});
    stages_.push_back(
        {"block" + std::to_string(block),
         [dense, before, half](const torch::Tensor& x) { return torch::avg_pool2d(half(before(dense(x))), 2); },
         {name, ending}});
    return channels / 2;
  }

  std::vector<Stage> stages_;
};

namespace detail {

inline const config::Json& densenet_traits() {
  static const config::Json kTraits{{"stages", {"stem", "block1", "block2", "block3", "block4"}}};
  return kTraits;
}

}  // namespace detail

inline const registry::Register<Backbone, DenseNet<121>> kDenseNet121{
    "densenet121", "DenseNet, 120 convolutions, 7.0 M parameters", detail::densenet_traits()};
inline const registry::Register<Backbone, DenseNet<169>> kDenseNet169{
    "densenet169", "DenseNet, 168 convolutions, 12.5 M parameters", detail::densenet_traits()};

}  // namespace youden::backbone

#pragma once
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/module_tree.hpp"
#include "youden/registry/registry.hpp"

namespace youden::backbone {

enum class VggNorm { none, batch };

/// VGG (Simonyan & Zisserman 2015, arXiv:1409.1556, table 1) as torchvision names it: five stages of 3×3 convolutions,
/// each closed by a pooling that halves the map; [N,3,224,224] -> [N,512,7,7].
template <int kDepth, VggNorm kNorm>
class Vgg final : public Backbone {
 public:
  using Options = config::NoOptions;

  Vgg(const Options& /*options*/, const Context& /*context*/) {
    std::int64_t index = 0;  // counts convolutions, norms, ReLUs and poolings, as torchvision's Sequential does
    std::int64_t in = 3;
    for (std::size_t s = 0; s < 5; ++s) {
      const std::int64_t out = std::array{64, 128, 256, 512, 512}[s];
      std::vector<Unit> units;
      std::vector<std::string> modules;
      for (int i = 0; i < convolutions()[s]; ++i, in = out) {
        Unit::Parts parts{.rectifier = Rectifier::relu};
        modules.push_back("features." + std::to_string(index++));
        parts.conv = plant(*this, modules.back(), torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).padding(1)));
        if (kNorm == VggNorm::batch) {
          modules.push_back("features." + std::to_string(index++));
          parts.norm = plant(*this, modules.back(), torch::nn::BatchNorm2d(out));
        }
        ++index;
        units.push_back(add(std::move(parts)));
      }
      ++index;
      stages_.push_back({"conv" + std::to_string(s + 1),
                         [units = std::move(units)](torch::Tensor x) {
                           for (const Unit& unit : units) x = unit(x);
                           return torch::max_pool2d(x, {2, 2}, {2, 2}, {0, 0}, {1, 1});  // spelled out for int8
                         },
                         std::move(modules)});
    }
  }

  [[nodiscard]] const std::vector<Stage>& stages() const override { return stages_; }

 private:
  static constexpr std::array<int, 5> convolutions() {
    static_assert(kDepth == 11 || kDepth == 13 || kDepth == 16 || kDepth == 19, "VGG comes in 11, 13, 16 and 19");
    if (kDepth == 11) return {1, 1, 2, 2, 2};
    if (kDepth == 13) return {2, 2, 2, 2, 2};
    if (kDepth == 16) return {2, 2, 3, 3, 3};
    return {2, 2, 4, 4, 4};
  }

  std::vector<Stage> stages_;
};

namespace detail {

inline const config::Json& vgg_traits() {
  static const config::Json kTraits{{"stages", {"conv1", "conv2", "conv3", "conv4", "conv5"}}, {"int8", true}};
  return kTraits;
}
template <int kDepth, VggNorm kNorm = VggNorm::none>
using RegisterVgg = registry::Register<Backbone, Vgg<kDepth, kNorm>>;

}  // namespace detail

inline const detail::RegisterVgg<11> kVgg11{"vgg11", "VGG, 8 convolutions, 9.2 M parameters", detail::vgg_traits()};
inline const detail::RegisterVgg<13> kVgg13{"vgg13", "VGG, 10 convolutions, 9.4 M parameters", detail::vgg_traits()};
inline const detail::RegisterVgg<16> kVgg16{"vgg16", "VGG, 13 convolutions, 14.7 M parameters", detail::vgg_traits()};
inline const detail::RegisterVgg<19> kVgg19{"vgg19", "VGG, 16 convolutions, 20.0 M parameters", detail::vgg_traits()};
inline const detail::RegisterVgg<11, VggNorm::batch> kVgg11Bn{"vgg11_bn", "vgg11 with batch normalisation",
                                                              detail::vgg_traits()};
inline const detail::RegisterVgg<13, VggNorm::batch> kVgg13Bn{"vgg13_bn", "vgg13 with batch normalisation",
                                                              detail::vgg_traits()};
inline const detail::RegisterVgg<16, VggNorm::batch> kVgg16Bn{"vgg16_bn", "vgg16 with batch normalisation",
                                                              detail::vgg_traits()};
inline const detail::RegisterVgg<19, VggNorm::batch> kVgg19Bn{"vgg19_bn", "vgg19 with batch normalisation",
                                                              detail::vgg_traits()};

}  // namespace youden::backbone

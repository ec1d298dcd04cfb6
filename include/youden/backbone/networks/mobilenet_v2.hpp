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

/// MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381, table 2) as torchvision names it: a stem, 17 inverted residuals
/// and a last 1×1 convolution; [N,3,224,224] -> [N,1280,7,7].
class MobileNetV2 final : public Backbone {
 public:
  using Options = config::NoOptions;

  MobileNetV2(const Options& /*options*/, const Context& /*context*/) {
    const Unit stem = unit("features.0.0", "features.0.1",
                           {.in = 3, .out = 32, .kernel = 3, .stride = 2, .rectifier = Rectifier::relu6});
    stages_.push_back({"stem", stem, {"features.0"}});
    std::int64_t in = 32;
    int block = 0;
    for (const Row& row : kTable) {
      for (int i = 0; i < row.repeats; ++i, in = row.out) add_block(++block, in, row, i == 0 ? row.stride : 1);
    }
    const Unit last = unit("features.18.0", "features.18.1", {.in = in, .out = 1280, .rectifier = Rectifier::relu6});
    stages_.push_back({"last", last, {"features.18"}});
  }

  [[nodiscard]] const std::vector<Stage>& stages() const override { return stages_; }

  static config::Json traits() {
    config::Json names{"stem"};
    for (int block = 1; block <= 17; ++block) names.push_back("block" + std::to_string(block));
    names.push_back("last");
    return {{"stages", std::move(names)}};
  }

 private:
  struct Row {
    std::int64_t expand, out;
    int repeats;
    std::int64_t stride;
  };
  static constexpr std::array<Row, 7> kTable{
      {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}}};

  struct Shape {
    std::int64_t in, out;
    std::int64_t kernel = 1, stride = 1, groups = 1;
    Rectifier rectifier = Rectifier::none;
  };

  /// A convolution without bias, its normalisation and its rectifier.
  Unit unit(const std::string& conv, const std::string& norm, const Shape& s) {
    const auto options = torch::nn::Conv2dOptions(s.in, s.out, s.kernel)
                             .stride(s.stride)
                             .padding((s.kernel - 1) / 2)
                             .groups(s.groups)
                             .bias(false);
    return add({plant(*this, conv, torch::nn::Conv2d(options)), plant(*this, norm, torch::nn::BatchNorm2d(s.out)),
                s.rectifier});
  }

  void add_block(int block, std::int64_t in, const Row& row, std::int64_t stride) {
    const std::string name = "features." + std::to_string(block);
    const std::int64_t wide = in * row.expand;
    std::vector<Unit> units;
    int at = 0;
    const auto part = [&] { return name + ".conv." + std::to_string(at++); };
    if (row.expand != 1) {
      const std::string p = part();
      units.push_back(unit(p + ".0", p + ".1", {.in = in, .out = wide, .rectifier = Rectifier::relu6}));
    }
    const std::string p = part();
    units.push_back(
        unit(p + ".0", p + ".1",
             {.in = wide, .out = wide, .kernel = 3, .stride = stride, .groups = wide, .rectifier = Rectifier::relu6}));
    const std::string conv = part();
    units.push_back(unit(conv, part(), {.in = wide, .out = row.out}));
    const bool residual = stride == 1 && in == row.out;
    stages_.push_back({"block" + std::to_string(block),
                       [units, residual](const torch::Tensor& x) {
                         torch::Tensor y = x;
                         for (const Unit& u : units) y = u(y);
                         return residual ? x + y : y;
                       },
                       {name}});
  }

  std::vector<Stage> stages_;
};

inline const registry::Register<Backbone, MobileNetV2> kMobileNetV2{
    "mobilenet_v2", "MobileNetV2, 2.2 M parameters: fast on a CPU", MobileNetV2::traits()};

}  // namespace youden::backbone

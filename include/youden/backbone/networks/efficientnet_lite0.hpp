#pragma once
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/module_tree.hpp"
#include "youden/registry/registry.hpp"

namespace youden::backbone {

/// EfficientNet-Lite0: EfficientNet-B0 (Tan & Le 2019, arXiv:1905.11946, table 1) without squeeze-and-excitation and
/// with ReLU6, under the tensor names of its PyTorch port. TensorFlow's "same" padding puts the odd pixel right and
/// below. [N,3,224,224] -> [N,1280,7,7].
class EfficientNetLite0 final : public Backbone {
 public:
  using Options = config::NoOptions;

  EfficientNetLite0(const Options& /*options*/, const Context& /*context*/) {
    const Padded stem =
        unit("_conv_stem", "_bn0", {.in = 3, .out = 32, .kernel = 3, .stride = 2, .rectifier = Rectifier::relu6});
    stages_.push_back({"stem", stem, {"_conv_stem", "_bn0"}});
    std::int64_t in = 32;
    int block = 0;
    for (const Row& row : kTable) {
      for (int i = 0; i < row.repeats; ++i, in = row.out) add_block(++block, in, row, i == 0 ? row.stride : 1);
    }
    const Padded last = unit("_conv_head", "_bn1", {.in = in, .out = 1280, .rectifier = Rectifier::relu6});
    stages_.push_back({"last", last, {"_conv_head", "_bn1"}});
  }

  [[nodiscard]] const std::vector<Stage>& stages() const override { return stages_; }
  [[nodiscard]] std::vector<std::string> ignored_tensors() const override { return {"_fc."}; }
  [[nodiscard]] std::string normalization() const override { return "efficientnet_lite"; }

  static config::Json traits() {
    config::Json names{"stem"};
    for (int block = 1; block <= 16; ++block) names.push_back("block" + std::to_string(block));
    names.push_back("last");
    return {{"stages", std::move(names)}};
  }

 private:
  struct Row {
    std::int64_t expand, out;
    int repeats;
    std::int64_t stride, kernel;
  };
  static constexpr std::array<Row, 7> kTable{{{1, 16, 1, 1, 3},
                                              {6, 24, 2, 2, 3},
                                              {6, 40, 2, 2, 5},
                                              {6, 80, 3, 2, 3},
                                              {6, 112, 3, 1, 5},
                                              {6, 192, 4, 2, 5},
                                              {6, 320, 1, 1, 3}}};

  struct Shape {
    std::int64_t in, out;
    std::int64_t kernel = 1, stride = 1, groups = 1;
    Rectifier rectifier = Rectifier::none;
  };
  /// A convolution without bias, its normalisation and its rectifier, behind TensorFlow's padding.
  struct Padded {
    Unit unit;
    std::int64_t kernel = 1, stride = 1;

    torch::Tensor operator()(const torch::Tensor& x) const { return unit(stride > 1 ? padded(x) : x); }
    /// With stride 1 the convolution pads by itself, evenly.
    [[nodiscard]] torch::Tensor padded(const torch::Tensor& x) const {
      const auto missing = [&](std::int64_t side) {
        const std::int64_t out = (side + stride - 1) / stride;
        return std::max<std::int64_t>(0, (out - 1) * stride + kernel - side);
      };
      const std::int64_t rows = missing(x.size(2));
      const std::int64_t columns = missing(x.size(3));
      return torch::constant_pad_nd(x, {columns / 2, columns - columns / 2, rows / 2, rows - rows / 2});
    }
  };

  Padded unit(const std::string& conv, const std::string& norm, const Shape& s) {
    const auto options = torch::nn::Conv2dOptions(s.in, s.out, s.kernel)
                             .stride(s.stride)
                             .padding(s.stride > 1 ? 0 : (s.kernel - 1) / 2)
                             .groups(s.groups)
                             .bias(false);
    const auto norms = torch::nn::BatchNormOptions(s.out).eps(1e-3).momentum(0.01);
    return {add({plant(*this, conv, torch::nn::Conv2d(options)), plant(*this, norm, torch::nn::BatchNorm2d(norms)),
                 s.rectifier}),
            s.kernel, s.stride};
  }

  void add_block(int block, std::int64_t in, const Row& row, std::int64_t stride) {
    const std::string name = "_blocks." + std::to_string(block - 1);
    const std::int64_t wide = in * row.expand;
    std::vector<Padded> units;
    if (row.expand != 1) {
      units.push_back(
          unit(name + "._expand_conv", name + "._bn0", {.in = in, .out = wide, .rectifier = Rectifier::relu6}));
    }
    units.push_back(unit(name + "._depthwise_conv", name + "._bn1",
                         {.in = wide,
                          .out = wide,
                          .kernel = row.kernel,
                          .stride = stride,
                          .groups = wide,
                          .rectifier = Rectifier::relu6}));
    units.push_back(unit(name + "._project_conv", name + "._bn2", {.in = wide, .out = row.out}));
    const bool residual = stride == 1 && in == row.out;
    stages_.push_back({"block" + std::to_string(block),
                       [units, residual](const torch::Tensor& x) {
                         torch::Tensor y = x;
                         for (const Padded& u : units) y = u(y);
                         return residual ? y.add_(x) : y;
                       },
                       {name}});
  }

  std::vector<Stage> stages_;
};

inline const registry::Register<Backbone, EfficientNetLite0> kEfficientNetLite0{
    "efficientnet_lite0", "EfficientNet-Lite0, 49 convolutions, 3.4 M parameters", EfficientNetLite0::traits()};

}  // namespace youden::backbone

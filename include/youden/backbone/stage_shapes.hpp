#pragma once
#include <c10/util/Exception.h>
#include <torch/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/inference_mode.hpp"
#include "youden/base/error.hpp"

namespace youden::backbone {

/// The map that a stage hands on for one image.
struct StageShape {
  std::string name;
  std::int64_t channels = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  bool operator==(const StageShape&) const = default;
};

/// What each stage makes of RGB images of height × width; the last one is the map a head is built on. Nothing is
/// computed: a batch of no images runs through the stages. Throws ConfigError when the images are too small.
inline std::vector<StageShape> stage_shapes(Backbone& backbone, std::int64_t height, std::int64_t width) {
  const torch::NoGradGuard no_grad;
  const InferenceMode inference(backbone);
  std::vector<StageShape> shapes;
  torch::Tensor x = torch::zeros({0, 3, height, width});
  for (const Stage& stage : backbone.stages()) {
    bool fits = true;
    try {
      x = stage.forward(std::move(x));
      fits = x.size(2) > 0 && x.size(3) > 0;
    } catch (const c10::Error&) {
      fits = false;
    }
    if (!fits) {
      throw base::ConfigError({"images of " + std::to_string(height) + "×" + std::to_string(width) +
                                   " pixels are too small for the backbone: nothing is left of them at stage '" +
                                   stage.name + "'",
                               "dataset.size", "raise dataset.size, or choose a backbone with fewer stages"});
    }
    shapes.push_back({stage.name, x.size(1), x.size(2), x.size(3)});
  }
  return shapes;
}

}  // namespace youden::backbone

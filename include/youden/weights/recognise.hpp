#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "youden/weights/named_tensor.hpp"
#include "youden/weights/names.hpp"

namespace youden::weights {

/// The network that tensors most likely belong to, from a few names and shapes that only it has; "" where none fits.
/// A guess for people: `load_state` decides.
inline std::string network_of(const std::vector<NamedTensor>& tensors) {
  std::map<std::string_view, const std::vector<std::int64_t>*> shapes;
  std::vector<std::string> names;
  for (const NamedTensor& t : tensors) names.push_back(t.name);
  const std::size_t skip = fitting_prefix(names, {"features.0.weight", "features.0.0.weight", "features.conv0.weight",
                                                  "_conv_stem.weight", "block1.conv.weight"})
                               .size();
  for (const NamedTensor& t : tensors) {
    if (t.name.size() > skip) shapes[std::string_view(t.name).substr(skip)] = &t.shape;
  }
  const auto is = [&](std::string_view name, const std::vector<std::int64_t>& shape) {
    const auto it = shapes.find(name);
    return it != shapes.end() && *it->second == shape;
  };
  // features.N.weight of rank 4 with nothing between: VGG's convolutions; 8, 10, 13 or 16 of them.
  std::size_t convolutions = 0;
  bool normalised = false;
  for (const auto& [name, shape] : shapes) {
    const std::string_view rest = name.starts_with("features.") ? name.substr(9) : "";
    const auto dot = rest.find_first_not_of("0123456789");
    if (dot == std::string_view::npos || dot == 0) continue;
    if (rest.substr(dot) == ".weight" && shape->size() == 4) ++convolutions;
    if (rest.substr(dot) == ".running_mean") normalised = true;
  }
  if (is("features.0.weight", {64, 3, 3, 3})) {
    if (shapes.contains("features.3.squeeze.weight")) return "squeezenet1_1";
    static const std::map<std::size_t, std::string> kVgg{{8, "vgg11"}, {10, "vgg13"}, {13, "vgg16"}, {16, "vgg19"}};
    const auto vgg = kVgg.find(convolutions);
    return vgg == kVgg.end() ? "" : vgg->second + (normalised ? "_bn" : "");
  }
  if (is("features.0.0.weight", {32, 3, 3, 3}) && is("features.18.0.weight", {1280, 320, 1, 1})) return "mobilenet_v2";
  if (is("features.conv0.weight", {64, 3, 7, 7})) {
    if (is("features.norm5.weight", {1024})) return "densenet121";
    return is("features.norm5.weight", {1664}) ? "densenet169" : "";
  }
  const bool lite0 = is("_conv_stem.weight", {32, 3, 3, 3}) && is("_conv_head.weight", {1280, 320, 1, 1});
  if (lite0 && !shapes.contains("_blocks.0._se_reduce.weight")) return "efficientnet_lite0";
  if (shapes.contains("block1.conv.weight") && shapes.contains("block1.norm.running_mean")) return "small_cnn";
  return {};
}

}  // namespace youden::weights

#pragma once
#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace youden::backbone {

/// A module that only gives its children a common name, as "features" and "features.1.conv" do.
class Branch : public torch::nn::Module {};

/// Registers `leaf` under a dotted torchvision name such as "features.1.conv.0.0", growing branches on the way.
/// Returns the leaf, so that a network reads `conv_ = plant(*this, "features.0", torch::nn::Conv2d(…))`.
template <class Holder>
Holder plant(torch::nn::Module& root, std::string_view dotted, Holder leaf) {
  torch::nn::Module* at = &root;
  std::shared_ptr<torch::nn::Module> keep;
  for (auto dot = dotted.find('.'); dot != std::string_view::npos; dot = dotted.find('.')) {
    const std::string name(dotted.substr(0, dot));
    const auto children = at->named_children();
    if (const auto* child = children.find(name)) {
      keep = *child;
    } else {
      keep = at->register_module(name, std::make_shared<Branch>());
    }
    at = keep.get();
    dotted.remove_prefix(dot + 1);
  }
  return at->register_module(std::string(dotted), std::move(leaf));
}

}  // namespace youden::backbone

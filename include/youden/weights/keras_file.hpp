#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/hdf5_file.hpp"
#include "youden/weights/isolated.hpp"
#include "youden/weights/named_tensor.hpp"

namespace youden::weights {

/// The convolutions of VGG16 or VGG19 as Keras saves them (.h5: weights alone, with or without the classifier, or a
/// whole model around them), under torchvision's names. They expect `normalize: caffe`.
///
///     block1_conv1/block1_conv1_W_1:0                         Keras 1 and the published files
///     [model_weights/][vgg16/]block1_conv1/…/kernel:0         Keras 2
///     HWIO [3,3,3,64]  ->  features.0.weight OIHW [64,3,3,3]
class KerasFile {
 public:
  /// Throws WeightsError, also for any other network.
  static std::vector<NamedTensor> read(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::uint64_t size = std::filesystem::file_size(path, ignored);
    return Isolated::tensors([&] { return KerasFile(path).tensors(); }, size, path.string());
  }

 private:
  using Place = std::pair<int, int>;  ///< block and convolution, from 1

  explicit KerasFile(const std::filesystem::path& path) : where_(path.string()), file_(path) {
    for (const std::string& dataset : file_.datasets()) {
      const auto place = place_of(dataset);
      if (place) layers_[*place].push_back(dataset);
    }
  }

  [[noreturn]] void fail(const std::string& what, const std::string& remedy) const {
    throw base::WeightsError({what, where_, remedy});
  }

  /// `…/block3_conv2/…` -> 3, 2; nothing for other layers and for the optimizer's moments.
  static std::optional<Place> place_of(const std::string& dataset) {
    const std::vector<std::string> parts = base::split(dataset, '/');
    if (parts.front().find("optimizer") != std::string::npos) return std::nullopt;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const std::string& part = parts[i];
      const bool digits = part.size() == 12 && part[5] >= '1' && part[5] <= '5' && part[11] >= '1' && part[11] <= '4';
      if (digits && part.starts_with("block") && std::string_view(part).substr(6, 5) == "_conv") {
        return Place{part[5] - '0', part[11] - '0'};
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<NamedTensor> tensors() const {
    const std::array<int, 5> depths = convolutions();
    std::vector<NamedTensor> out;
    int index = 0;  // of torchvision's Sequential: a convolution and its ReLU, a pooling after each block
    for (int block = 1; block <= 5; ++block, ++index) {
      for (int conv = 1; conv <= depths[static_cast<std::size_t>(block - 1)]; ++conv, index += 2) {
        for (NamedTensor& t : layer({block, conv}, "features." + std::to_string(index))) out.push_back(std::move(t));
      }
    }
    return out;
  }

  /// How many the blocks have: VGG16's 2 2 3 3 3 or VGG19's 2 2 4 4 4.
  [[nodiscard]] std::array<int, 5> convolutions() const {
    for (const auto& depths : {std::array{2, 2, 3, 3, 3}, std::array{2, 2, 4, 4, 4}}) {
      std::size_t held = 0;
      std::size_t all = 0;
      for (int block = 1; block <= 5; ++block) {
        const int depth = depths[static_cast<std::size_t>(block - 1)];
        for (int conv = 1; conv <= depth; ++conv) held += layers_.contains({block, conv}) ? 1 : 0;
        all += static_cast<std::size_t>(depth);
      }
      if (held == all && layers_.size() == all) return depths;
    }
    std::vector<std::string> shown;
    for (const std::string& d : file_.datasets()) {
      if (shown.size() < 4) shown.push_back(base::excerpt(d));
    }
    fail("an HDF5 file without the convolutions of VGG16 or VGG19; it holds " +
             (shown.empty() ? std::string("no datasets") : base::join(shown, ", ") + " …"),
         "of Keras' networks only VGG16 and VGG19 are mapped: write others as .safetensors under torchvision's names");
  }

  [[nodiscard]] std::vector<NamedTensor> layer(Place place, const std::string& name) const {
    const std::string layer = "block" + std::to_string(place.first) + "_conv" + std::to_string(place.second);
    std::optional<NamedTensor> kernel;
    std::optional<NamedTensor> bias;
    for (const std::string& dataset : layers_.at(place)) {
      NamedTensor t = file_.read(dataset);
      auto& into = t.shape.size() == 4 ? kernel : bias;
      if (into || (t.shape.size() != 4 && t.shape.size() != 1)) {
        fail("the layer " + layer + " has more than a kernel and a bias", "save the model's weights alone");
      }
      into = std::move(t);
    }
    if (!kernel || !bias) fail("the layer " + layer + " lacks its kernel or bias", "fetch or save the file again");
    if (kernel->shape[0] != 3 || kernel->shape[1] != 3) {
      fail("the kernel of " + layer + " is " + shape_text(kernel->shape) + ", not [3, 3, in, out]",
           "the file is in Theano's order: take the one called tf_kernels");
    }
    bias->name = name + ".bias";
    return {to_oihw(*kernel, name + ".weight"), std::move(*bias)};
  }

  static NamedTensor to_oihw(const NamedTensor& t, std::string name) {
    const auto extent = [&](std::size_t d) { return static_cast<std::size_t>(t.shape[d]); };
    const std::size_t width = info(t.dtype).bytes;
    NamedTensor out{std::move(name), t.dtype, {t.shape[3], t.shape[2], t.shape[0], t.shape[1]}, {}};
    out.bytes.resize(t.bytes.size());
    const std::byte* from = t.bytes.data();
    for (std::size_t h = 0; h < extent(0); ++h) {
      for (std::size_t w = 0; w < extent(1); ++w) {
        for (std::size_t i = 0; i < extent(2); ++i) {
          for (std::size_t o = 0; o < extent(3); ++o, from += width) {
            const std::size_t to = ((o * extent(2) + i) * extent(0) + h) * extent(1) + w;
            std::memcpy(out.bytes.data() + to * width, from, width);
          }
        }
      }
    }
    return out;
  }

  std::string where_;
  Hdf5File file_;
  std::map<Place, std::vector<std::string>> layers_ = {};
};

}  // namespace youden::weights

#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/data/idx_file.hpp"
#include "youden/data/sha256.hpp"
#include "youden/data/source.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct IdxOptions {
  std::string root;
  std::vector<std::string> names = {};

  static const config::Fields<IdxOptions>& fields() {
    using Options = IdxOptions;
    static const auto f =
        config::Fields<Options>()
            .add(&Options::root, "root",
                 "folder of train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-… and t10k-labels-…, each "
                 "with or without .gz",
                 {.required = true, .path = config::PathRule::project})
            .add(&Options::names, "names", "names of labels 0, 1, 2, …; [] = the numbers");
    return f;
  }
};

/// Images in MNIST's IDX files, as MNIST, Fashion-MNIST and MedMNIST-like sets come: gray, all in memory.
/// id = train/00000 …, part = train or test (t10k), in the order of the files.
class Idx final : public Source {
 public:
  using Options = IdxOptions;
  Idx(Options options, const SourceContext& context) : options_(std::move(options)), size_(context.size) {
    for (const auto& [prefix, part] : {std::pair("train", "train"), std::pair("t10k", "test")}) {
      if (!there(prefix) && part != std::string("train")) continue;
      sets_.push_back({.part = part,
                       .images = IdxFile::read(file(prefix, "images-idx3-ubyte"), 3),
                       .labels = IdxFile::read(file(prefix, "labels-idx1-ubyte"), 1)});
      const Set& set = sets_.back();
      if (set.images.shape[0] != set.labels.shape[0]) {
        throw base::DataError({"there are " + std::to_string(set.images.shape[0]) + " images and " +
                                   std::to_string(set.labels.shape[0]) + " labels in the part '" + set.part + "'",
                               options_.root, "fetch both files again"});
      }
      if (set.images.shape[1] > kMostSide || set.images.shape[2] > kMostSide) {
        throw base::DataError({"the images are larger than 4096 pixels a side", options_.root});
      }
    }
  }

  [[nodiscard]] sample::Manifest load() const override {
    sample::Manifest manifest;
    for (const Set& set : sets_) {
      for (std::size_t i = 0; i < set.labels.bytes.size(); ++i) {
        const std::string number = std::to_string(i);
        manifest.samples.push_back(
            {.id = set.part + "/" + std::string(6 - std::min<std::size_t>(6, number.size()), '0') + number,
             .path = {},
             .sha256 = sha256_of(std::as_bytes(set.pixels(i))),
             .label = name_of(set.labels.bytes[i]),
             .part = set.part});
      }
    }
    std::sort(manifest.samples.begin(), manifest.samples.end(),
              [](const sample::Sample& a, const sample::Sample& b) { return a.id < b.id; });
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    const auto slash = sample.id.find('/');
    for (const Set& set : sets_) {
      if (slash == std::string::npos || set.part != sample.id.substr(0, slash)) continue;
      const auto pixels = set.pixels(std::stoul(sample.id.substr(slash + 1)));
      const auto rows = static_cast<int>(set.images.shape[1]);
      const auto columns = static_cast<int>(set.images.shape[2]);
      const cv::Mat gray(rows, columns, CV_8UC1, const_cast<std::uint8_t*>(pixels.data()));
      cv::Mat out;
      cv::cvtColor(gray, out, cv::COLOR_GRAY2RGB);
      if (rows != size_ || columns != size_) cv::resize(out, out, cv::Size(size_, size_), 0, 0, cv::INTER_LINEAR);
      return out;
    }
    throw base::DataError({"the IDX files have no image '" + sample.id + "'", options_.root});
  }

 private:
  static constexpr std::uint32_t kMostSide = 4096;
  struct Set {
    std::string part;
    IdxFile images, labels;

    [[nodiscard]] std::span<const std::uint8_t> pixels(std::size_t i) const {
      const std::size_t each = std::size_t{images.shape[1]} * images.shape[2];
      return std::span(images.bytes).subspan(i * each, each);
    }
  };

  [[nodiscard]] std::filesystem::path file(const std::string& prefix, const std::string& rest) const {
    const std::filesystem::path plain = std::filesystem::path(options_.root) / (prefix + "-" + rest);
    std::error_code ignored;
    return std::filesystem::exists(plain, ignored) ? plain : std::filesystem::path(plain.string() + ".gz");
  }
  [[nodiscard]] bool there(const std::string& prefix) const {
    std::error_code ignored;
    return std::filesystem::exists(file(prefix, "images-idx3-ubyte"), ignored);
  }

  [[nodiscard]] std::string name_of(std::uint8_t label) const {
    if (options_.names.empty()) return std::to_string(label);
    if (label < options_.names.size()) return options_.names[label];
    throw base::DataError({"the label " + std::to_string(label) + " has no name", "dataset.names",
                           "name labels 0 to " + std::to_string(label) + ", or none"});
  }

  Options options_;
  int size_;
  std::vector<Set> sets_;
};

inline const registry::Register<Source, Idx> kIdx{"idx", "MNIST's IDX files, e.g. Debian's dataset-fashion-mnist"};

}  // namespace youden::data

#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <string>
#include <utility>
#include <vector>

#include "youden/augment/pipeline.hpp"
#include "youden/base/philox.hpp"
#include "youden/base/progress.hpp"
#include "youden/data/dataset.hpp"
#include "youden/train/assemble.hpp"
#include "youden/train/feature_source.hpp"
#include "youden/train/image_pipeline.hpp"
#include "youden/train/trainer.hpp"

namespace youden::test {

/// Noise drawn from the sample's name; films of class b are brighter at the top. Nothing on disk.
class NoiseSource final : public data::Source {
 public:
  NoiseSource(int n, int size) : n_(n), size_(size) {}

  [[nodiscard]] sample::Manifest load() const override {
    sample::Manifest m;
    for (int i = 0; i < n_; ++i) {
      const std::string id = "film" + std::to_string(i);
      m.samples.push_back({.id = id, .path = {}, .sha256 = "sha-" + id, .label = i % 5 < 2 ? "b" : "a"});
    }
    return m;
  }
  /// [size,size] of 3 × uint8, RGB.
  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    cv::Mat out(size_, size_, CV_8UC3);
    base::Stream s({.seed = 9, .purpose = "film", .item = sample.id});
    for (int y = 0; y < size_; ++y) {
      for (int x = 0; x < size_ * 3; ++x) {
        const std::uint32_t lift = sample.label == "b" && y < size_ / 2 ? 70 : 0;
        out.ptr<unsigned char>(y)[x] = static_cast<unsigned char>(s.below(180) + lift);
      }
    }
    return out;
  }

 private:
  int n_;
  int size_;
};

struct LabOptions {
  int films = 21;
  int size = 24;
  config::Component backbone = {"small_cnn", {{"width", 4}, {"depth", 2}, {"freeze", "all"}}};
  config::Component head = {"tutorial", {{"pool", 1}, {"hidden", 8}, {"dropout", 0.5}}};
  std::vector<config::Component> steps = {{"rotate", {{"degrees", 20}}}};
  std::uint64_t seed = 3;
  std::uint64_t augment_seed = 11;
  bool standardize = false;
};

/// Everything below the run room on drawn films, small enough to train in milliseconds.
class Lab {
 public:
  explicit Lab(LabOptions o = {})
      : options(std::move(o)),
        dataset(open(options)),
        assembler({.backbone = options.backbone,
                   .head = options.head,
                   .size = options.size,
                   .seed = options.seed,
                   .standardize = options.standardize}),
        images(dataset, augment::Pipeline(options.steps), options.augment_seed, train::Normalization::named("imagenet"),
               options.size) {}

  [[nodiscard]] train::FeatureSource features(const train::Model& model, int threads = 1, std::int64_t views = 0,
                                              std::size_t budget = std::size_t{1} << 30U) const {
    return {images, model, {.threads = threads, .views = views, .budget = budget}};
  }
  /// Samples [0, n_train) train, the rest is the curve's part; class b is positive.
  [[nodiscard]] train::Task task(std::size_t n_train) const {
    train::Task t{.seed = options.seed, .positive = 1};
    for (std::size_t i = 0; i < dataset.size(); ++i) {
      const sample::Sample& s = dataset.manifest().samples[i];
      t.labels.push_back(s.label == "b" ? 1 : 0);
      t.items.push_back(s.sha256);
      (i < n_train ? t.train : t.curve).push_back(i);
    }
    return t;
  }

  LabOptions options;
  data::Dataset dataset;
  train::Assembler assembler;
  train::ImagePipeline images;

 private:
  static data::Dataset open(const LabOptions& o) {
    const auto source = std::make_shared<NoiseSource>(o.films, o.size);
    base::Progress quiet(true);
    return data::Dataset::open(source, source->load(), {}, quiet);
  }
};

inline std::vector<train::View> all_views(std::size_t n, std::int64_t view) {
  std::vector<train::View> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back({i, view});
  return out;
}

using Named = std::vector<std::pair<std::string, torch::Tensor>>;

inline Named copy_of(const Named& named) {
  Named out;
  for (const auto& [name, tensor] : named) out.emplace_back(name, tensor.detach().clone());
  return out;
}
/// Names of the tensors whose bits differ.
inline std::vector<std::string> changed(const Named& before, const Named& after) {
  std::vector<std::string> out;
  if (before.size() != after.size()) out.emplace_back("(number of tensors)");
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    if (before[i].first != after[i].first || !torch::equal(before[i].second, after[i].second))
      out.push_back(before[i].first);
  }
  return out;
}
inline std::vector<std::string> names_of(const Named& named) {
  std::vector<std::string> out;
  for (const auto& [name, tensor] : named) out.push_back(name);
  return out;
}

/// Leaves torch's generator and OpenCV's threads in another state: nothing may depend on them.
inline void scramble(std::uint64_t seed) {
  cv::setNumThreads(static_cast<int>(1 + seed % 2));
  torch::manual_seed(seed);
  torch::rand({static_cast<std::int64_t>(seed % 7 + 1)});
}

}  // namespace youden::test

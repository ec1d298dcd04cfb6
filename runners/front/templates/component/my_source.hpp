#pragma once
#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <string>

#include "youden/base/philox.hpp"
#include "youden/data/sha256.hpp"
#include "youden/data/source.hpp"
#include "youden/registry/registry.hpp"

/// What YAML can set: `dataset: { type: my_source, images: 80 }`.
struct MySourceOptions {
  int images = 80;

  static const youden::config::Fields<MySourceOptions>& fields() {
    static const auto f = youden::config::Fields<MySourceOptions>().add(&MySourceOptions::images, "images",
                                                                        "how many images", {.min = 8, .max = 100'000});
    return f;
  }
};

/// To fill in: where labelled images come from. As it stands it draws noise that is brighter above (label `upper`) or
/// below (label `lower`), two images a patient.
class MySource final : public youden::data::Source {
 public:
  using Options = MySourceOptions;
  MySource(const Options& options, const Context& context)
      : options_(options), seed_(context.seed), size_(context.size) {}

  /// Every sample, in a fixed order and without decoding. A sample that is a file has an absolute `path` and no
  /// `sha256`, which is then computed; one that is drawn has the hash of all that it is drawn from. Throw
  /// youden::base::DataError with what, where and remedy, and name every faulty file at once.
  [[nodiscard]] youden::sample::Manifest load() const override {
    youden::sample::Manifest manifest;
    for (int i = 0; i < options_.images; ++i) {
      const std::string id = std::to_string(1'000'000 + i);
      const std::string recipe =
          "my_source 1, seed " + std::to_string(seed_) + ", size " + std::to_string(size_) + ", image " + id;
      manifest.samples.push_back({.id = id,
                                  .path = {},
                                  .sha256 = youden::data::sha256_of(recipe),
                                  .label = i / 2 % 2 == 0 ? "upper" : "lower",
                                  .patient = "patient-" + std::to_string(i / 2)});
    }
    return manifest;
  }

  /// [size,size] of 3 × uint8, RGB. Called from many threads. Of a file: youden::data::decode_film(sample.path, size_).
  [[nodiscard]] cv::Mat image(const youden::sample::Sample& sample) const override {
    youden::base::Stream stream({.seed = seed_, .purpose = "my_source", .item = sample.id});
    cv::Mat out(size_, size_, CV_8UC3);
    for (int y = 0; y < size_; ++y) {
      const bool bright = (y < size_ / 2) == (sample.label == "upper");
      for (int x = 0; x < size_; ++x) {
        const auto value = static_cast<std::uint8_t>((bright ? 60 : 0) + stream.below(180));
        out.at<cv::Vec3b>(y, x) = {value, value, value};
      }
    }
    return out;
  }

 private:
  Options options_;
  std::uint64_t seed_;
  int size_;
};

inline const youden::registry::Register<youden::data::Source, MySource> kMySource{
    "my_source", "what `youden components source` says of it"};

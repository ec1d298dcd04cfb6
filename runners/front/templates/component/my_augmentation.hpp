#pragma once
#include <opencv2/core.hpp>

#include "youden/augment/intensity.hpp"
#include "youden/augment/step.hpp"
#include "youden/registry/registry.hpp"

/// What YAML can set: `augment: { steps: [ { type: my_augmentation, strength: 0.2 } ] }`.
struct MyAugmentationOptions {
  double strength = 0.2;

  static const youden::config::Fields<MyAugmentationOptions>& fields() {
    static const auto f = youden::config::Fields<MyAugmentationOptions>().add(
        &MyAugmentationOptions::strength, "strength", "most of the light that is taken away",
        {.unit = "of full scale", .min = 0, .max = 1});
    return f;
  }
};

/// To fill in: one random change of an image. As it stands it darkens.
class MyAugmentation final : public youden::augment::Step {
 public:
  using Options = MyAugmentationOptions;
  MyAugmentation(const Options& options, const Context& /*none*/) : options_(options) {}

  /// image: [H,W] of 3 × float32, RGB, 0–1, to be replaced by one of the same shape and range. All chance comes from
  /// `stream`, so that a run repeats to the bit.
  void apply(cv::Mat& image, youden::base::Stream& stream) const override {
    const auto factor = static_cast<float>(1 - stream.uniform(0, options_.strength));
    youden::augment::map_values(image, [factor](float v) { return factor * v; });
  }

 private:
  Options options_;
};

inline const youden::registry::Register<youden::augment::Step, MyAugmentation> kMyAugmentation{
    "my_augmentation", "what `youden components augmentation` says of it"};

#pragma once
#include <opencv2/core.hpp>
#include <utility>

#include "youden/augment/intensity.hpp"
#include "youden/augment/step.hpp"
#include "youden/registry/registry.hpp"

struct InvertOptions {
  double probability = 0.5;

  static const youden::config::Fields<InvertOptions>& fields() {
    static const auto f = youden::config::Fields<InvertOptions>().add(
        &InvertOptions::probability, "probability", "how often a film is inverted", {.min = 0, .max = 1});
    return f;
  }
};

/// Exchanges black and white, as between MONOCHROME1 and MONOCHROME2.
class Invert : public youden::augment::Step {
 public:
  using Options = InvertOptions;
  Invert(Options options, const Context&) : options_(std::move(options)) {}

  void apply(cv::Mat& image, youden::base::Stream& stream) const override {
    if (stream.uniform() >= options_.probability) return;
    youden::augment::map_values(image, [](float v) { return 1.0F - v; });
  }

 private:
  Options options_;
};

inline const youden::registry::Register<youden::augment::Step, Invert> kInvert{"invert", "exchanges black and white"};

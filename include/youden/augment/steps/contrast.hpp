#pragma once
#include <cstddef>
#include <opencv2/core.hpp>
#include <utility>

#include "youden/augment/intensity.hpp"
#include "youden/augment/step.hpp"
#include "youden/registry/registry.hpp"

namespace youden::augment {

struct ContrastOptions {
  double factor = 0.2;

  static const config::Fields<ContrastOptions>& fields() {
    static const auto f = config::Fields<ContrastOptions>().add(
        &ContrastOptions::factor, "factor",
        "distances from the mean are multiplied by a number from 1 − factor to 1 + factor", {.min = 0, .max = 1});
    return f;
  }
};

/// Clipped to 0–1.
class Contrast : public Step {
 public:
  using Options = ContrastOptions;
  Contrast(Options options, const Context&) : options_(std::move(options)) {}

  void apply(cv::Mat& image, base::Stream& stream) const override {
    const auto gain = static_cast<float>(stream.uniform(1 - options_.factor, 1 + options_.factor));
    double sum = 0;
    for (int y = 0; y < image.rows; ++y) {
      const auto* row = image.ptr<float>(y);
      for (int x = 0; x < image.cols * image.channels(); ++x) sum += row[x];
    }
    const auto mean =
        static_cast<float>(sum / static_cast<double>(image.total() * static_cast<std::size_t>(image.channels())));
    map_values(image, [gain, mean](float v) { return mean + gain * (v - mean); });
  }

 private:
  Options options_;
};

inline const registry::Register<Step, Contrast> kContrast{"contrast", "a random stretch about the image's mean"};

}  // namespace youden::augment

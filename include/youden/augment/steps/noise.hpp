#pragma once
#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <utility>

#include "youden/augment/step.hpp"
#include "youden/registry/registry.hpp"

namespace youden::augment {

struct NoiseOptions {
  double sigma = 0.02;

  static const config::Fields<NoiseOptions>& fields() {
    static const auto f = config::Fields<NoiseOptions>().add(&NoiseOptions::sigma, "sigma",
                                                             "standard deviation of what is added to each pixel",
                                                             {.unit = "of full scale", .min = 0, .max = 1});
    return f;
  }
};

/// Gaussian and the same in all three channels, since a film has no colour. Clipped to 0–1.
class Noise : public Step {
 public:
  using Options = NoiseOptions;
  Noise(Options options, const Context&) : options_(std::move(options)) {}

  void apply(cv::Mat& image, base::Stream& stream) const override {
    double spare = 0;
    bool has_spare = false;
    for (int y = 0; y < image.rows; ++y) {
      auto* pixel = image.ptr<float>(y);
      for (int x = 0; x < image.cols; ++x, pixel += 3, has_spare = !has_spare) {
        if (!has_spare) {  // Box–Muller gives two at a time
          const double radius = options_.sigma * std::sqrt(-2 * std::log(1 - stream.uniform()));
          const double angle = 2 * std::numbers::pi * stream.uniform();
          spare = radius * std::sin(angle);
          add(pixel, radius * std::cos(angle));
        } else {
          add(pixel, spare);
        }
      }
    }
  }

 private:
  static void add(float* pixel, double noise) {
    for (int c = 0; c < 3; ++c) pixel[c] = std::clamp(pixel[c] + static_cast<float>(noise), 0.0F, 1.0F);
  }

  Options options_;
};

inline const registry::Register<Step, Noise> kNoise{"noise", "gray noise on every pixel"};

}  // namespace youden::augment

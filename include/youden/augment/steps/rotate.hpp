#pragma once
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <string>
#include <utility>

#include "youden/augment/affine.hpp"
#include "youden/augment/step.hpp"
#include "youden/registry/registry.hpp"

namespace youden::augment {

struct RotateOptions {
  double degrees = 15;
  std::string border = "nearest";

  static const config::Fields<RotateOptions>& fields() {
    static const auto f =
        config::Fields<RotateOptions>()
            .add(&RotateOptions::degrees, "degrees", "the angle is drawn evenly from −degrees to +degrees",
                 {.unit = "degrees", .min = 0, .max = 180})
            .add(&RotateOptions::border, "border", kBorderHelp, border_spec());
    return f;
  }
};

/// Keras' ImageDataGenerator(rotation_range=degrees, fill_mode=border): keras_preprocessing 1.1.2,
/// apply_affine_transform.
class Rotate : public Step {
 public:
  using Options = RotateOptions;
  Rotate(Options options, const Context&) : options_(std::move(options)) {}

  void apply(cv::Mat& image, base::Stream& stream) const override {
    turn(image, stream.uniform(-options_.degrees, options_.degrees), border_from(options_.border));
  }

  /// By one given angle; positive turns the picture clockwise.
  static void turn(cv::Mat& image, double degrees, Border border) {
    const double theta = degrees * std::numbers::pi / 180;
    const Affine matrix{.yy = std::cos(theta), .yx = -std::sin(theta), .xy = std::sin(theta), .xx = std::cos(theta)};
    warp(image, matrix.about_centre(image), border);
  }

 private:
  Options options_;
};

inline const registry::Register<Step, Rotate> kRotate{"rotate", "a random turn about the centre"};

}  // namespace youden::augment

#pragma once
#include <opencv2/core.hpp>
#include <string>
#include <utility>

#include "youden/augment/affine.hpp"
#include "youden/augment/step.hpp"
#include "youden/registry/registry.hpp"

namespace youden::augment {

struct ZoomOptions {
  double fraction = 0.1;
  std::string border = "nearest";

  static const config::Fields<ZoomOptions>& fields() {
    static const auto f =
        config::Fields<ZoomOptions>()
            .add(&ZoomOptions::fraction, "fraction",
                 "each axis is scaled by its own factor between 1 − fraction and 1 + fraction", {.min = 0, .max = 0.9})
            .add(&ZoomOptions::border, "border", kBorderHelp, border_spec());
    return f;
  }
};

/// Keras' zoom_range: the two axes are drawn apart; a factor above 1 shrinks the picture.
class Zoom : public Step {
 public:
  using Options = ZoomOptions;
  Zoom(Options options, const Context&) : options_(std::move(options)) {}

  void apply(cv::Mat& image, base::Stream& stream) const override {
    Affine scale;
    scale.yy = stream.uniform(1 - options_.fraction, 1 + options_.fraction);
    scale.xx = stream.uniform(1 - options_.fraction, 1 + options_.fraction);
    warp(image, scale.about_centre(image), border_from(options_.border));
  }

 private:
  Options options_;
};

inline const registry::Register<Step, Zoom> kZoom{"zoom", "a random scale of height and width"};

}  // namespace youden::augment

#pragma once
#include <opencv2/core.hpp>
#include <utility>

#include "youden/augment/step.hpp"
#include "youden/registry/registry.hpp"

namespace youden::augment {

struct FlipOptions {
  double p = 0.5;
  bool horizontal = true;

  static const config::Fields<FlipOptions>& fields() {
    static const auto f = config::Fields<FlipOptions>()
                              .add(&FlipOptions::p, "p", "probability that a picture is flipped", {.min = 0, .max = 1})
                              .add(&FlipOptions::horizontal, "horizontal",
                                   "left becomes right (a heart on the right side!); false: top becomes bottom");
    return f;
  }
};

/// Exact: pixels move, none is resampled.
class Flip : public Step {
 public:
  using Options = FlipOptions;
  Flip(Options options, const Context&) : options_(std::move(options)) {}

  void apply(cv::Mat& image, base::Stream& stream) const override {
    if (!stream.bernoulli(options_.p)) return;
    cv::Mat flipped;
    cv::flip(image, flipped, options_.horizontal ? 1 : 0);
    image = flipped;
  }

 private:
  Options options_;
};

inline const registry::Register<Step, Flip> kFlip{"flip", "a mirror image, by chance"};

}  // namespace youden::augment

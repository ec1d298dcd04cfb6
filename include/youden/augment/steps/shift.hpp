#pragma once
#include <opencv2/core.hpp>
#include <string>
#include <utility>

#include "youden/augment/affine.hpp"
#include "youden/augment/step.hpp"
#include "youden/registry/registry.hpp"

namespace youden::augment {

struct ShiftOptions {
  double fraction = 0.1;
  std::string border = "nearest";

  static const config::Fields<ShiftOptions>& fields() {
    static const auto f = config::Fields<ShiftOptions>()
                              .add(&ShiftOptions::fraction, "fraction", "how far the picture moves at most, each way",
                                   {.unit = "of its side", .min = 0, .max = 1})
                              .add(&ShiftOptions::border, "border", kBorderHelp, border_spec());
    return f;
  }
};

/// Keras' height_shift_range and width_shift_range.
class Shift : public Step {
 public:
  using Options = ShiftOptions;
  Shift(Options options, const Context&) : options_(std::move(options)) {}

  void apply(cv::Mat& image, base::Stream& stream) const override {
    Affine move;
    move.oy = stream.uniform(-options_.fraction, options_.fraction) * image.rows;
    move.ox = stream.uniform(-options_.fraction, options_.fraction) * image.cols;
    warp(image, move, border_from(options_.border));
  }

 private:
  Options options_;
};

inline const registry::Register<Step, Shift> kShift{"shift", "a random move up or down and left or right"};

}  // namespace youden::augment

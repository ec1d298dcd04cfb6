#pragma once
#include <opencv2/core.hpp>

#include "youden/base/philox.hpp"
#include "youden/config/fields.hpp"

namespace youden::augment {

/// One augmentation: a pure function of the image and the random stream it draws from.
class Step {
 public:
  static constexpr const char* kKind = "augmentation";
  using Common = config::NoOptions;
  struct Context {};

  virtual ~Step() = default;
  /// image: [H,W] of 3 × float32, RGB, 0–1; replaced by the augmented one of the same shape and range.
  virtual void apply(cv::Mat& image, base::Stream& stream) const = 0;
};

}  // namespace youden::augment

#pragma once
#include <algorithm>
#include <opencv2/core.hpp>

namespace youden::augment {

/// image: [H,W] of 3 × float32, 0–1; every value replaced by f(value), clipped to 0–1.
template <class F>
void map_values(cv::Mat& image, const F& f) {
  for (int y = 0; y < image.rows; ++y) {
    auto* row = image.ptr<float>(y);
    for (int x = 0; x < image.cols * image.channels(); ++x) row[x] = std::clamp(f(row[x]), 0.0F, 1.0F);
  }
}

}  // namespace youden::augment

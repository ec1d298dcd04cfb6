#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/core.hpp>
#include <string>

#include "youden/config/fields.hpp"

namespace youden::augment {

/// What stands outside the image: its nearest edge pixel, its mirror image (d c b a | a b c d), or black.
enum class Border { nearest, reflect, constant };

inline Border border_from(const std::string& name) {
  if (name == "reflect") return Border::reflect;
  return name == "constant" ? Border::constant : Border::nearest;
}
inline const config::Spec& border_spec() {
  static const config::Spec spec{.choices = {"nearest", "reflect", "constant"}};
  return spec;
}
inline constexpr const char* kBorderHelp = "what fills the corners: the nearest pixel, a mirror image, or black";

/// Where an output pixel (row, column) is taken from: input = matrix · output + offset, as in scipy's affine_transform.
struct Affine {
  double yy = 1, yx = 0, xy = 0, xx = 1;
  double oy = 0, ox = 0;  ///< pixels

  /// The same matrix turning about the centre ((h−1)/2, (w−1)/2) of the image, where Keras puts it.
  [[nodiscard]] Affine about_centre(const cv::Mat& image) const {
    const double cy = (image.rows - 1) / 2.0;
    const double cx = (image.cols - 1) / 2.0;
    Affine out = *this;
    out.oy += cy - (yy * cy + yx * cx);
    out.ox += cx - (xy * cy + xx * cx);
    return out;
  }
};

namespace detail {

/// Brings a coordinate into [0, last] without branching.
template <Border B>
double fold(double v, double last) {
  if constexpr (B == Border::reflect) {
    const double period = 2 * (last + 1);
    v += 0.5;
    v -= period * std::floor(v / period);
    v = std::min(v, period - v) - 0.5;
  }
  return std::min(std::max(v, 0.0), last);
}

template <Border B>
void warp(const cv::Mat& from, const Affine& a, cv::Mat& to) {
  const int last_y = from.rows - 1;
  const int last_x = from.cols - 1;
  const auto* data = from.ptr<float>();
  const auto stride = static_cast<std::ptrdiff_t>(from.step1());
  for (int row = 0; row < to.rows; ++row) {
    auto* out = to.ptr<float>(row);
    const double row_y = a.oy + a.yy * row;
    const double row_x = a.ox + a.xy * row;
    for (int column = 0; column < to.cols; ++column, out += 3) {
      const double wanted_y = row_y + a.yx * column;
      const double wanted_x = row_x + a.xx * column;
      const double y = fold<B>(wanted_y, last_y);
      const double x = fold<B>(wanted_x, last_x);
      const int y0 = static_cast<int>(y);
      const int x0 = static_cast<int>(x);
      const auto fy = static_cast<float>(y - y0);
      const auto fx = static_cast<float>(x - x0);
      const auto* top = data + y0 * stride + x0 * 3;
      const auto* bottom = top + (y0 < last_y ? stride : 0);
      const int right = x0 < last_x ? 3 : 0;
      const float inside =
          B == Border::constant && (wanted_y < 0 || wanted_y > last_y || wanted_x < 0 || wanted_x > last_x) ? 0 : 1;
      for (int c = 0; c < 3; ++c) {
        const float upper = top[c] + fx * (top[c + right] - top[c]);
        const float lower = bottom[c] + fx * (bottom[c + right] - bottom[c]);
        out[c] = inside * std::clamp(upper + fy * (lower - upper), 0.0F, 1.0F);
      }
    }
  }
}

}  // namespace detail

/// image: [H,W] of 3 × float32, 0–1 -> the same shape and range. Bilinear in floating point, equal to
/// scipy.ndimage.affine_transform(order=1, mode=border) a channel; cv::warpAffine rounds positions to 1/32 pixel.
inline void warp(cv::Mat& image, const Affine& affine, Border border) {
  CV_Assert(image.type() == CV_32FC3);
  cv::Mat out(image.size(), image.type());
  switch (border) {
    case Border::nearest: detail::warp<Border::nearest>(image, affine, out); break;
    case Border::reflect: detail::warp<Border::reflect>(image, affine, out); break;
    case Border::constant: detail::warp<Border::constant>(image, affine, out); break;
  }
  image = out;
}

}  // namespace youden::augment

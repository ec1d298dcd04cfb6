#pragma once
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "youden/base/philox.hpp"

namespace youden::data {

/// 0 below 0, 1 above 1, smooth between.
inline float smooth_step(float t) {
  t = std::clamp(t, 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

/// A plane of [n,n] float32 spanning −kReach … kReach in body units both ways (x to the viewer's right, y down), drawn
/// on by shapes that know their own bounding box. Wider than the film, which may be turned and shifted over it.
class PhantomCanvas {
 public:
  static constexpr float kReach = 1.2F;  ///< the film spans −1 … 1

  explicit PhantomCanvas(int n)
      : plane_(n, n, CV_32FC1, cv::Scalar::all(0)), unit_(2 * kReach / static_cast<float>(n)) {}

  [[nodiscard]] int size() const { return plane_.rows; }
  [[nodiscard]] float unit() const { return unit_; }  ///< body units a pixel
  [[nodiscard]] float at(int pixel) const { return (static_cast<float>(pixel) + 0.5F) * unit_ - kReach; }
  [[nodiscard]] int pixel(float v) const { return static_cast<int>(std::floor((v + kReach) / unit_)); }
  [[nodiscard]] cv::Mat& plane() { return plane_; }
  [[nodiscard]] const cv::Mat& plane() const { return plane_; }

  /// Calls f(value, x, y) for each pixel of a box given in body units.
  template <class F>
  void each(float left, float top, float right, float bottom, const F& f) {
    const int x0 = std::max(pixel(left), 0);
    const int x1 = std::min(pixel(right), size() - 1);
    const int y1 = std::min(pixel(bottom), size() - 1);
    for (int y = std::max(pixel(top), 0); y <= y1; ++y) {
      auto* row = plane_.ptr<float>(y);
      for (int x = x0; x <= x1; ++x) f(row[x], at(x), at(y));
    }
  }

  /// Adds a soft ellipse: full in its middle, falling off over the outer `softness` share of its radius.
  void ellipse(float cx, float cy, float rx, float ry, float tilt, float softness, float amount) {
    const float reach = std::max(rx, ry);
    const float c = std::cos(tilt);
    const float s = std::sin(tilt);
    each(cx - reach, cy - reach, cx + reach, cy + reach, [&](float& v, float x, float y) {
      const float dx = (c * (x - cx) + s * (y - cy)) / rx;
      const float dy = (c * (y - cy) - s * (x - cx)) / ry;
      v += amount * smooth_step((1 - std::sqrt(dx * dx + dy * dy)) / softness);
    });
  }

  /// Raises pixels along a segment to the profile of a round cord whose radius goes from r0 to r1 (thickest wins).
  void cord(float x0, float y0, float x1, float y1, float r0, float r1, float amount) {
    const float finest = 0.7F * unit_;  // thinner cords get fainter, not narrower
    const float reach = std::max({r0, r1, finest});
    const float dx = x1 - x0;
    const float dy = y1 - y0;
    const float length = dx * dx + dy * dy + 1e-9F;
    each(std::min(x0, x1) - reach, std::min(y0, y1) - reach, std::max(x0, x1) + reach, std::max(y0, y1) + reach,
         [&](float& v, float x, float y) {
           const float t = std::clamp(((x - x0) * dx + (y - y0) * dy) / length, 0.0F, 1.0F);
           const float ex = x - x0 - t * dx;
           const float ey = y - y0 - t * dy;
           const float r = r0 + t * (r1 - r0);
           const float seen = std::max(r, finest);
           const float q = (ex * ex + ey * ey) / (seen * seen);
           if (q < 1) v = std::max(v, amount * (r / seen) * (1 - q));
         });
  }

  /// Adds a tube of bone along y = centre(x), `half` thick across, brighter at its cortex; `weight(x)` fades it.
  template <class Centre, class Weight>
  void tube(float left, float right, float half, float amount, const Centre& centre, const Weight& weight) {
    const int last = std::min(pixel(right), size() - 1);
    for (int column = std::max(pixel(left), 0); column <= last; ++column) {
      const float x = at(column);
      const float w = amount * weight(x);
      if (w <= 0) continue;
      const float y = centre(x);
      const float slope = (centre(x + 0.5F * unit_) - centre(x - 0.5F * unit_)) / unit_;
      const float reach = half * std::min(std::sqrt(1 + slope * slope), 4.0F);  // vertical cut through a slanting tube
      const float edge = std::max(1.2F * unit_, 0.3F * reach);
      const int bottom = std::min(pixel(y + reach + edge), size() - 1);
      for (int r = std::max(pixel(y - reach - edge), 0); r <= bottom; ++r) {
        const float off = std::abs(at(r) - y);
        const float q = std::min(off / reach, 1.0F);
        plane_.ptr<float>(r)[column] += w * (0.55F + 0.45F * q * q) * smooth_step((reach + edge * 0.5F - off) / edge);
      }
    }
  }

 private:
  cv::Mat plane_;
  float unit_;
};

/// [n,n] float32 of smooth noise, about −1 … 1, with `cells` humps a side; each octave is twice as fine, half as
/// strong.
inline cv::Mat smooth_noise(int n, int cells, int octaves, base::Stream& stream) {
  cv::Mat sum(n, n, CV_32FC1, cv::Scalar::all(0));
  float amount = 1;
  for (int octave = 0; octave < octaves; ++octave, cells *= 2, amount /= 2) {
    cv::Mat grid(cells + 1, cells + 1, CV_32FC1);
    for (int y = 0; y <= cells; ++y) {
      for (int x = 0; x <= cells; ++x) grid.at<float>(y, x) = amount * (2 * stream.uniform_float() - 1);
    }
    cv::Mat fine;
    cv::resize(grid, fine, {n, n}, 0, 0, cv::INTER_CUBIC);
    sum += fine;
  }
  return sum;
}

}  // namespace youden::data

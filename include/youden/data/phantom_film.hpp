#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <opencv2/core.hpp>
#include <string>

#include "youden/base/philox.hpp"
#include "youden/data/phantom_anatomy.hpp"
#include "youden/data/phantom_canvas.hpp"
#include "youden/data/phantom_chest.hpp"

namespace youden::data {

/// What is asked of one film beside its patient.
struct PhantomLook {
  float contrast = 1;    ///< of the opacities; 0 leaves none
  bool marker = false;   ///< the letter R in a corner
  bool border = false;   ///< black collimated edges
  float brightness = 0;  ///< added to every pixel, of full scale
};

namespace detail {

/// Bilateral, peripheral, lower-zone ground glass: [n,n] of added density, 0 where there is no lung.
inline cv::Mat phantom_opacity(const PhantomChest& chest, const cv::Mat& lungs, base::Stream& patient,
                               base::Stream& film) {
  const int n = lungs.rows;
  PhantomCanvas haze(n);
  const auto draw = [&](double low, double high) { return static_cast<float>(patient.uniform(low, high)); };
  const float severity = draw(0, 1);
  for (const int side : {0, 1}) {
    const float sign = side == 0 ? -1.0F : 1.0F;
    const int patches = 1 + static_cast<int>(patient.below(2)) + static_cast<int>(std::lround(3 * severity));
    for (int i = 0; i < patches; ++i) {
      const float floor = chest.dome[static_cast<std::size_t>(side)];
      const float y = floor + 0.08F - (0.15F + 0.4F * severity) * std::abs(static_cast<float>(patient.normal())) * 0.7F;
      const float outer = chest.wall(y) - 0.05F;
      const float inner = chest.inner(side, y) + 0.05F;
      const float x = outer - (outer - inner) * 0.75F * draw(0, 1) * draw(0, 1);
      haze.ellipse(sign * x, y, draw(0.12, 0.24), draw(0.12, 0.24), draw(-1, 1), 1.0F, draw(0.4, 1.1));
    }
  }
  const cv::Mat texture = smooth_noise(n, 14, 3, patient);
  const float amount = (0.13F + 0.18F * severity) * static_cast<float>(film.uniform(0.85, 1.15));
  for (int y = 0; y < n; ++y) {
    auto* out = haze.plane().ptr<float>(y);
    const auto* lung = lungs.ptr<float>(y);
    const auto* t = texture.ptr<float>(y);
    for (int x = 0; x < n; ++x) {
      if (out[x] > 0) out[x] = amount * lung[x] * (1 - std::exp(-1.4F * out[x])) * std::max(1 + 0.7F * t[x], 0.0F);
    }
  }
  return haze.plane();
}

/// How the patient stood: the film's pixel -> the canvas' pixel.
struct PhantomPose {
  float c, s, dx, dy;  ///< cosine and sine over the magnification, shift in body units

  explicit PhantomPose(base::Stream& stream) {
    const double turn = stream.normal() * 0.028;
    const double scale = stream.uniform(0.95, 1.06);
    c = static_cast<float>(std::cos(turn) / scale);
    s = static_cast<float>(std::sin(turn) / scale);
    dx = static_cast<float>(std::clamp(stream.normal() * 0.025, -0.06, 0.06));
    dy = static_cast<float>(std::clamp(stream.normal() * 0.03, -0.06, 0.06));
  }
  [[nodiscard]] cv::Mat project(const cv::Mat& canvas, int size) const {
    cv::Mat out(size, size, CV_32FC1);
    const float to_pixel = static_cast<float>(canvas.rows) / (2 * PhantomCanvas::kReach);
    const auto last = static_cast<float>(canvas.rows - 1);
    for (int row = 0; row < size; ++row) {
      const float fy = 2 * (static_cast<float>(row) + 0.5F) / static_cast<float>(size) - 1;
      auto* to = out.ptr<float>(row);
      for (int column = 0; column < size; ++column) {
        const float fx = 2 * (static_cast<float>(column) + 0.5F) / static_cast<float>(size) - 1;
        const float x =
            std::clamp((c * fx - s * fy + dx + PhantomCanvas::kReach) * to_pixel - 0.5F, 0.0F, last - 1e-3F);
        const float y =
            std::clamp((s * fx + c * fy + dy + PhantomCanvas::kReach) * to_pixel - 0.5F, 0.0F, last - 1e-3F);
        const int x0 = static_cast<int>(x);
        const int y0 = static_cast<int>(y);
        const float tx = x - static_cast<float>(x0);
        const float ty = y - static_cast<float>(y0);
        const auto* a = canvas.ptr<float>(y0) + x0;
        const auto* b = canvas.ptr<float>(y0 + 1) + x0;
        to[column] = (a[0] + tx * (a[1] - a[0])) * (1 - ty) + (b[0] + tx * (b[1] - b[0])) * ty;
      }
    }
    return out;
  }
};

/// 1 inside the central 77 % of a side, 0 from 79 % on: opacities stay within the central 80 %, whatever the pose.
inline float phantom_window(int pixel, int size) {
  const float f = std::abs(2 * (static_cast<float>(pixel) + 0.5F) / static_cast<float>(size) - 1);
  return smooth_step((0.79F - f) / 0.12F);
}

/// Four bytes' sum as a bell: cheap noise, σ about 1.
class PhantomGrain {
 public:
  explicit PhantomGrain(base::Stream& stream) : stream_(stream) {}
  float operator()() {
    const std::uint32_t w = stream_.next_u32();
    const auto sum = static_cast<float>((w & 255U) + (w >> 8U & 255U) + (w >> 16U & 255U) + (w >> 24U));
    return (sum - 510.0F) / 147.8F;  // variance of a byte: (256² − 1) / 12
  }

 private:
  base::Stream& stream_;
};

/// An R whose 5 × 7 cells are 1 % of the film each; left and top as shares of the film.
inline void phantom_letter(cv::Mat& value, float left, float top) {
  static constexpr std::array<std::uint8_t, 7> kR{0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001};
  const auto cell = [&value](int pixel, float from) {
    return static_cast<int>(
        std::floor(((static_cast<float>(pixel) + 0.5F) / static_cast<float>(value.rows) - from) * 100));
  };
  for (int y = 0; y < value.rows && cell(y, top) < 7; ++y) {
    for (int x = 0; x < value.cols && cell(x, left) < 5; ++x) {
      const int row = cell(y, top);
      const int column = cell(x, left);
      if (row >= 0 && column >= 0 && (kR[static_cast<std::size_t>(row)] >> (4 - column) & 1) != 0) {
        value.at<float>(y, x) = 0.97F;
      }
    }
  }
}

}  // namespace detail

/// [size,size] of 3 × uint8, gray: a frontal chest film of the patient. A pure function of its arguments; nothing but
/// the opacities and the look depends on the label.
inline cv::Mat phantom_film(std::uint64_t seed, const PhantomPatient& patient, int film, const PhantomLook& look,
                            int size) {
  base::Stream body = patient.stream;
  const std::string name = patient.id + "/" + std::to_string(film);
  base::Stream pose({.seed = seed, .purpose = "phantom-pose", .item = name});
  const auto draw = [&pose](double low, double high) { return static_cast<float>(pose.uniform(low, high)); };

  PhantomChest chest(body, patient.age, patient.female);
  const float breath = static_cast<float>(pose.normal()) * 0.03F + (pose.bernoulli(0.15) ? -0.09F : 0.0F);
  for (float& dome : chest.dome) dome += breath;
  const float crowding = 1 + std::max(-breath, 0.0F) * 6;  // shallow breath crowds the lower vessels

  const int n = std::max(static_cast<int>(std::lround(static_cast<float>(size) * PhantomCanvas::kReach)), 8);
  const cv::Mat lungs = phantom_lungs(chest, n);
  PhantomCanvas canvas(n);
  const cv::Mat heart = phantom_heart(chest, n);
  phantom_soft_tissue(canvas, chest, lungs, heart);
  phantom_middle(canvas, chest, heart);
  phantom_bones(canvas, chest);
  phantom_confusers(canvas, chest, body);
  const cv::Mat vessels = phantom_vessels(n, body, crowding);
  const cv::Mat tissue = smooth_noise(n, 40, 2, body);
  canvas.plane() +=
      lungs.mul(1.0F - 0.85F * heart).mul(vessels + 0.014F * tissue) + 0.012F * smooth_noise(n, 5, 2, body);

  const detail::PhantomPose stand(pose);
  cv::Mat density = stand.project(canvas.plane(), size);
  if (patient.opacity && look.contrast > 0) {
    base::Stream sick({.seed = seed, .purpose = "phantom-opacity", .item = patient.id});
    base::Stream today({.seed = seed, .purpose = "phantom-opacity", .item = name});
    const cv::Mat haze = stand.project(detail::phantom_opacity(chest, lungs, sick, today), size);
    for (int y = 0; y < size; ++y) {
      const float wy = look.contrast * detail::phantom_window(y, size);
      for (int x = 0; x < size; ++x)
        density.at<float>(y, x) += wy * detail::phantom_window(x, size) * haze.at<float>(y, x);
    }
  }

  // Exposure and the film's tone curve; from here on each pixel stands alone.
  const float exposure = draw(-0.05, 0.05);
  const float gain = draw(3.6, 5.2);
  const float middle = draw(0.48, 0.6);
  const float gamma = draw(0.9, 1.15);
  const float tilt_x = draw(-0.03, 0.03);
  const float tilt_y = draw(-0.03, 0.03);
  const float quanta = draw(0.010, 0.020);
  const float grain = draw(0.004, 0.010);
  const std::array<float, 4> edges{draw(0, 0.06), draw(0, 0.06), draw(0, 0.06),
                                   draw(0, 0.06)};  // left, top, right, bottom
  const float letter_x = draw(0.02, 0.04);
  const float letter_y = draw(0.02, 0.03);
  base::Stream noise({.seed = seed, .purpose = "phantom-noise", .item = name});
  detail::PhantomGrain bell(noise);
  cv::Mat value(size, size, CV_32FC1);
  for (int y = 0; y < size; ++y) {
    const float fy = (static_cast<float>(y) + 0.5F) / static_cast<float>(size);
    const auto* in = density.ptr<float>(y);
    auto* out = value.ptr<float>(y);
    for (int x = 0; x < size; ++x) {
      const float fx = (static_cast<float>(x) + 0.5F) / static_cast<float>(size);
      const float d = in[x] + exposure + tilt_x * (fx - 0.5F) + tilt_y * (fy - 0.5F);
      // Fewer quanta pass where more is absorbed, so dense parts are noisier.
      const float seen = d + bell() * quanta * (0.5F + std::max(d, 0.0F));
      const float tone = 1 / (1 + std::exp(-gain * (seen - middle)));
      out[x] = 0.02F + 0.94F * std::pow(tone, gamma) + grain * bell() + look.brightness;
      const bool hidden = fx < edges[0] || fy < edges[1] || fx > 1 - edges[2] || fy > 1 - edges[3];
      if (look.border && hidden) out[x] = 0.015F + look.brightness;
    }
  }
  if (look.marker) detail::phantom_letter(value, letter_x, letter_y);

  cv::Mat gray;
  value.convertTo(gray, CV_8U, 255);
  cv::Mat rgb;
  cv::cvtColor(gray, rgb, cv::COLOR_GRAY2RGB);
  return rgb;
}

}  // namespace youden::data

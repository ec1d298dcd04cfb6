#pragma once
#include <array>
#include <cstddef>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/config/fields.hpp"

namespace youden::train {

/// `normalize: {mean: […], std: […]}`, in RGB order, of values in 0–1.
struct MeanStd {
  std::vector<double> mean = {0, 0, 0};
  std::vector<double> std = {1, 1, 1};

  static const config::Fields<MeanStd>& fields() {
    static const auto f = config::Fields<MeanStd>()
                              .add(&MeanStd::mean, "mean", "subtracted from R, G, B in 0–1")
                              .add(&MeanStd::std, "std", "divided by afterwards", {.min = 0, .above_min = true});
    return f;
  }
};

/// Per-channel (x − mean) / std, with the channels turned to BGR where the weights were made for that.
struct Normalization {
  std::array<float, 3> mean{0, 0, 0};
  std::array<float, 3> std{1, 1, 1};
  bool bgr = false;

  /// `imagenet` (torchvision's weights), `caffe` (Keras' VGG and ResNet weights: BGR, 0–255, mean only),
  /// `efficientnet_lite` ((x − 127) / 128 of 0–255, as these were trained in TensorFlow), `none`.
  static Normalization named(const std::string& name) {
    if (name == "imagenet") return {{0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}, false};
    if (name == "caffe") {
      return {{123.68F / 255, 116.779F / 255, 103.939F / 255}, {1.0F / 255, 1.0F / 255, 1.0F / 255}, true};
    }
    if (name == "efficientnet_lite") {
      constexpr float kMean = 127.0F / 255;
      constexpr float kStd = 128.0F / 255;
      return {{kMean, kMean, kMean}, {kStd, kStd, kStd}, false};
    }
    if (name == "none") return {};
    throw base::ConfigError(
        {"unknown normalisation '" + name + "'", "normalize", "known: auto, imagenet, caffe, efficientnet_lite, none"});
  }
  static Normalization from(const MeanStd& m) {
    if (m.mean.size() != 3 || m.std.size() != 3) {
      throw base::ConfigError(
          {"normalize.mean and normalize.std have three numbers each, for R, G and B", "normalize"});
    }
    Normalization n;
    for (std::size_t c = 0; c < 3; ++c) {
      n.mean[c] = static_cast<float>(m.mean[c]);
      n.std[c] = static_cast<float>(m.std[c]);
    }
    return n;
  }

  /// image: [H,W] × 3 float32 RGB 0–1 -> `out`, H·W·3 floats (channels last).
  void apply(const cv::Mat& image, float* out) const {
    const std::array<float, 3> scale{1 / std[0], 1 / std[1], 1 / std[2]};
    const std::size_t r = bgr ? 2 : 0;
    const std::size_t b = bgr ? 0 : 2;
    for (int y = 0; y < image.rows; ++y) {
      const auto* row = image.ptr<float>(y);
      for (int x = 0; x < image.cols; ++x, row += 3, out += 3) {
        out[r] = (row[0] - mean[0]) * scale[0];
        out[1] = (row[1] - mean[1]) * scale[1];
        out[b] = (row[2] - mean[2]) * scale[2];
      }
    }
  }
};

}  // namespace youden::train

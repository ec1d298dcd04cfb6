#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <utility>

#include "youden/augment/pipeline.hpp"
#include "youden/data/dataset.hpp"
#include "youden/image/decode.hpp"
#include "youden/train/normalization.hpp"
#include "youden/train/view.hpp"

namespace youden::train {

/// Decoded film -> [0,1] -> augmented view -> normalised. A pure function of (film, view); safe from many threads.
class ImagePipeline {
 public:
  /// `blackout`: share of each side that is black about the centre, as the border control sees films; 0 = none.
  ImagePipeline(const data::Dataset& dataset, augment::Pipeline augment, std::uint64_t augment_seed,
                Normalization normalization, int size, double blackout = 0)
      : dataset_(dataset),
        augment_(std::move(augment)),
        augment_seed_(augment_seed),
        normalization_(normalization),
        size_(size),
        blackout_(blackout) {}

  /// Writes size·size·3 floats, channels last.
  void write(const View& view, float* out) const {
    cv::Mat image = image::to_unit_float(dataset_.film(view.sample));
    if (blackout_ > 0) black_out(image);
    if (view.view >= 0 && !augment_.empty()) {
      const auto& sample = dataset_.manifest().samples[view.sample];
      augment_.run(image, augment_seed_, static_cast<std::uint64_t>(view.view), sample.sha256);
    }
    normalization_.apply(image, out);
  }
  [[nodiscard]] int size() const { return size_; }
  /// Identity of a sample's film.
  [[nodiscard]] const std::string& sha256(std::size_t sample) const {
    return dataset_.manifest().samples[sample].sha256;
  }

 private:
  void black_out(cv::Mat& image) const {
    const auto from = [&](int side) { return static_cast<int>(std::floor(side * (1 - blackout_) / 2)); };
    const int x = from(image.cols);
    const int y = from(image.rows);
    image(cv::Rect(x, y, image.cols - 2 * x, image.rows - 2 * y)).setTo(0);
  }

  const data::Dataset& dataset_;
  augment::Pipeline augment_;
  std::uint64_t augment_seed_;
  Normalization normalization_;
  int size_;
  double blackout_;
};

}  // namespace youden::train

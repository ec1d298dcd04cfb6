#pragma once
#include <torch/types.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "youden/train/feature_source.hpp"
#include "youden/train/image_pipeline.hpp"
#include "youden/train/model.hpp"
#include "youden/train/scoring.hpp"

namespace youden::train {

/// The training images that an int8 prefix took its ranges from, and their features in both arithmetics.
struct Calibration {
  static constexpr std::size_t kImages = 32;

  std::size_t images = 0;
  torch::Tensor exact;  ///< [images, …] float32, as float32 has them
  torch::Tensor bytes;  ///< the same from 8 bits

  /// ‖bytes − exact‖ / ‖exact‖
  [[nodiscard]] double feature_error() const { return ((bytes - exact).norm() / exact.norm()).item<double>(); }

  /// How many of the images the trained model gives the same class from either features.
  [[nodiscard]] std::int64_t same_predictions(const Model& model) const {
    const auto classes = [&](const torch::Tensor& features) {
      std::vector<double> p = score(model, features);
      const auto n = static_cast<std::int64_t>(images);
      return torch::from_blob(p.data(), {n, static_cast<std::int64_t>(p.size()) / n}, torch::kFloat64).argmax(1);
    };
    return classes(exact).eq(classes(bytes)).sum().item<std::int64_t>();
  }
};

/// Gives an int8 prefix its ranges: from up to 32 of these samples as they are, evenly chosen.
inline Calibration calibrate(Model& model, const ImagePipeline& images, const std::vector<std::size_t>& training,
                             int threads) {
  const std::size_t n = std::min(training.size(), Calibration::kImages);
  std::vector<View> views;
  for (std::size_t i = 0; i < n; ++i) views.push_back({training[i * training.size() / n], -1});
  constexpr auto kBatch = static_cast<std::size_t>(FeatureSource::kBatch);
  const std::int64_t size = images.size();
  Calibration out{.images = n, .exact = {}, .bytes = {}};
  out.exact = model.calibrate((n + kBatch - 1) / kBatch, threads, [&](std::size_t b) {
    const std::size_t from = b * kBatch;
    const std::size_t to = std::min(from + kBatch, n);
    torch::Tensor batch = torch::empty({static_cast<std::int64_t>(to - from), 3, size, size}, torch::kFloat32,
                                       torch::MemoryFormat::ChannelsLast);
    const auto stride = static_cast<std::size_t>(size * size * 3);
    for (std::size_t i = from; i < to; ++i) images.write(views[i], batch.data_ptr<float>() + (i - from) * stride);
    return batch;
  });
  out.bytes = FeatureSource(images, model, {.threads = threads}).get(views);
  return out;
}

}  // namespace youden::train

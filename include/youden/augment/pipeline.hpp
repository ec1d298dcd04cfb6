#pragma once
#include <cstdint>
#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "youden/augment/step.hpp"
#include "youden/base/philox.hpp"
#include "youden/registry/registry.hpp"

namespace youden::augment {

/// The steps of `augment.steps` in their order, drawing from one stream: a pure function of (image, seed, view,
/// sha256).
class Pipeline {
 public:
  explicit Pipeline(const std::vector<config::Component>& steps) {
    for (const config::Component& step : steps) steps_.push_back(registry::make<Step>(step));
  }

  [[nodiscard]] bool empty() const { return steps_.empty(); }

  /// image: [H,W] of 3 × float32, RGB, 0–1; replaced by another of the same shape and range.
  void run(cv::Mat& image, std::uint64_t augment_seed, std::uint64_t view, const std::string& image_sha256) const {
    base::Stream stream({.seed = augment_seed, .purpose = "augment", .epoch = view, .item = image_sha256});
    for (const auto& step : steps_) step->apply(image, stream);
  }
  /// The same, leaving the image as it is.
  [[nodiscard]] cv::Mat apply(const cv::Mat& unit_float, std::uint64_t augment_seed, std::uint64_t view,
                              const std::string& image_sha256) const {
    cv::Mat image = unit_float.clone();
    run(image, augment_seed, view, image_sha256);
    return image;
  }

 private:
  std::vector<std::unique_ptr<Step>> steps_;
};

}  // namespace youden::augment

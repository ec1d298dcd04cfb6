#pragma once
#include <opencv2/core.hpp>
#include <utility>

#include "youden/augment/intensity.hpp"
#include "youden/augment/step.hpp"
#include "youden/registry/registry.hpp"

namespace youden::augment {

struct BrightnessOptions {
  double delta = 0.1;

  static const config::Fields<BrightnessOptions>& fields() {
    static const auto f = config::Fields<BrightnessOptions>().add(
        &BrightnessOptions::delta, "delta", "what is added to every value is drawn from −delta to +delta",
        {.unit = "of full scale", .min = 0, .max = 1});
    return f;
  }
};

/// Clipped to 0–1.
class Brightness : public Step {
 public:
  using Options = BrightnessOptions;
  Brightness(Options options, const Context&) : options_(std::move(options)) {}

  void apply(cv::Mat& image, base::Stream& stream) const override {
    const auto added = static_cast<float>(stream.uniform(-options_.delta, options_.delta));
    map_values(image, [added](float v) { return v + added; });
  }

 private:
  Options options_;
};

inline const registry::Register<Step, Brightness> kBrightness{"brightness", "a random amount added to every value"};

}  // namespace youden::augment

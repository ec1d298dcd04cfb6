#pragma once
#include <cmath>
#include <opencv2/core.hpp>
#include <utility>

#include "youden/augment/intensity.hpp"
#include "youden/augment/step.hpp"
#include "youden/base/error.hpp"
#include "youden/registry/registry.hpp"

namespace youden::augment {

struct GammaOptions {
  double low = 0.8;
  double high = 1.25;

  static const config::Fields<GammaOptions>& fields() {
    static const auto f = config::Fields<GammaOptions>()
                              .add(&GammaOptions::low, "low", "least exponent", {.min = 0.1, .max = 10})
                              .add(&GammaOptions::high, "high", "greatest exponent", {.min = 0.1, .max = 10});
    return f;
  }
};

/// The exponent is drawn evenly on a logarithmic scale, so that 0.8 and 1.25 are as likely.
class Gamma : public Step {
 public:
  using Options = GammaOptions;
  Gamma(Options options, const Context&) : options_(std::move(options)) {
    if (options_.low > options_.high) {
      throw base::ConfigError({"gamma: low is greater than high", "augment.steps.gamma", "swap the two"});
    }
  }

  void apply(cv::Mat& image, base::Stream& stream) const override {
    const auto exponent = static_cast<float>(std::exp(stream.uniform(std::log(options_.low), std::log(options_.high))));
    map_values(image, [exponent](float v) { return std::pow(v, exponent); });
  }

 private:
  Options options_;
};

inline const registry::Register<Step, Gamma> kGamma{"gamma", "a random tone curve, value^exponent"};

}  // namespace youden::augment

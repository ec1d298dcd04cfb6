#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "youden/registry/registry.hpp"
#include "youden/train/schedule.hpp"

namespace youden::train {

struct CosineOptions {
  double final = 0;

  static const config::Fields<CosineOptions>& fields() {
    static const auto f = config::Fields<CosineOptions>().add(
        &CosineOptions::final, "final", "share of the rate left at the end", {.min = 0, .max = 1});
    return f;
  }
};

/// Half a cosine from the full rate to `final` of it over the whole run (Loshchilov & Hutter 2017, eq. 5, one cycle).
class Cosine final : public Schedule {
 public:
  using Options = CosineOptions;
  Cosine(Options options, const ScheduleContext& context)
      : final_(options.final), steps_(std::max<std::int64_t>(1, context.steps_per_epoch * context.epochs)) {}
  [[nodiscard]] double rate(double base, std::int64_t step) const override {
    const double done = std::min(1.0, static_cast<double>(step) / static_cast<double>(steps_));
    return base * (final_ + (1 - final_) * 0.5 * (1 + std::cos(std::numbers::pi * done)));
  }

 private:
  double final_;
  std::int64_t steps_;
};

inline const registry::Register<Schedule, Cosine> kCosine{"cosine", "half a cosine down over the run"};

}  // namespace youden::train

#pragma once
#include <cmath>
#include <cstdint>

#include "youden/registry/registry.hpp"
#include "youden/train/schedule.hpp"

namespace youden::train {

struct StepOptions {
  int every = 10;
  double factor = 0.1;

  static const config::Fields<StepOptions>& fields() {
    static const auto f =
        config::Fields<StepOptions>()
            .add(&StepOptions::every, "every", "epochs between drops", {.unit = "epochs", .min = 1, .max = 100000})
            .add(&StepOptions::factor, "factor", "what the rate is multiplied by",
                 {.min = 0, .max = 1, .above_min = true});
    return f;
  }
};

class StepDecay final : public Schedule {
 public:
  using Options = StepOptions;
  StepDecay(Options options, const ScheduleContext& context)
      : options_(options), steps_per_epoch_(context.steps_per_epoch) {}
  [[nodiscard]] double rate(double base, std::int64_t step) const override {
    return base * std::pow(options_.factor, step / steps_per_epoch_ / options_.every);
  }

 private:
  Options options_;
  std::int64_t steps_per_epoch_;
};

inline const registry::Register<Schedule, StepDecay> kStepDecay{"step", "multiplied by a factor every few epochs"};

}  // namespace youden::train

#pragma once
#include <cstdint>
#include <memory>

#include "youden/registry/registry.hpp"
#include "youden/train/schedule.hpp"

namespace youden::train {

struct WarmupOptions {
  double epochs = 1;
  config::Component then = {"constant"};

  static const config::Fields<WarmupOptions>& fields() {
    static const auto f =
        config::Fields<WarmupOptions>()
            .add(&WarmupOptions::epochs, "epochs", "length of the rise", {.unit = "epochs", .min = 0, .max = 1000})
            .add(&WarmupOptions::then, "then", "the schedule that it rises to", {.kind = "schedule"});
    return f;
  }
};

/// Rises in a straight line from 1/n of the rate to what the inner schedule says after n steps.
class Warmup final : public Schedule {
 public:
  using Options = WarmupOptions;
  Warmup(const Options& options, const ScheduleContext& context)
      : steps_(static_cast<std::int64_t>(options.epochs * static_cast<double>(context.steps_per_epoch))),
        then_(registry::make<Schedule>(options.then, context)) {}
  [[nodiscard]] double rate(double base, std::int64_t step) const override {
    const double full = then_->rate(base, step);
    return step >= steps_ ? full : full * static_cast<double>(step + 1) / static_cast<double>(steps_);
  }

 private:
  std::int64_t steps_;
  std::unique_ptr<Schedule> then_;
};

inline const registry::Register<Schedule, Warmup> kWarmup{"warmup", "a linear rise, then another schedule"};

}  // namespace youden::train

#pragma once
#include <cstdint>

#include "youden/registry/registry.hpp"
#include "youden/train/schedule.hpp"

namespace youden::train {

struct InverseTimeOptions {
  double decay = 0;

  static const config::Fields<InverseTimeOptions>& fields() {
    static const auto f = config::Fields<InverseTimeOptions>().add(&InverseTimeOptions::decay, "decay", "decay a step",
                                                                   {.unit = "1/step", .min = 0});
    return f;
  }
};

/// lr / (1 + decay · step): what Keras' `decay` argument does, a step and not an epoch at a time.
class InverseTime final : public Schedule {
 public:
  using Options = InverseTimeOptions;
  InverseTime(Options options, const ScheduleContext& /*unused*/) : decay_(options.decay) {}
  [[nodiscard]] double rate(double base, std::int64_t step) const override {
    return base / (1 + decay_ * static_cast<double>(step));
  }

 private:
  double decay_;
};

inline const registry::Register<Schedule, InverseTime> kInverseTime{"inverse_time",
                                                                    "lr / (1 + decay · step), as Keras"};

}  // namespace youden::train

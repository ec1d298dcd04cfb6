#pragma once
#include <algorithm>
#include <cstdint>

#include "youden/registry/registry.hpp"
#include "youden/train/schedule.hpp"

/// What YAML can set: `train: { schedule: { type: my_schedule, final: 0.1 } }`.
struct MyScheduleOptions {
  double final = 0.1;

  static const youden::config::Fields<MyScheduleOptions>& fields() {
    static const auto f = youden::config::Fields<MyScheduleOptions>().add(
        &MyScheduleOptions::final, "final", "share of the rate that is left at the end", {.min = 0, .max = 1});
    return f;
  }
};

/// To fill in: the learning rate as a pure function of the step. As it stands: a straight line from train.lr to `final`
/// of it.
class MySchedule final : public youden::train::Schedule {
 public:
  using Options = MyScheduleOptions;
  MySchedule(const Options& options, const Context& context)
      : options_(options), steps_(std::max<std::int64_t>(1, context.steps_per_epoch * context.epochs)) {}

  /// `base`: train.lr; `step`: optimizer steps done so far, from 0.
  [[nodiscard]] double rate(double base, std::int64_t step) const override {
    const double done = std::min(1.0, static_cast<double>(step) / static_cast<double>(steps_));
    return base * (1 - done * (1 - options_.final));
  }

 private:
  Options options_;
  std::int64_t steps_;
};

inline const youden::registry::Register<youden::train::Schedule, MySchedule> kMySchedule{
    "my_schedule", "what `youden components schedule` says of it"};

#pragma once
#include <cstdint>

#include "youden/config/fields.hpp"

namespace youden::train {

struct ScheduleContext {
  std::int64_t steps_per_epoch = 1;
  std::int64_t epochs = 1;
};

/// The learning rate as a pure function of the step.
class Schedule {
 public:
  static constexpr const char* kKind = "schedule";
  using Common = config::NoOptions;
  using Context = ScheduleContext;

  virtual ~Schedule() = default;
  /// `base`: train.lr; `step`: optimizer steps done so far, from 0.
  [[nodiscard]] virtual double rate(double base, std::int64_t step) const = 0;
};

}  // namespace youden::train

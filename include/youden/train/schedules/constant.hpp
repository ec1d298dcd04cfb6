#pragma once
#include <cstdint>

#include "youden/registry/registry.hpp"
#include "youden/train/schedule.hpp"

namespace youden::train {

class Constant final : public Schedule {
 public:
  using Options = config::NoOptions;
  Constant(Options /*none*/, const ScheduleContext& /*unused*/) {}
  [[nodiscard]] double rate(double base, std::int64_t /*step*/) const override { return base; }
};

inline const registry::Register<Schedule, Constant> kConstant{"constant", "the same rate throughout"};

}  // namespace youden::train

#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

#include "youden/train/feature_source.hpp"
#include "youden/train/history.hpp"

namespace youden::run {

namespace detail {

inline std::optional<double> history_value(const train::History& history, const std::string& part,
                                           const std::string& metric) {
  for (const train::HistoryValue& h : history) {
    if (h.part == part && h.metric == metric) return h.value;
  }
  return {};
}

}  // namespace detail

/// `val loss 0.3612  val accuracy 0.856`, or nothing where no part is drawn beside train.
inline std::string curve_text(const train::History& history, const std::string& part) {
  const auto loss = detail::history_value(history, part, "loss");
  const auto accuracy = detail::history_value(history, part, "accuracy");
  if (!loss || !accuracy) return {};
  return fmt::format("{0} loss {1:.4f}  {0} accuracy {2:.3f}", part, *loss, *accuracy);
}

/// `40 of 50 features cached`; nothing where none was.
inline std::string cached_text(const train::FeatureCount& before, const train::FeatureCount& now) {
  const std::int64_t cached = now.cached - before.cached;
  const std::int64_t all = cached + now.computed - before.computed;
  return cached == 0 ? std::string() : fmt::format("{} of {} features cached", cached, all);
}

/// The line that an epoch leaves on the screen.
inline std::string epoch_line(const std::string& label, const train::History& history, const std::string& curve,
                              double seconds, const std::string& cached) {
  const std::string part = detail::history_value(history, "refit", "loss") ? "refit" : "train";
  const auto of_train = [&](const char* metric) { return detail::history_value(history, part, metric).value_or(0); };
  const auto l2 = detail::history_value(history, part, "l2");
  const std::string how = l2 ? fmt::format("l2 {:.4g}", *l2) : fmt::format("lr {:.2e}", of_train("lr"));
  return fmt::format("{}  loss {:.4f}  accuracy {:.3f}{}{}  {}  {:.1f} s{}{}", label, of_train("loss"),
                     of_train("accuracy"), curve.empty() ? "" : "  ", curve, how, seconds, cached.empty() ? "" : "  ",
                     cached);
}

}  // namespace youden::run

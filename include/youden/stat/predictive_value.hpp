#pragma once
#include <optional>
#include <span>
#include <string>

#include "youden/base/error.hpp"
#include "youden/stat/confusion.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/rates.hpp"

namespace youden::stat {

namespace detail {

/// P(condition | call) by Bayes: `right` of those with it are called so, as are 1 − `other_right` of those without.
inline std::optional<double> bayes(double right, double other_right, double prevalence) {
  const double called = right * prevalence + (1 - other_right) * (1 - prevalence);
  if (!(called > 0)) return {};
  return right * prevalence / called;
}

inline Estimate at_prevalence(const Estimate& right, const Estimate& other_right, double prevalence) {
  Estimate e{.level = right.level, .n = right.n + other_right.n};
  if (!right.value || !other_right.value) return e;
  e.value = bayes(*right.value, *other_right.value, prevalence);
  if (!e.value) return e;
  // A predictive value rises with sensitivity and with specificity, so its limits are those of the limits.
  e.low = bayes(*right.low, *other_right.low, prevalence);
  e.high = bayes(*right.high, *other_right.high, prevalence);
  e.method = "bayes-" + (right.method == other_right.method ? right.method : "korn-graubard");
  return e;
}

inline void require_prevalence(double prevalence) {
  if (prevalence > 0 && prevalence < 1) return;
  throw base::ConfigError({"prevalence " + std::to_string(prevalence) + " is not between 0 and 1",
                           {},
                           "write it as a fraction, for example 0.05 for 5 %"});
}

}  // namespace detail

/// PPV where `prevalence` of the people have the condition, whatever the share in the sample.
inline Estimate ppv_at(double prevalence, const BinaryCounts& c, double level = 0.95) {
  detail::require_prevalence(prevalence);
  return detail::at_prevalence(sensitivity(c, level), specificity(c, level), prevalence);
}
inline Estimate npv_at(double prevalence, const BinaryCounts& c, double level = 0.95) {
  detail::require_prevalence(prevalence);
  return detail::at_prevalence(specificity(c, level), sensitivity(c, level), 1 - prevalence);
}
/// From the limits by patient.
inline Estimate ppv_at(double prevalence, std::span<const BinaryCounts> patients, double level = 0.95) {
  detail::require_prevalence(prevalence);
  return detail::at_prevalence(proportion(kSensitivityRate, patients, level),
                               proportion(kSpecificityRate, patients, level), prevalence);
}
inline Estimate npv_at(double prevalence, std::span<const BinaryCounts> patients, double level = 0.95) {
  detail::require_prevalence(prevalence);
  return detail::at_prevalence(proportion(kSpecificityRate, patients, level),
                               proportion(kSensitivityRate, patients, level), 1 - prevalence);
}

}  // namespace youden::stat

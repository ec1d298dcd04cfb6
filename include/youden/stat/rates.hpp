#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "youden/stat/clustered_proportion.hpp"
#include "youden/stat/confusion.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/proportion.hpp"

namespace youden::stat {

/// A share that is made of the four counts.
struct Rate {
  Share (*of)(const BinaryCounts&);
};
inline constexpr Rate kSensitivityRate{[](const BinaryCounts& c) { return Share{c.tp, c.positives()}; }};
inline constexpr Rate kSpecificityRate{[](const BinaryCounts& c) { return Share{c.tn, c.negatives()}; }};
/// Positive predictive value (precision) at the prevalence of the sample itself.
inline constexpr Rate kPpvRate{[](const BinaryCounts& c) { return Share{c.tp, c.tp + c.fp}; }};
inline constexpr Rate kNpvRate{[](const BinaryCounts& c) { return Share{c.tn, c.tn + c.fn}; }};
inline constexpr Rate kAccuracyRate{[](const BinaryCounts& c) { return Share{c.tp + c.tn, c.total()}; }};

inline std::vector<Share> shares(Rate rate, std::span<const BinaryCounts> patients) {
  std::vector<Share> out;
  out.reserve(patients.size());
  for (const BinaryCounts& c : patients) out.push_back(rate.of(c));
  return out;
}

/// Of independent samples.
inline Estimate proportion(Rate rate, const BinaryCounts& c, double level = 0.95,
                           ProportionMethod method = ProportionMethod::clopper_pearson) {
  const Share share = rate.of(c);
  return proportion(share.hits, share.members, level, method);
}
/// Of samples counted by patient.
inline Estimate proportion(Rate rate, std::span<const BinaryCounts> patients, double level = 0.95,
                           ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(shares(rate, patients), level, method);
}

inline Estimate sensitivity(const BinaryCounts& c, double level = 0.95,
                            ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(kSensitivityRate, c, level, method);
}
inline Estimate specificity(const BinaryCounts& c, double level = 0.95,
                            ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(kSpecificityRate, c, level, method);
}
inline Estimate ppv(const BinaryCounts& c, double level = 0.95,
                    ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(kPpvRate, c, level, method);
}
inline Estimate npv(const BinaryCounts& c, double level = 0.95,
                    ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(kNpvRate, c, level, method);
}
inline Estimate accuracy(const BinaryCounts& c, double level = 0.95,
                         ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(kAccuracyRate, c, level, method);
}
inline Estimate accuracy(const ConfusionMatrix& m, double level = 0.95,
                         ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(m.correct(), m.total(), level, method);
}

/// F1 = 2 TP / (2 TP + FP + FN); undefined where nothing is positive and nothing was called so.
inline Estimate f1(const BinaryCounts& c) {
  Estimate e{.n = c.total()};
  const std::int64_t denominator = 2 * c.tp + c.fp + c.fn;
  if (denominator > 0) e.value = 2.0 * static_cast<double>(c.tp) / static_cast<double>(denominator);
  return e;
}

}  // namespace youden::stat

#pragma once
#include <cstdint>

#include "youden/metric/confusion.hpp"
#include "youden/metric/estimate.hpp"
#include "youden/metric/proportion.hpp"

namespace youden::metric {

inline Estimate sensitivity(const BinaryCounts& c, double level = 0.95,
                            ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(c.tp, c.positives(), level, method);
}
inline Estimate specificity(const BinaryCounts& c, double level = 0.95,
                            ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(c.tn, c.negatives(), level, method);
}
/// Positive predictive value (precision) at the prevalence of the sample itself.
inline Estimate ppv(const BinaryCounts& c, double level = 0.95,
                    ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(c.tp, c.tp + c.fp, level, method);
}
inline Estimate npv(const BinaryCounts& c, double level = 0.95,
                    ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(c.tn, c.tn + c.fn, level, method);
}
inline Estimate accuracy(const BinaryCounts& c, double level = 0.95,
                         ProportionMethod method = ProportionMethod::clopper_pearson) {
  return proportion(c.tp + c.tn, c.total(), level, method);
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

}  // namespace youden::metric

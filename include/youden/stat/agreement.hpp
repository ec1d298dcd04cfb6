#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "youden/stat/confusion.hpp"
#include "youden/stat/estimate.hpp"

namespace youden::stat {

namespace detail {

/// Sums over classes that both coefficients are made of. Exact in double up to 9e7 samples.
struct Margins {
  double correct = 0;
  double total = 0;
  double support_predicted = 0;  ///< Σ support(c) · predicted(c)
  double support_squared = 0;
  double predicted_squared = 0;

  void add(std::int64_t support, std::int64_t predicted) {
    const auto s = static_cast<double>(support);
    const auto p = static_cast<double>(predicted);
    total += s;
    support_predicted += s * p;
    support_squared += s * s;
    predicted_squared += p * p;
  }
};

inline Margins margins(const ConfusionMatrix& m) {
  Margins sums{.correct = static_cast<double>(m.correct())};
  for (std::size_t c = 0; c < m.classes(); ++c) sums.add(m.support(c), m.predicted(c));
  return sums;
}
inline Margins margins(const BinaryCounts& c) {
  Margins sums{.correct = static_cast<double>(c.tp + c.tn)};
  sums.add(c.positives(), c.tp + c.fp);
  sums.add(c.negatives(), c.tn + c.fn);
  return sums;
}

inline Estimate mcc(const Margins& s) {
  Estimate e{.n = static_cast<std::int64_t>(s.total)};
  const double square = s.total * s.total;
  const double denominator = std::sqrt(square - s.predicted_squared) * std::sqrt(square - s.support_squared);
  if (denominator > 0) e.value = (s.correct * s.total - s.support_predicted) / denominator;
  return e;
}
inline Estimate kappa(const Margins& s) {
  Estimate e{.n = static_cast<std::int64_t>(s.total)};
  const double denominator = s.total * s.total - s.support_predicted;
  if (denominator > 0) e.value = (s.correct * s.total - s.support_predicted) / denominator;
  return e;
}

}  // namespace detail

/// Matthews correlation; for K classes Gorodkin's R_K (2004, doi:10.1016/j.compbiolchem.2004.09.006). Undefined where
/// truth or prediction has one class only.
inline Estimate mcc(const BinaryCounts& c) { return detail::mcc(detail::margins(c)); }
inline Estimate mcc(const ConfusionMatrix& m) { return detail::mcc(detail::margins(m)); }

/// Cohen's κ, unweighted (Cohen 1960, doi:10.1177/001316446002000104). Undefined where chance agreement is 1.
inline Estimate kappa(const BinaryCounts& c) { return detail::kappa(detail::margins(c)); }
inline Estimate kappa(const ConfusionMatrix& m) { return detail::kappa(detail::margins(m)); }

}  // namespace youden::stat

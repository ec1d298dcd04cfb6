#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "youden/stat/input.hpp"

namespace youden::stat {

namespace detail {

/// ln p; what underflowed counts as the least double.
inline double log_probability(double p) { return std::log(std::max(p, std::numeric_limits<double>::min())); }

}  // namespace detail

/// One temperature for all samples: softmax(logits / T). Logits are taken as ln p, which differ from the network's own
/// by a constant a sample that the softmax does not see. `probability`: row-major, samples × classes; changed in place.
inline void apply_temperature(std::span<double> probability, std::size_t classes, double temperature) {
  if (temperature == 1) return;
  for (std::size_t row = 0; row + classes <= probability.size(); row += classes) {
    const auto p = probability.subspan(row, classes);
    double most = -std::numeric_limits<double>::infinity();
    for (double& v : p) {
      v = detail::log_probability(v) / temperature;
      most = std::max(most, v);
    }
    double sum = 0;
    for (double& v : p) sum += v = std::exp(v - most);
    for (double& v : p) v /= sum;
  }
}

/// The T that minimises the negative log-likelihood (Guo et al. 2017, arXiv:1706.04599). With β = 1/T it is convex in
/// β, so Newton's method, kept inside the bracket by bisection, finds its only minimum. Nothing where no T between 0.01
/// and 100 does: the classes are told apart without error, or the scores know nothing.
inline std::optional<double> fit_temperature(std::span<const int> truth, std::span<const double> probability,
                                             std::size_t classes) {
  require_same_length(truth.size() * classes, probability.size(), "probabilities");
  require_finite(probability);
  std::vector<double> z;
  z.reserve(probability.size());
  for (const double p : probability) z.push_back(detail::log_probability(p));
  // First and second derivative by β: Σ (E z − z_truth), Σ Var z under softmax(β z).
  const auto derivatives = [&](double beta) {
    double first = 0;
    double second = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const auto row = std::span(z).subspan(i * classes, classes);
      const double most = *std::max_element(row.begin(), row.end());
      double sum = 0;
      double mean = 0;
      double square = 0;
      for (const double v : row) {
        const double d = v - most;  // relative to the largest, so that nothing overflows or cancels
        const double w = std::exp(beta * d);
        sum += w;
        mean += w * d;
        square += w * d * d;
      }
      mean /= sum;
      first += mean - (row[static_cast<std::size_t>(truth[i])] - most);
      second += square / sum - mean * mean;
    }
    return std::pair(first, second);
  };
  double low = 0.01;
  double high = 100;
  if (truth.empty() || derivatives(low).first >= 0 || derivatives(high).first <= 0) return {};
  double beta = 1;
  for (int step = 0; step < 200; ++step) {
    const auto [first, second] = derivatives(beta);
    if (first == 0) break;
    (first < 0 ? low : high) = beta;
    double next = beta - first / second;
    if (!(next > low && next < high)) next = (low + high) / 2;
    const bool done = std::abs(next - beta) <= 1e-15 * beta || high - low <= 1e-15 * high;
    beta = next;
    if (done) break;
  }
  return 1 / beta;
}

}  // namespace youden::stat

#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace youden::data {

/// How many samples of each label each share should get: [share][label], whole numbers that sum to `samples[label]`
/// (largest remainder), at least 1 wherever the fraction is above 0. Each label has as many samples as such shares.
inline std::vector<std::vector<double>> whole_shares(const std::vector<std::size_t>& samples,
                                                     const std::vector<double>& fractions) {
  const auto wanted =
      static_cast<std::size_t>(std::count_if(fractions.begin(), fractions.end(), [](double f) { return f > 0; }));
  std::vector<std::vector<double>> targets(fractions.size(), std::vector<double>(samples.size()));
  std::vector<double> surplus(fractions.size());  // over the exact share, of the labels so far
  for (std::size_t l = 0; l < samples.size(); ++l) {
    const auto all = static_cast<double>(samples[l]);
    double left = all;
    std::vector<std::pair<double, std::size_t>> rests;
    for (std::size_t p = 0; p < fractions.size(); ++p) {
      if (fractions[p] <= 0) continue;
      const double exact = fractions[p] * all;
      targets[p][l] = std::max(1.0, std::floor(exact + 1e-9));
      left -= targets[p][l];
      rests.emplace_back(exact - targets[p][l], p);
    }
    // Among equal remainders the share that has had least, so that one fold does not get the odd film of every label.
    std::stable_sort(rests.begin(), rests.end(), [&](const auto& a, const auto& b) {
      const double apart = a.first - b.first;
      return std::abs(apart) > 1e-9 ? apart > 0 : surplus[a.second] < surplus[b.second] - 1e-9;
    });
    for (std::size_t r = 0; left > 0; r = (r + 1) % wanted, --left) ++targets[rests[r].second][l];
    for (; left < 0; ++left) {  // the minimum of 1 took too many: give back from the largest
      const auto largest =
          std::max_element(targets.begin(), targets.end(), [&](const auto& a, const auto& b) { return a[l] < b[l]; });
      --(*largest)[l];
    }
    for (std::size_t p = 0; p < fractions.size(); ++p) surplus[p] += targets[p][l] - fractions[p] * all;
  }
  return targets;
}

}  // namespace youden::data

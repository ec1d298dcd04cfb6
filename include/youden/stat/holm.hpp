#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace youden::stat {

/// p values adjusted for all of them being looked at (Holm 1979): the i-th smallest times m − i + 1, made monotone, at
/// most 1. What is undefined stays so and does not count.
inline std::vector<std::optional<double>> holm(std::span<const std::optional<double>> p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i]) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return *p[a] < *p[b]; });
  std::vector<std::optional<double>> out(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - rank) * *p[order[rank]]));
    out[order[rank]] = largest;
  }
  return out;
}

}  // namespace youden::stat

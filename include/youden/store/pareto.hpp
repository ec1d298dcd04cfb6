#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace youden::store {

/// One point: a value an objective. Empty: it has none, so that it is nobody's equal.
using Scores = std::vector<std::optional<double>>;

/// Whether `a` is nowhere worse than `b` and somewhere better.
inline bool dominates(const Scores& a, const Scores& b, const std::vector<bool>& maximised) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double sign = maximised[i] ? 1 : -1;
    if (sign * *a[i] < sign * *b[i]) return false;
    better = better || *a[i] != *b[i];
  }
  return better;
}

/// Whether each point is on the front: no other is better in one objective and as good in all.
inline std::vector<bool> pareto_front(const std::vector<Scores>& points, const std::vector<bool>& maximised) {
  const auto complete = [](const Scores& s) {
    return std::all_of(s.begin(), s.end(), [](const auto& v) { return v.has_value(); });
  };
  std::vector<bool> front;
  for (const Scores& p : points) {
    front.push_back(complete(p) && std::none_of(points.begin(), points.end(), [&](const Scores& q) {
                      return complete(q) && dominates(q, p, maximised);
                    }));
  }
  return front;
}

}  // namespace youden::store

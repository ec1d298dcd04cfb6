#pragma once
#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace youden::sample {

/// What a configuration left out as lines, most first: "12 for label 'todo'", "3 for view 'L'". Labels may be free
/// text, so the rest beyond a dozen is one line.
inline std::vector<std::string> exclusion_lines(const std::map<std::string, std::size_t>& excluded) {
  constexpr std::size_t kMost = 12;
  std::vector<std::pair<std::string, std::size_t>> order(excluded.begin(), excluded.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> out;
  const std::size_t shown = order.size() <= kMost ? order.size() : kMost - 1;
  for (std::size_t i = 0; i < shown; ++i) out.push_back(std::to_string(order[i].second) + " for " + order[i].first);
  std::size_t rest = 0;
  for (std::size_t i = shown; i < order.size(); ++i) rest += order[i].second;
  if (rest > 0) out.push_back(std::to_string(rest) + " for " + std::to_string(order.size() - shown) + " other reasons");
  return out;
}

}  // namespace youden::sample

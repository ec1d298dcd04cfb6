#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace youden::stat {

/// Patients as numbers from 0, in order of first appearance; an unknown one (empty) is a patient of its own. Empty
/// where no patient is known: samples are then taken as independent.
inline std::vector<std::uint32_t> number_groups(std::span<const std::string> patient) {
  if (std::all_of(patient.begin(), patient.end(), [](const std::string& p) { return p.empty(); })) return {};
  std::unordered_map<std::string_view, std::uint32_t> known;
  std::vector<std::uint32_t> out;
  out.reserve(patient.size());
  std::uint32_t next = 0;
  for (const std::string& p : patient) {
    if (p.empty()) {
      out.push_back(next++);
      continue;
    }
    const auto [it, fresh] = known.try_emplace(p, next);
    if (fresh) ++next;
    out.push_back(it->second);
  }
  return out;
}

/// How many different groups there are among the samples that `member(i)` takes.
template <class Member>
std::size_t count_groups(std::span<const std::uint32_t> group, Member member) {
  std::vector<std::uint32_t> seen;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (member(i)) seen.push_back(group[i]);
  }
  std::sort(seen.begin(), seen.end());
  return static_cast<std::size_t>(std::unique(seen.begin(), seen.end()) - seen.begin());
}

/// Whether any group holds several samples; false for no groups.
inline bool clustered(std::span<const std::uint32_t> group) {
  return count_groups(group, [](std::size_t) { return true; }) < group.size();
}

}  // namespace youden::stat

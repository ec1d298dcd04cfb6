#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/subject.hpp"
#include "youden/sample/part.hpp"

namespace youden::audit {

namespace detail {

/// `a.png and b.png (train and test)`: what a person looks up.
inline std::string place_of(const Subject& s, const std::vector<std::size_t>& members) {
  std::string out = s.samples()[members[0]].id + " and " + s.samples()[members[1]].id;
  if (const auto parts = s.torn(members)) {
    out += fmt::format(" ({} and {})", sample::name_of(parts->first), sample::name_of(parts->second));
  } else if (s.mixed_labels(members)) {
    out += fmt::format(" ({} and {})", s.label(members[0]), s.label(members[1]));
  }
  return out;
}

inline config::Json ids_of(const Subject& s, const std::vector<std::size_t>& members) {
  config::Json ids = config::Json::array();
  for (const std::size_t i : members) {
    if (ids.size() < kExamples) ids.push_back(s.samples()[i].id);
  }
  return ids;
}

/// Severity, counts and sentence of groups of films that are the same one. `what`: "exact" …
inline void judge_copies(Finding& f, const Subject& s, const std::vector<std::vector<std::size_t>>& groups,
                         const std::string& what) {
  std::size_t copies = 0;
  std::size_t across = 0;
  std::size_t mixed = 0;
  const std::vector<std::size_t>* worst = nullptr;
  for (const auto& group : groups) {
    copies += group.size() - 1;
    const bool torn = s.torn(group).has_value();
    const bool differ = s.mixed_labels(group);
    across += torn ? 1 : 0;
    mixed += differ ? 1 : 0;
    if (worst == nullptr || ((torn || differ) && f.severity != Severity::fail)) worst = &group;
    if (torn || differ) f.severity = Severity::fail;
  }
  if (!groups.empty() && f.severity == Severity::pass) f.severity = Severity::warn;
  f.value = static_cast<double>(copies);
  f.evidence["groups"] = groups.size();
  f.evidence["across_parts"] = across;
  f.evidence["different_labels"] = mixed;
  if (groups.empty()) {
    f.text = fmt::format("no {} copies among {} films", what, s.samples().size());
    return;
  }
  f.text = fmt::format("{} {} cop{} of another film", copies, what, copies == 1 ? "y" : "ies");
  if (across > 0) f.text += fmt::format(", {} across parts", across);
  if (mixed > 0) f.text += fmt::format(", {} with different labels", mixed);
  f.text += ": " + place_of(s, *worst);
}

}  // namespace detail

/// Films whose files, or whose decoded pixels where they were decoded, are the same to the bit.
inline Finding exact_duplicates(const Subject& s) {
  Finding f{.rule = "exact-duplicates", .text = {}};
  std::map<std::string, std::vector<std::size_t>> by_content;
  for (std::size_t i = 0; i < s.samples().size(); ++i) {
    const std::string& own = s.pixels.empty() || s.pixels[i].empty() ? s.samples()[i].sha256 : s.pixels[i];
    by_content[own].push_back(i);
  }
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [hash, members] : by_content) {
    if (members.size() > 1) groups.push_back(std::move(members));
  }
  std::sort(groups.begin(), groups.end());
  f.evidence["compared"] = s.pixels.empty() ? "files" : "pixels";
  f.evidence["examples"] = config::Json::array();
  for (const auto& group : groups) {
    if (f.evidence["examples"].size() >= kExamples) break;
    f.evidence["examples"].push_back({{"films", detail::ids_of(s, group)}});
  }
  detail::judge_copies(f, s, groups, "exact");
  if (s.pixels.empty() && groups.empty()) {
    f.text = fmt::format("no two of {} files are the same; the same film saved anew is found by youden audit",
                         s.samples().size());
  }
  return f;
}

}  // namespace youden::audit

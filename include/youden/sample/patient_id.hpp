#pragma once
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "youden/base/text.hpp"

namespace youden::sample {

/// Whether a cell says that nothing is known: what spreadsheets, R and pandas write for it.
inline bool says_nothing(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kWords{"",     "nan",  "na",      "n/a",       "#n/a", "none",
                                                           "null", "<na>", "unknown", "not known", "?",    "-"};
  return base::any_same(kWords, text);
}

/// How a patient's id reads whatever program wrote it: `12`, `12.0`, `012` and ` 12 ` are one, so are `P7` and `p7`.
inline std::string plain_id(std::string_view id) {
  std::string out = base::lower(base::trim(id));
  const auto all_digits = [](std::string_view t) {
    return !t.empty() && std::all_of(t.begin(), t.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  if (const auto dot = out.find('.'); dot != std::string::npos && dot > 0 && dot + 1 < out.size() &&
                                      out.find_first_not_of('0', dot + 1) == std::string::npos &&
                                      all_digits(std::string_view(out).substr(0, dot))) {
    out.erase(dot);
  }
  if (all_digits(out)) out.erase(0, std::min(out.find_first_not_of('0'), out.size() - 1));
  return out;
}

/// Ids that are written in several ways, by how they read: `12` -> {`12`, `12.0`}.
template <class Range>
std::map<std::string, std::set<std::string>> spelt_several_ways(const Range& ids) {
  std::map<std::string, std::set<std::string>> out;
  for (const std::string& id : ids) {
    if (!id.empty()) out[plain_id(id)].insert(id);
  }
  std::erase_if(out, [](const auto& entry) { return entry.second.size() < 2; });
  return out;
}

/// `12 patients may be written in several ways, for example '12' and '12.0'`; "" where none is.
template <class Range>
std::string spelling_note(const Range& ids) {
  const auto several = spelt_several_ways(ids);
  if (several.empty()) return {};
  std::string names;
  for (const std::string& id : several.begin()->second)
    names += (names.empty() ? "'" : " and '") + base::excerpt(id) + "'";
  return std::to_string(several.size()) + (several.size() == 1 ? " patient" : " patients") +
         " may be written in several ways, for example " + names + ", and count as different ones";
}

}  // namespace youden::sample

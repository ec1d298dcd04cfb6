#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/subject.hpp"
#include "youden/base/text.hpp"
#include "youden/sample/part.hpp"
#include "youden/sample/patient_id.hpp"

namespace youden::audit {

/// Patient ids that are not what they seem: one patient written in several ways (`12` and `12.0`, `007` and `7`, `P1`
/// and `p1`), which fails where the ways lie in two parts; an id that looks like a placeholder; one id with most films;
/// two ids in all, which is a study arm or the like and no patient.
inline Finding odd_ids(const Subject& s) {
  Finding f{.rule = "patient-ids", .text = {}};
  std::map<std::string, std::vector<std::size_t>> films;                                    // by id as written
  std::map<std::string, std::pair<std::set<std::string>, std::vector<std::size_t>>> plain;  // by how it reads
  for (std::size_t i = 0; i < s.samples().size(); ++i) {
    const std::string& id = s.samples()[i].patient;
    if (id.empty()) continue;
    films[id].push_back(i);
    auto& [ways, members] = plain[sample::plain_id(id)];
    ways.insert(id);
    members.push_back(i);
  }
  f.evidence = {{"patients", films.size()}, {"written_several_ways", 0}, {"in_two_parts", 0}};
  std::vector<std::string> said;
  std::size_t several = 0;
  std::size_t torn = 0;
  config::Json examples = config::Json::array();
  for (const auto& [reads, entry] : plain) {
    const auto& [ways, members] = entry;
    if (ways.size() < 2) continue;
    ++several;
    const auto parts = s.torn(members);
    torn += parts ? 1 : 0;
    if (examples.size() >= kExamples) continue;
    config::Json ids = config::Json::array();
    for (const std::size_t i : members) {
      if (ids.size() < kExamples) ids.push_back(s.samples()[i].id);
    }
    config::Json example{{"patient", base::join(ways, " = ")}, {"films", ids}};
    if (parts) example["parts"] = {sample::name_of(parts->first), sample::name_of(parts->second)};
    // Those that lie in two parts come first.
    if (parts) {
      examples.insert(examples.begin(), example);
    } else {
      examples.push_back(example);
    }
  }
  if (several > 0) {
    said.push_back(fmt::format("{} of {} patients seem to be written in several ways, for example {}{}", several,
                               plain.size(), examples.front()["patient"].get<std::string>(),
                               torn > 0 ? fmt::format("; {} of them lie in two parts", torn) : ""));
    f.evidence["examples"] = examples;
  }
  static constexpr std::array<std::string_view, 6> kPlaceholders{"0", "-1", "99", "999", "9999", "xxx"};
  const std::size_t known = [&] {
    std::size_t n = 0;
    for (const auto& [id, members] : films) n += members.size();
    return n;
  }();
  for (const auto& [id, members] : films) {
    constexpr std::size_t kMany = 10;
    const bool most = films.size() > 2 && members.size() >= kMany && 2 * members.size() > known;
    if (most) {
      said.push_back(fmt::format("{} of {} films are said to be of one patient, '{}'", members.size(), known, id));
    } else if (members.size() > 2 && base::any_same(kPlaceholders, id)) {
      said.push_back(fmt::format("'{}', the patient of {} films, may be a placeholder", id, members.size()));
    }
  }
  constexpr std::size_t kFilms = 20;
  if (films.size() == 2 && known >= kFilms) {
    said.push_back(fmt::format("{} films are of two patients: a study arm, or another column of two values?", known));
  }
  f.value = static_cast<double>(torn);
  f.evidence["written_several_ways"] = several;
  f.evidence["in_two_parts"] = torn;
  f.severity = torn > 0 ? Severity::fail : said.empty() ? Severity::pass : Severity::warn;
  f.text = said.empty() ? films.empty() ? "there are no ids"
                                        : fmt::format("the ids of {} patients are written alike", films.size())
                        : base::join(said, "; ");
  return f;
}

}  // namespace youden::audit

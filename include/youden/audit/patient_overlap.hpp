#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/subject.hpp"
#include "youden/sample/part.hpp"

namespace youden::audit {

/// Patients with films in more than one part of a fold. What is not known is not made up: films without a patient are
/// counted as unverifiable.
inline Finding patient_overlap(const Subject& s) {
  Finding f{.rule = "patient-overlap", .text = {}};
  std::map<std::string, std::vector<std::size_t>> films;
  std::size_t nameless = 0;
  const std::vector<std::string> patients = s.manifest.patients();
  for (std::size_t i = 0; i < s.samples().size(); ++i) {
    const std::string& patient = patients[i];
    if (patient.empty()) {
      ++nameless;
    } else {
      films[patient].push_back(i);
    }
  }
  f.evidence = {{"patients", films.size()}, {"without_patient", nameless}, {"overlapping", 0}};
  if (films.empty()) {
    f.severity = Severity::warn;
    f.evidence["unverifiable"] = true;
    f.evidence["overlapping"] = nullptr;
    f.text =
        "unverifiable: the dataset names no patients, so films of one patient may stand on both sides of the split";
    return f;
  }
  std::size_t overlapping = 0;
  std::size_t films_of_those = 0;
  config::Json examples = config::Json::array();
  for (const auto& [patient, members] : films) {
    const auto parts = s.torn(members);
    if (!parts) continue;
    ++overlapping;
    films_of_those += members.size();
    if (examples.size() >= kExamples) continue;
    config::Json ids = config::Json::array();
    for (const std::size_t i : members) {
      if (ids.size() < kExamples) ids.push_back(s.samples()[i].id);
    }
    examples.push_back({{"patient", patient},
                        {"parts", {sample::name_of(parts->first), sample::name_of(parts->second)}},
                        {"films", ids}});
  }
  f.value = static_cast<double>(overlapping);
  f.evidence["overlapping"] = overlapping;
  if (overlapping > 0) {
    f.severity = Severity::fail;
    f.evidence["films"] = films_of_those;
    f.evidence["examples"] = examples;
    const auto& first = examples.front();
    f.text = fmt::format("{} of {} patients have films in more than one part, for example {} in {} and {}", overlapping,
                         films.size(), first["patient"].get<std::string>(), first["parts"][0].get<std::string>(),
                         first["parts"][1].get<std::string>());
  } else if (nameless > 0) {
    f.severity = Severity::warn;
    f.text = fmt::format("no known patient is in two parts, but {} of {} films name no patient: unverifiable for them",
                         nameless, s.samples().size());
  } else {
    f.text = fmt::format("none of {} patients is in two parts", films.size());
  }
  return f;
}

}  // namespace youden::audit

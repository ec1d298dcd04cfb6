#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/text.hpp"
#include "youden/sample/manifest.hpp"
#include "youden/sample/patient_id.hpp"

namespace youden::data {

/// Ids that say nothing are no patient's; that, ids written in several ways and ids of several sources are noted.
inline void know_patients(sample::Manifest& manifest) {
  std::map<std::string, std::size_t> unknown;
  std::vector<std::string> ids;
  for (sample::Sample& s : manifest.samples) {
    if (!s.patient.empty() && sample::says_nothing(s.patient)) {
      ++unknown[s.patient];
      s.patient.clear();
    }
    ids.push_back(s.patient);
  }
  for (const auto& [word, n] : unknown) {
    manifest.notes.push_back(std::to_string(n) + (n == 1 ? " film has" : " films have") + " the patient '" +
                             base::excerpt(word) + "': unknown, each a patient of its own");
  }
  if (auto note = sample::spelling_note(ids); !note.empty()) manifest.notes.push_back(std::move(note));
  const std::vector<std::string> names = manifest.patients();
  std::set<std::string> several;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != ids[i]) several.insert(ids[i]);
  }
  if (!several.empty()) {
    manifest.notes.push_back(std::to_string(several.size()) + (several.size() == 1 ? " patient id" : " patient ids") +
                             ", for example '" + base::excerpt(*several.begin()) +
                             "', stand in several sources and count as another patient in each");
  }
}

}  // namespace youden::data

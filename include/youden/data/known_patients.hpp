#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/patient_id.hpp"
#include "youden/base/text.hpp"
#include "youden/data/manifest.hpp"

namespace youden::data {

/// Ids that say nothing are no patient's; that, and ids written in several ways, is noted.
inline void know_patients(Manifest& manifest) {
  std::map<std::string, std::size_t> unknown;
  std::vector<std::string> ids;
  for (Sample& s : manifest.samples) {
    if (!s.group.empty() && base::says_nothing(s.group)) {
      ++unknown[s.group];
      s.group.clear();
    }
    ids.push_back(s.group);
  }
  for (const auto& [word, n] : unknown) {
    manifest.notes.push_back(std::to_string(n) + (n == 1 ? " film has" : " films have") + " the patient '" +
                             base::excerpt(word) + "': unknown, each a patient of its own");
  }
  if (auto note = base::spelling_note(ids); !note.empty()) manifest.notes.push_back(std::move(note));
}

}  // namespace youden::data

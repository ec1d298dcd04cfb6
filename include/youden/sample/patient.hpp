#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace youden::sample {

/// Whose film it is, as a table names them: an id is one person's within its source (collection, hospital). Two keys
/// are the same patient where their ids are equal and their sources are equal or one of them is unknown.
struct PatientKey {
  std::string id = {};      ///< empty = unknown, and nobody's
  std::string source = {};  ///< empty = unknown

  [[nodiscard]] bool known() const { return !id.empty(); }
  friend bool operator==(const PatientKey&, const PatientKey&) = default;
};

/// Patients of one side, to be looked for on another: what was trained on, what is scored.
class PatientSet {
 public:
  void add(const PatientKey& key) {
    if (key.known()) sources_[key.id].insert(key.source);
  }
  [[nodiscard]] bool contains(const PatientKey& key) const {
    const auto it = key.known() ? sources_.find(key.id) : sources_.end();
    return it != sources_.end() &&
           (key.source.empty() || it->second.contains(key.source) || it->second.contains(std::string()));
  }
  [[nodiscard]] bool empty() const { return sources_.empty(); }

 private:
  std::map<std::string, std::set<std::string>> sources_;  ///< by id
};

/// A name for the patient of each row, the same for the same patient and empty where none is known: the id, and its
/// source where several have it. One row without a source makes one patient of all who share its id.
inline std::vector<std::string> patient_names(const std::vector<PatientKey>& keys) {
  std::map<std::string, std::set<std::string>> sources;
  for (const PatientKey& key : keys) {
    if (key.known()) sources[key.id].insert(key.source);
  }
  std::vector<std::string> out;
  out.reserve(keys.size());
  for (const PatientKey& key : keys) {
    const auto it = sources.find(key.id);
    const bool several = it != sources.end() && it->second.size() > 1 && !it->second.contains(std::string());
    out.push_back(several ? key.id + " of " + key.source : key.id);
  }
  return out;
}

/// Who stands for themselves, a name for each row: the patient where one is known, else the row by its own id. No
/// patient has a row's name.
inline std::vector<std::string> independent_units(const std::vector<std::string>& patients,
                                                  const std::vector<std::string>& ids) {
  std::vector<std::string> out;
  out.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    out.push_back(patients[i].empty() ? "sample " + ids[i] : "patient " + patients[i]);
  }
  return out;
}

}  // namespace youden::sample

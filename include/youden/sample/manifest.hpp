#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "youden/config/json.hpp"
#include "youden/sample/patient.hpp"

namespace youden::sample {

/// One film as the manifest lists it.
struct Sample {
  std::string id;      ///< unique within the manifest
  std::string path;    ///< absolute; empty where the source draws its images
  std::string sha256;  ///< of the file's bytes, or of the recipe where the image is drawn; keys every random stream
  std::string label;   ///< class name, always text
  std::string patient = {};                          ///< empty = unknown
  std::string source = {};                           ///< collection or hospital; empty = unknown
  std::string part = {};                             ///< the manifest's own train | val | test; empty = not given
  config::Json covariates = config::Json::object();  ///< age, sex, view, …
};

/// A sample that was left out, and why (`dataset.on_error: skip`).
struct Skipped {
  std::string id;
  std::string path;
  std::string reason;
};

/// The rows of a dataset in a fixed order (by id), which no directory listing or locale can change.
struct Manifest {
  std::vector<Sample> samples;
  std::vector<Skipped> skipped = {};
  /// Why -> how many samples the configuration left out: by label, class, view, finding, modality.
  std::map<std::string, std::size_t> excluded = {};
  std::vector<std::string> notes = {};  ///< what a person should know of the table, a sentence each

  /// Counts a sample that is not wanted for its `what` (view, label, …) having this value.
  void exclude(const std::string& what, const std::string& value) {
    ++excluded[what + (value.empty() ? " not given" : " '" + value + "'")];
  }

  [[nodiscard]] std::vector<std::string> labels() const {
    std::set<std::string> names;
    for (const Sample& s : samples) names.insert(s.label);
    return {names.begin(), names.end()};
  }
  [[nodiscard]] bool has_patients() const {
    for (const Sample& s : samples) {
      if (!s.patient.empty()) return true;
    }
    return false;
  }
  /// A name for the patient of each sample (patient_names).
  [[nodiscard]] std::vector<std::string> patients() const {
    std::vector<PatientKey> keys;
    for (const Sample& s : samples) keys.push_back({s.patient, s.source});
    return patient_names(keys);
  }
  /// Who stands for themselves: a patient, or a sample of whom nobody is known (independent_units).
  [[nodiscard]] std::vector<std::string> units() const {
    std::vector<std::string> ids;
    for (const Sample& s : samples) ids.push_back(s.id);
    return independent_units(patients(), ids);
  }
};

}  // namespace youden::sample

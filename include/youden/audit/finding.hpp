#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "youden/config/json.hpp"

namespace youden::audit {

enum class Severity { pass, warn, fail };

inline const char* name_of(Severity severity) {
  return severity == Severity::fail ? "fail" : severity == Severity::warn ? "warn" : "pass";
}

/// What one check found.
struct Finding {
  std::string rule;  ///< e.g. `patient-overlap`
  Severity severity = Severity::pass;
  std::optional<double> value = {};                ///< what the rule measures; empty = undefined
  std::string text;                                ///< one sentence for a person
  config::Json evidence = config::Json::object();  ///< counts and a few examples

  /// The evidence with the sentence in it, as it is stored and printed.
  [[nodiscard]] config::Json told() const {
    config::Json j = evidence;
    j["text"] = text;
    return j;
  }
  [[nodiscard]] config::Json json() const {
    return {{"rule", rule},
            {"severity", name_of(severity)},
            {"value", value ? config::Json(*value) : config::Json()},
            {"evidence", told()}};
  }
};

/// The worst of all.
inline Severity verdict(const std::vector<Finding>& findings) {
  Severity worst = Severity::pass;
  for (const Finding& f : findings) worst = std::max(worst, f.severity);
  return worst;
}

/// A list is evidence by its first few entries; counts tell how many there are.
inline constexpr std::size_t kExamples = 5;

}  // namespace youden::audit

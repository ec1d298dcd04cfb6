#pragma once
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/audit/finding.hpp"
#include "youden/audit/subject.hpp"

namespace youden::test {

/// One film of a made-up data set. `part`: t = train, v = val, e = test.
struct Row {
  std::string id;
  std::string label;
  std::string patient = {};
  char part = 't';
  std::string source = {};
  std::string content = {};  ///< films of the same content have the same file; empty = its own
};

/// Rows as a subject with the classes `ill` (positive) and `well`, one fold.
class Films {
 public:
  explicit Films(const std::vector<Row>& rows) {
    data::Fold fold;
    for (const Row& r : rows) {
      manifest.samples.push_back({.id = r.id,
                                  .path = "/films/" + r.id,
                                  .sha256 = r.content.empty() ? "sha of " + r.id : r.content,
                                  .label = r.label,
                                  .patient = r.patient,
                                  .source = r.source});
      fold.push_back(r.part == 't' ? sample::Part::train : r.part == 'v' ? sample::Part::val : sample::Part::test);
    }
    folds = {fold};
  }
  [[nodiscard]] audit::Subject subject() const {
    audit::Subject s{.manifest = manifest, .classes = {"ill", "well"}, .labels = {}, .positive = 0, .folds = folds};
    s.headers = headers;
    for (const sample::Sample& sample : manifest.samples) s.labels.push_back(sample.label == "ill" ? 0 : 1);
    return s;
  }

  sample::Manifest manifest;
  std::vector<data::Fold> folds;
  std::vector<image::ImageHeader> headers;
};

/// `text` holds `part`; both are shown when it does not.
inline boost::test_tools::assertion_result holds(const std::string& text, const std::string& part) {
  boost::test_tools::assertion_result result(text.find(part) != std::string::npos);
  if (!result) result.message() << "'" << part << "' is not in:\n" << text;
  return result;
}

}  // namespace youden::test

namespace youden::audit {
inline std::ostream& operator<<(std::ostream& out, Severity s) { return out << name_of(s); }
}  // namespace youden::audit

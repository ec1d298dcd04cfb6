#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/text.hpp"

namespace youden::data {

/// A column's name without case, spaces, hyphens and underscores.
inline std::string bare_name(std::string_view name) {
  std::string out = base::lower(base::trim(name));
  std::erase_if(out, [](char c) { return c == ' ' || c == '_' || c == '-'; });
  return out;
}

/// What tables call the path, label, patient (`group`) or source of a film, bare.
inline const std::vector<std::string_view>& usual_names(std::string_view ours) {
  static const std::vector<std::string_view> kPath{"path",      "filename",   "file",          "filepath",
                                                   "image",     "imagepath",  "film",          "imagefile",
                                                   "imagename", "imageindex", "imagefilename", "imageid"};
  static const std::vector<std::string_view> kLabel{"label",          "class",  "finding",  "findings",
                                                    "findinglabels",  "target", "category", "diagnosis",
                                                    "diagnosislabel", "befund"};
  static const std::vector<std::string_view> kGroup{"group",   "patient",   "patientid", "patientnumber",
                                                    "subject", "subjectid", "caseid"};
  static const std::vector<std::string_view> kSource{"source",      "collection", "hospital", "site",
                                                     "institution", "center",     "centre"};
  static const std::vector<std::string_view> kNone;
  return ours == "path"                         ? kPath
         : ours == "label"                      ? kLabel
         : ours == "group" || ours == "patient" ? kGroup
         : ours == "source"                     ? kSource
                                                : kNone;
}
inline bool is_usual_name(std::string_view ours, std::string_view column) {
  const auto& names = usual_names(ours);
  return std::find(names.begin(), names.end(), bare_name(column)) != names.end();
}

}  // namespace youden::data

#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/config/fields.hpp"
#include "youden/sample/manifest.hpp"
#include "youden/sample/patient_id.hpp"

namespace youden::data {

/// `dataset.labels`: class -> labels as somebody else wrote them. An entry means the whole label or one component of it
/// between slashes or bars (`COVID-19` in `Pneumonia/Viral/COVID-19`, `Effusion` in `Effusion|Mass`), whatever case and
/// padding; a whole match comes first, and `'*'` takes every label that nothing else takes: one finding against the
/// rest is `{effusion: [Effusion], other: ['*']}`. `N/A` is a label of its own. Samples whose label is listed under
/// `drop` leave the manifest and are counted in it.
class LabelMap {
 public:
  static constexpr const char* kDrop = "drop";

  explicit LabelMap(const config::TextsMap& written) {
    for (const auto& [name, entries] : written) {
      if (name != kDrop) empty_.insert(name);
      for (const std::string& entry : entries) classes_[key(entry)].insert(name);
    }
  }

  /// Throws DataError with every label that no class takes, or several do, with counts; and every class left empty.
  void apply(sample::Manifest& manifest) const {
    std::map<std::string, std::size_t> unmapped;
    std::map<std::string, std::set<std::string>> torn;
    std::set<std::string> empty = empty_;
    std::vector<sample::Sample> kept;
    for (sample::Sample& s : manifest.samples) {
      const std::set<std::string> meant = classes_of(s.label);
      if (meant.empty()) ++unmapped[s.label];
      if (meant.size() > 1) torn[s.label] = meant;
      if (meant.size() != 1) continue;
      if (*meant.begin() == kDrop) {
        manifest.exclude("label", s.label);
        continue;
      }
      s.label = *meant.begin();
      empty.erase(s.label);
      kept.push_back(std::move(s));
    }
    base::Faults faults;
    for (const auto& [label, count] : unmapped) {
      faults.add("no class takes the label '" + base::excerpt(label) + "' of " + std::to_string(count) +
                     (count == 1 ? " sample" : " samples"),
                 "dataset.labels", faults.empty() ? "list it under a class, or under drop" : "");
    }
    for (const auto& [label, names] : torn) {
      faults.add("the label '" + base::excerpt(label) + "' fits the classes " + base::join(names, " and "),
                 "dataset.labels", "list the whole label under one of them");
    }
    if (faults.empty()) {
      for (const std::string& name : empty) {
        faults.add("no sample has a label of the class '" + name + "'", "dataset.labels",
                   "correct its list, or remove the class");
      }
    }
    faults.raise<base::DataError>("faults in the labels:");
    manifest.samples = std::move(kept);
  }

 private:
  static std::string key(std::string_view text) { return base::lower(base::trim(text)); }

  [[nodiscard]] std::set<std::string> classes_of(const std::string& label) const {
    if (const auto whole = classes_.find(key(label)); whole != classes_.end()) return whole->second;
    std::set<std::string> out;
    for (const char between : {'/', '|'}) {
      if (sample::says_nothing(label)) break;  // n/a
      for (const std::string& part : base::split(label, between)) {
        if (const auto it = classes_.find(key(part)); it != classes_.end())
          out.insert(it->second.begin(), it->second.end());
      }
    }
    const auto rest = classes_.find("*");
    return out.empty() && rest != classes_.end() && !key(label).empty() ? rest->second : out;
  }

  std::map<std::string, std::set<std::string>> classes_;  ///< label as written -> classes that list it
  std::set<std::string> empty_;                           ///< every class but drop
};

}  // namespace youden::data

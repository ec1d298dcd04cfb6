#pragma once
#include <set>
#include <string>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/sample/bands.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::run {

/// The values of a slice's covariate, one a sample; empty = unknown. Many numbers become bands over all samples.
inline std::vector<std::string> slice_values(const sample::Manifest& manifest, const std::string& name) {
  std::vector<std::string> out;
  for (const sample::Sample& s : manifest.samples) {
    const auto it = s.covariates.find(name);
    if (name == "source") {
      out.push_back(s.source);
    } else if (it == s.covariates.end() || it->is_null()) {
      out.emplace_back();
    } else {
      out.push_back(it->is_string() ? it->get<std::string>() : it->dump());
    }
  }
  return sample::bands(out);
}

/// A slice has to be a covariate that films have, and one that divides them into groups.
inline void require_slices(const std::vector<std::string>& slices, const sample::Manifest& manifest,
                           base::Faults& faults) {
  constexpr std::size_t kMost = 50;
  std::set<std::string> known;
  for (const sample::Sample& s : manifest.samples) {
    for (const auto& [covariate, value] : s.covariates.items()) known.insert(covariate);
    if (!s.source.empty()) known.insert("source");
  }
  for (const std::string& name : slices) {
    if (!known.contains(name)) {
      faults.add("'slices' names '" + name + "', which no film has", "slices",
                 base::suggestion(name, std::vector<std::string>(known.begin(), known.end())));
      continue;
    }
    const auto values = slice_values(manifest, name);
    const std::set<std::string> distinct(values.begin(), values.end());
    if (distinct.size() <= kMost) continue;
    faults.add("'slices' names '" + name + "', which has " + std::to_string(distinct.size()) + " values", "slices",
               "name a covariate that divides the films into a few groups");
  }
}

}  // namespace youden::run

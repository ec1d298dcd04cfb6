#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/csv_writer.hpp"
#include "youden/base/text.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::data {

/// One line of a CSV that is read back.
inline std::string csv_row(const std::vector<std::string>& cells) {
  return base::csv_row(cells, base::CsvReader::program);
}

/// How a manifest in `folder` names a film: relative when the film lies in the folder or below, else absolute. Empty
/// stays empty.
inline std::string path_from(const std::filesystem::path& folder, const std::string& film) {
  if (film.empty()) return {};
  const std::filesystem::path path = std::filesystem::absolute(film).lexically_normal();
  const auto inside = path.lexically_relative(std::filesystem::absolute(folder).lexically_normal());
  const bool below = !inside.empty() && *inside.begin() != "..";
  return below ? inside.generic_string() : path.string();
}

/// The CSV that source `manifest` reads back as the same samples: path, label, patient, source, then id and part where
/// they say something, age, sex, view, modality, then other covariates in the order in which they first appear.
class ManifestCsv {
 public:
  ManifestCsv(const std::vector<sample::Sample>& samples, std::filesystem::path folder) : folder_(std::move(folder)) {
    for (const sample::Sample& s : samples) {
      ids_ = ids_ || s.id != path_from(folder_, s.path);
      parts_ = parts_ || !s.part.empty();
      for (const auto& [name, value] : s.covariates.items()) {
        if (known_.insert(name).second) names_.push_back(name);
      }
    }
    const auto rank = [](const std::string& name) {
      static constexpr std::array<std::string_view, 4> kFirst{"age", "sex", "view", "modality"};
      return std::find(kFirst.begin(), kFirst.end(), base::lower(name)) - kFirst.begin();
    };
    std::stable_sort(names_.begin(), names_.end(),
                     [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    // A covariate may be called what a manifest calls its own columns, or differ from another by case alone.
    std::set<std::string> taken{"path", "label", "patient", "group", "source", "id", "part"};
    for (const std::string& name : names_) {
      std::string as = name;
      while (!taken.insert(base::lower(as)).second) as = "original " + as;
      headings_.push_back(std::move(as));
    }
  }

  [[nodiscard]] std::string header() const {
    std::vector<std::string> cells{"path", "label", "patient", "source"};
    if (ids_) cells.emplace_back("id");
    if (parts_) cells.emplace_back("part");
    cells.insert(cells.end(), headings_.begin(), headings_.end());
    return csv_row(cells);
  }
  [[nodiscard]] std::string row(const sample::Sample& s) const {
    std::vector<std::string> cells{path_from(folder_, s.path), s.label, s.patient, s.source};
    if (ids_) cells.push_back(s.id);
    if (parts_) cells.push_back(s.part);
    for (const std::string& name : names_) {
      const auto it = s.covariates.find(name);
      const bool none = it == s.covariates.end() || it->is_null();
      cells.push_back(none ? std::string() : it->is_string() ? it->get<std::string>() : it->dump());
    }
    return csv_row(cells);
  }

  static std::string text(const std::vector<sample::Sample>& samples, const std::filesystem::path& folder) {
    const ManifestCsv csv(samples, folder);
    std::string out = csv.header();
    for (const sample::Sample& s : samples) out += csv.row(s);
    return out;
  }

 private:
  std::filesystem::path folder_;
  std::vector<std::string> names_;     ///< covariates
  std::vector<std::string> headings_;  ///< as the file calls them
  std::set<std::string> known_;
  bool ids_ = false;
  bool parts_ = false;
};

}  // namespace youden::data

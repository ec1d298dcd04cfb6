#pragma once
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/data/columns.hpp"
#include "youden/data/confine.hpp"
#include "youden/data/csv.hpp"

namespace youden::data {

/// A row of the public covid-chestxray-dataset's metadata.csv (Cohen et al. 2020, arXiv:2003.11597).
struct CovidRow {
  std::string id;       ///< the file as written, with its folder where that is not `images`
  std::string path;     ///< absolute
  std::string finding;  ///< `COVID-19`, later `Pneumonia/Viral/COVID-19`
  std::string patient;
  std::string view;      ///< PA, AP, AP Supine, L, CT, …
  std::string modality;  ///< X-ray or CT; told from the view where the table has no such column
  config::Json covariates = config::Json::object();
  std::string place;     ///< file:line
  bool confined = true;  ///< false: the path is empty or leads out of the collection, and must not be followed
};

/// Which rows are wanted. Empty lists want all; case and padding do not matter.
struct CovidFilter {
  std::vector<std::string> finding = {};  ///< the whole finding, or one of its components between slashes
  std::vector<std::string> view = {};
  std::vector<std::string> modality = {};

  [[nodiscard]] bool wants(const CovidRow& row) const { return !unwanted(row); }
  /// For what a row is not wanted, and its value there: {"view", "L"}; empty for a wanted one.
  [[nodiscard]] std::optional<std::pair<std::string, std::string>> unwanted(const CovidRow& row) const {
    const auto takes = [](const std::vector<std::string>& wanted, const std::string& found) {
      return wanted.empty() || base::any_same(wanted, found);
    };
    const auto parts = base::split(row.finding, '/');
    const bool found = takes(finding, row.finding) ||
                       std::any_of(parts.begin(), parts.end(), [&](const auto& part) { return takes(finding, part); });
    if (!found) return std::pair("finding", row.finding);
    if (!takes(view, row.view)) return std::pair("view", row.view);
    if (!takes(modality, row.modality)) return std::pair("modality", row.modality);
    return {};
  }
};

/// The table and where its images lie, in any published form: columns are found by name (`Patientid`, `patientid`),
/// whatever their case or padding. Where a `folder` column says `volumes`, that folder beside the images' is meant, any
/// other name means a folder in it; no row leads out of either.
class CovidMetadata {
 public:
  CovidMetadata(const std::filesystem::path& table, const std::filesystem::path& images,
                const std::optional<config::TextMap>& mapping = {}) {
    const Csv csv = Csv::read(table);
    base::Faults faults;
    Columns columns(csv, mapping, faults);
    const std::size_t file = columns.require("filename", {"path"}, faults);
    const std::size_t finding = columns.require("finding", {"label"}, faults);
    faults.raise<base::DataError>("faults in the metadata:");
    const auto patient = columns.find("patientid", {"patient"});
    const auto view = columns.find("view");
    const auto modality = columns.find("modality");
    const auto folder = columns.find("folder");
    for (const Csv::Row& cells : csv.rows()) {
      const std::string written = Columns::cell(cells, file);
      const std::string where = base::lower(Columns::cell(cells, folder));
      const bool plain = where.empty() || where == "images";
      CovidRow row{.id = plain ? written : Columns::cell(cells, folder) + "/" + written,
                   .path = {},
                   .finding = Columns::cell(cells, finding),
                   .patient = Columns::cell(cells, patient),
                   .view = Columns::cell(cells, view),
                   .modality = Columns::cell(cells, modality),
                   .covariates = columns.covariates(cells),
                   .place = csv.place(cells)};
      if (row.modality.empty() && !row.view.empty()) row.modality = base::lower(row.view) == "ct" ? "CT" : "X-ray";
      if (!row.view.empty()) row.covariates["view"] = row.view;
      if (!row.modality.empty()) row.covariates["modality"] = row.modality;
      base::Faults leaves;
      row.path = where == "volumes"
                     ? confined(images / ".." / "volumes", written, row.place, "the film is left out", leaves)
                     : confined(images, row.id, row.place, "the film is left out", leaves);
      row.confined = leaves.empty() && !written.empty();
      rows_.push_back(std::move(row));
    }
    if (rows_.empty()) throw base::DataError({"the metadata has no rows", table.string()});
  }

  [[nodiscard]] const std::vector<CovidRow>& rows() const { return rows_; }

 private:
  std::vector<CovidRow> rows_;
};

}  // namespace youden::data

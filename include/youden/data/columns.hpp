#pragma once
#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/config/fields.hpp"
#include "youden/data/column_names.hpp"
#include "youden/data/csv.hpp"

namespace youden::data {

/// `dataset.columns`: our name -> the table's column. What a mapping does not name is found under its usual names,
/// whatever case and padding; columns that nobody asks for are covariates, under their mapped name where there is one.
class Columns {
 public:
  static constexpr const char* kHelp =
      "name here -> column of the table, e.g. {path: filename, label: finding, patient: patientid, age: 'Patient "
      "Age'}; "
      "null = the usual names";

  Columns(const Csv& csv, const std::optional<config::TextMap>& written, base::Faults& faults)
      : csv_(csv), faults_(faults) {
    if (!written) return;
    for (const auto& [ours, theirs] : *written) {
      if (const auto at = csv.column(theirs)) {
        mapped_[base::lower(ours)] = *at;
        names_[*at] = ours;
      } else {
        faults.add("dataset.columns." + ours + ": the table has no column '" + theirs + "'", csv.name() + ":1",
                   base::suggestion(theirs, csv.names()));
      }
    }
  }

  /// The column of `ours`: mapped, else of that name, else the one with one of its usual names. Two that could be the
  /// path, the label or the patient are a fault: who takes the first of them without a word may cut through a patient.
  std::optional<std::size_t> find(const std::string& ours, std::initializer_list<const char*> usual = {}) {
    std::optional<std::size_t> at;
    const auto look = [&](const std::string& name) {
      if (at) return;
      const auto mapped = mapped_.find(name);
      at = mapped != mapped_.end() ? std::optional(mapped->second) : free_column(name);
    };
    look(ours);
    for (const char* name : usual) look(name);
    if (!at) at = guess(ours);
    // A hospital that no one called `source` may be sliced by under its own name as well.
    if (at && !(ours == "source" && bare_name(csv_.names()[*at]) != "source" && !mapped_.contains(ours))) {
      used_.insert(*at);
    }
    return at;
  }
  /// As `find`; a fault where there is none, then 0.
  std::size_t require(const std::string& ours, std::initializer_list<const char*> usual, base::Faults& faults) {
    if (const auto at = find(ours, usual)) return *at;
    return csv_.required(ours, faults);
  }

  static std::string cell(const Csv::Row& row, std::optional<std::size_t> at) {
    return at ? std::string(base::trim(row.cells[*at])) : std::string();
  }
  /// Whatever else the row says. Empty cells are no covariates.
  [[nodiscard]] config::Json covariates(const Csv::Row& row) const {
    config::Json out = config::Json::object();
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto value = base::trim(row.cells[i]);
      if (used_.contains(i) || value.empty() || csv_.names()[i].empty()) continue;
      const auto renamed = names_.find(i);
      out[renamed == names_.end() ? csv_.names()[i] : renamed->second] = value;
    }
    return out;
  }

 private:
  std::optional<std::size_t> guess(const std::string& ours) {
    std::vector<std::size_t> fits;
    for (std::size_t c = 0; c < csv_.names().size(); ++c) {
      if (!names_.contains(c) && !used_.contains(c) && is_usual_name(ours, csv_.names()[c])) fits.push_back(c);
    }
    if (fits.empty()) return {};
    if (fits.size() > 1 && (ours == "path" || ours == "label" || ours == "patient")) {
      faults_.add(
          "the " + ours + " could be in column '" + csv_.names()[fits[0]] + "' or '" + csv_.names()[fits[1]] + "'",
          csv_.name() + ":1", "say which: dataset.columns={" + ours + ": '" + csv_.names()[fits[0]] + "'}");
    }
    return fits.front();
  }
  /// A column of that name which no other name was mapped to.
  [[nodiscard]] std::optional<std::size_t> free_column(const std::string& name) const {
    const auto at = csv_.column(name);
    return at && names_.contains(*at) ? std::nullopt : at;
  }

  const Csv& csv_;
  base::Faults& faults_;
  std::map<std::string, std::size_t> mapped_;  ///< our name -> column
  std::map<std::size_t, std::string> names_;   ///< column -> our name
  std::set<std::size_t> used_;
};

}  // namespace youden::data

#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/config/json.hpp"
#include "youden/data/column_choice.hpp"
#include "youden/data/confine.hpp"
#include "youden/data/csv.hpp"
#include "youden/data/found_file.hpp"
#include "youden/data/known_patients.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::data {

struct TableOptions {
  std::filesystem::path table;
  std::optional<std::string> path = {};   ///< column; guessed unless given
  std::optional<std::string> label = {};  ///< column; guessed unless given
  std::optional<std::string> group = {};  ///< column of patients; guessed unless given, `none` = there is none
  std::optional<std::string> source = {};
  std::optional<std::filesystem::path> root = {};  ///< where relative paths start, and which no path may leave
};

/// Anyone's CSV, as a manifest. Columns that no option names are found by their usual names when just one fits.
struct TableManifest {
  sample::Manifest manifest;
  std::size_t rows = 0;
  std::vector<std::string> missing = {};          ///< as written; their rows are left out
  config::Json columns = config::Json::object();  ///< ours -> the table's, or null

  /// Throws DataError with every row that has no path or label, stands twice or leads out; with what the columns could
  /// be where that is not plain; and when no film at all is there.
  static TableManifest build(const TableOptions& options) {
    const Csv csv = Csv::read(options.table);
    base::Faults faults;
    ColumnChoice choose(csv, faults);
    const auto path = choose.required("path", options.path);
    const auto label = choose.required("label", options.label);
    const auto group = choose.optional("group", options.group);
    const auto source = choose.optional("source", options.source);
    faults.raise<base::DataError>("faults in the columns:");

    TableManifest out{.manifest = {}, .rows = csv.rows().size(), .columns = choose.chosen()};
    const auto id = usable_ids(csv, {path, label, group, source});
    const auto part = parts_column(csv, {path, label, group, source});
    std::map<std::string, std::string> seen;
    for (const Csv::Row& row : csv.rows()) {
      const std::string written = cell(row, path);
      sample::Sample s{.id = id ? cell(row, id) : written,
                       .path = {},
                       .sha256 = {},
                       .label = cell(row, label),
                       .patient = cell(row, group),
                       .source = cell(row, source),
                       .part = base::lower(cell(row, part))};
      if (written.empty()) {
        faults.add("the path is empty", csv.place(row), "remove the row or name its film");
        continue;
      }
      if (s.label.empty()) {
        faults.add("the label of '" + base::excerpt(written) + "' is empty", csv.place(row),
                   "remove the row or name its class");
      }
      s.path = found_file(place_of(written, options, csv.place(row), faults));
      if (const auto [first, fresh] = seen.emplace(s.path, csv.place(row)); !fresh) {
        faults.add("'" + base::excerpt(written) + "' is listed twice", csv.place(row), "first at " + first->second);
      }
      for (std::size_t c = 0; c < row.cells.size(); ++c) {
        const auto value = base::trim(row.cells[c]);
        const bool used = c == path || c == label || c == group || c == source || c == id || c == part;
        if (!used && !value.empty() && !csv.names()[c].empty()) s.covariates[csv.names()[c]] = value;
      }
      std::error_code error;
      if (std::filesystem::is_regular_file(s.path, error)) {
        out.manifest.samples.push_back(std::move(s));
      } else {
        out.missing.push_back(written);
      }
    }
    faults.raise<base::DataError>("faults in the table:");
    if (out.manifest.samples.empty()) {
      throw base::DataError(
          {out.rows == 0 ? "the table has no rows"
                         : "none of its " + std::to_string(out.rows) + " films is there, for example not " +
                               place_of(out.missing.front(), options, {}, faults),
           options.table.string(), out.rows == 0 ? "" : "name the folder that its paths start from with --root DIR"});
    }
    know_patients(out.manifest);
    std::sort(out.manifest.samples.begin(), out.manifest.samples.end(),
              [](const sample::Sample& a, const sample::Sample& b) { return a.id < b.id; });
    return out;
  }

 private:
  using Column = std::optional<std::size_t>;
  static constexpr std::array<std::string_view, 5> kParts{"train", "val", "validation", "valid", "test"};

  static std::string cell(const Csv::Row& row, Column at) {
    return at ? std::string(base::trim(row.cells[*at])) : std::string();
  }
  /// A column `id` whose cells can be the samples' ids: all of them said, all of them different.
  static Column usable_ids(const Csv& csv, std::initializer_list<Column> others) {
    const Column at = csv.column("id");
    if (!at || std::find(others.begin(), others.end(), at) != others.end()) return {};
    std::set<std::string> ids;
    for (const Csv::Row& row : csv.rows()) {
      if (const auto id = cell(row, at); id.empty() || !ids.insert(id).second) return {};
    }
    return at;
  }
  /// A column `part` or `split` that says train, val or test throughout.
  static Column parts_column(const Csv& csv, std::initializer_list<Column> others) {
    for (const char* name : {"part", "split"}) {
      const Column at = csv.column(name);
      if (!at || std::find(others.begin(), others.end(), at) != others.end()) continue;
      if (std::all_of(csv.rows().begin(), csv.rows().end(),
                      [&](const auto& row) { return base::any_same(kParts, cell(row, at)); })) {
        return at;
      }
    }
    return {};
  }
  static std::string place_of(const std::string& written, const TableOptions& options, const std::string& place,
                              base::Faults& faults) {
    namespace fs = std::filesystem;
    if (fs::path(written).is_absolute() && !options.root) return fs::path(written).lexically_normal().string();
    const fs::path root = options.root ? *options.root : fs::absolute(options.table).parent_path();
    return confined(root, written, place, "name the folder that holds every film with --root DIR", faults);
  }
};

}  // namespace youden::data

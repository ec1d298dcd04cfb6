#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "youden/base/text.hpp"
#include "youden/store/rows.hpp"
#include "youden/store/values.hpp"

namespace youden::store::detail {

/// What is wrong with a resolved configuration, as far as this room reads it; empty where nothing is. What the keys
/// mean is checked when a run goes on from it.
inline std::string broken_config(const Json& config) {
  if (!config.is_object()) return "is no JSON object";
  for (const char* key : {"train", "augment", "tags"}) {
    if (config.contains(key) && !config[key].is_object()) return std::string("has a '") + key + "' that is no section";
  }
  for (const char* key : {"dataset", "split", "backbone", "head"}) {  // a component without options is its name
    if (config.contains(key) && !config[key].is_object() && !config[key].is_string()) {
      return std::string("has a '") + key + "' that is no component";
    }
  }
  for (const char* key : {"name", "unit", "sampling"}) {
    if (config.contains(key) && !config[key].is_string()) return std::string("has a '") + key + "' that is no text";
  }
  return {};
}
inline std::string broken_object(const Json& json) { return json.is_object() ? "" : "is no JSON object"; }
inline std::string broken_list(const Json& json) { return json.is_array() ? "" : "is no JSON list"; }
inline std::string broken_names(const Json& json) {
  if (!json.is_array()) return "is no JSON list";
  const bool names = std::all_of(json.begin(), json.end(), [](const Json& name) { return name.is_string(); });
  return names ? "" : "holds something else than names";
}
inline std::string never_broken(const Json& /*json*/) { return {}; }

/// A column that holds JSON.
struct JsonColumn {
  const char* table;
  const char* column;
  const char* key;  ///< names the row
  std::string (*broken)(const Json&);
};
inline const std::vector<JsonColumn>& json_columns() {
  static const std::vector<JsonColumn> kColumns{
      {"run", "config", "id", broken_config},        {"run", "classes", "id", broken_names},
      {"sample", "covariates", "id", broken_object}, {"finding", "evidence", "rule", never_broken},
      {"sweep", "config", "id", broken_config},      {"trial", "params", "number", broken_object},
      {"trial", "objectives", "number", broken_list}};
  return kColumns;
}

/// The first few rows whose JSON is none, of another shape or nested too deeply.
inline std::vector<std::string> broken_json(SQLite::Database& db) {
  std::vector<std::string> out;
  constexpr std::size_t kMost = 20;
  for (const JsonColumn& c : json_columns()) {
    SQLite::Statement row(db, std::string("SELECT ") + c.column + ", " + c.key + " FROM " + c.table + " WHERE " +
                                  c.column + " IS NOT NULL AND " + c.column + " NOT IN ('{}', '[]')");
    while (row.executeStep() && out.size() < kMost) {
      const std::string text = row.getColumn(0).getString();
      const std::string which =
          std::string(c.table) + " " + base::excerpt(row.getColumn(1).getString()) + ": " + c.column + " ";
      if (is_too_deep(text)) {
        out.push_back(which + "is JSON of more than " + std::to_string(kDeepestJson) + " levels");
        continue;
      }
      const Json parsed = Json::parse(text, nullptr, false);
      const std::string wrong = parsed.is_discarded() ? "is no JSON" : c.broken(parsed);
      if (!wrong.empty()) out.push_back(which + wrong);
    }
  }
  return out;
}

}  // namespace youden::store::detail

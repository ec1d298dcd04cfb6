#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/store/database.hpp"
#include "youden/store/rows.hpp"
#include "youden/store/run_folder.hpp"
#include "youden/store/schema.hpp"
#include "youden/store/sha256.hpp"
#include "youden/store/status.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

struct CheckReport {
  std::vector<base::Fault> problems;
  std::int64_t artifacts = 0;  ///< files compared with their sha256
};

namespace detail {

/// Tables, views and columns that the schema has and this database has not. `schema`: main, or an attached one.
inline std::vector<std::string> missing_of_schema(SQLite::Database& db, const std::string& schema = "main") {
  SQLite::Database fresh(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  for (const std::string& migration : migrations()) fresh.exec(migration);
  fresh.exec(views());
  std::vector<std::string> out;
  SQLite::Statement table(fresh,
                          "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE "
                          "'sqlite_%' ORDER BY type, name");
  while (table.executeStep()) {
    const std::string name = table.getColumn(0).getString();
    const std::string type = table.getColumn(1).getString();
    SQLite::Statement there(db, "SELECT count(*) FROM " + schema +
                                    ".sqlite_schema WHERE name = ? AND type = ? AND sql NOT LIKE 'CREATE VIRTUAL%'");
    bind_all(there, name, type);
    there.executeStep();
    if (there.getColumn(0).getInt() == 0) {
      out.push_back(type + " '" + name + "'");
      continue;
    }
    if (type == "view") continue;
    std::set<std::string> columns;
    SQLite::Statement mine(db, "SELECT name FROM pragma_table_info(?, ?)");
    for (bind_all(mine, name, schema); mine.executeStep();) columns.insert(mine.getColumn(0).getString());
    SQLite::Statement wanted(fresh, "SELECT name FROM pragma_table_info(?)");
    for (bind_all(wanted, name); wanted.executeStep();) {
      const std::string column = wanted.getColumn(0).getString();
      if (!columns.contains(column)) out.push_back("column '" + name + "." + column + "'");
    }
  }
  return out;
}

/// A column that holds JSON, and what kind; the empty kind takes any.
struct JsonColumn {
  const char* table;
  const char* column;
  const char* key;  ///< names the row
  std::optional<Json::value_t> kind;
};
inline const std::vector<JsonColumn>& json_columns() {
  using Kind = Json::value_t;
  static const std::vector<JsonColumn> kColumns{
      {"run", "config", "uid", Kind::object},        {"run", "classes", "uid", Kind::array},
      {"sample", "covariates", "id", Kind::object},  {"finding", "evidence", "rule", std::nullopt},
      {"sweep", "config", "uid", Kind::object},      {"trial", "params", "number", Kind::object},
      {"trial", "objectives", "number", Kind::array}};
  return kColumns;
}

/// The first few rows whose JSON is none, of another kind or nested too deeply.
inline std::vector<std::string> broken_json(SQLite::Database& db, const std::string& schema = "main") {
  std::vector<std::string> out;
  constexpr std::size_t kMost = 20;
  for (const JsonColumn& c : json_columns()) {
    SQLite::Statement row(db, std::string("SELECT ") + c.column + ", " + c.key + " FROM " + schema + "." + c.table +
                                  " WHERE " + c.column + " IS NOT NULL AND " + c.column + " NOT IN ('{}', '[]')");
    while (row.executeStep() && out.size() < kMost) {
      const std::string text = row.getColumn(0).getString();
      const std::string which =
          std::string(c.table) + " " + base::excerpt(row.getColumn(1).getString()) + ": " + c.column;
      if (is_too_deep(text)) {
        out.push_back(which + " is JSON of more than " + std::to_string(kDeepestJson) + " levels");
        continue;
      }
      const Json parsed = Json::parse(text, nullptr, false);
      if (parsed.is_discarded()) {
        out.push_back(which + " is no JSON");
      } else if (c.kind && parsed.type() != *c.kind) {
        out.push_back(which + (c.kind == Json::value_t::object ? " is no JSON object" : " is no JSON list"));
      }
    }
  }
  return out;
}

inline void check_artifacts(Database& database, CheckReport& report) {
  SQLite::Statement row(database.sqlite(),
                        "SELECT run, kind, path, sha256, bytes FROM artifact ORDER BY run, kind, path");
  while (row.executeStep()) {
    const auto path = database.absolute_path(row.getColumn(2).getString());
    const std::string what = row.getColumn(1).getString() + " of run " + std::to_string(row.getColumn(0).getInt64());
    ++report.artifacts;
    std::error_code failure;
    const auto bytes = std::filesystem::file_size(path, failure);
    if (failure) {
      report.problems.push_back({what + " is missing", path.string()});
    } else if (static_cast<std::int64_t>(bytes) != row.getColumn(4).getInt64()) {
      report.problems.push_back(
          {what + " has " + std::to_string(bytes) + " bytes instead of " + std::to_string(row.getColumn(4).getInt64()),
           path.string()});
    } else {
      try {
        if (sha256_of_file(path) != row.getColumn(3).getString()) {
          report.problems.push_back({what + " has changed: its sha256 differs", path.string()});
        }
      } catch (const base::Error& e) {
        report.problems.push_back({what + " cannot be read", path.string()});
      }
    }
  }
}

/// A run that may be resumed needs its checkpoints. Those of a live run change under our eyes.
inline void check_checkpoints(Database& database, CheckReport& report) {
  SQLite::Statement row(database.sqlite(),
                        "SELECT status, host, pid, process_start, heartbeat, run, path FROM checkpoint "
                        "JOIN run ON run.id = run WHERE status IN ('running', 'interrupted') ORDER BY run");
  while (row.executeStep()) {
    if (read_status(row, 0).name == "running") continue;
    const auto path = database.absolute_path(row.getColumn(6).getString());
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      report.problems.push_back({"the checkpoint of run " + std::to_string(row.getColumn(5).getInt64()) +
                                     " is missing, so it cannot be resumed",
                                 path.string()});
    }
  }
}

inline void check_removals(Database& database, CheckReport& report) {
  SQLite::Statement row(database.sqlite(), "SELECT uid FROM removal WHERE uid NOT IN (SELECT uid FROM run)");
  while (row.executeStep()) {
    const std::string uid = row.getColumn(0).getString();
    report.problems.push_back({"the files of a removed run are still there: `youden db vacuum` removes them",
                               is_uid(uid) ? run_folder(database, uid).string() : base::excerpt(uid)});
  }
}

}  // namespace detail

/// Looks for damage: pages and indices, references between tables, files that are gone or changed.
inline CheckReport check_database(Database& database) {
  return guarded(database, [&] {
    CheckReport report;
    SQLite::Statement pages(database.sqlite(), "PRAGMA integrity_check");
    while (pages.executeStep()) {
      const std::string said = pages.getColumn(0).getString();
      if (said != "ok") report.problems.push_back({"integrity: " + said, database.path().string()});
    }
    SQLite::Statement keys(database.sqlite(), "PRAGMA foreign_key_check");
    while (keys.executeStep()) {
      report.problems.push_back({"a row of '" + keys.getColumn(0).getString() + "' refers to a row of '" +
                                     keys.getColumn(2).getString() + "' that does not exist",
                                 database.path().string()});
    }
    const auto missing = detail::missing_of_schema(database.sqlite());
    for (const std::string& what : missing) report.problems.push_back({what + " is missing", database.path().string()});
    if (!missing.empty()) return report;  // what follows reads them
    for (const std::string& what : detail::broken_json(database.sqlite())) {
      report.problems.push_back({what, database.path().string()});
    }
    detail::check_artifacts(database, report);
    detail::check_checkpoints(database, report);
    detail::check_removals(database, report);
    return report;
  });
}

/// Gives unused space back. Returns the file's size in bytes before and after.
inline std::pair<std::uintmax_t, std::uintmax_t> vacuum(Database& database) {
  return guarded(database, [&] {
    const auto before = std::filesystem::file_size(database.path());
    database.sqlite().exec("VACUUM");
    database.sqlite().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return std::pair(before, std::filesystem::file_size(database.path()));
  });
}

}  // namespace youden::store

#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <filesystem>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/store/check.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_folder.hpp"

namespace youden::store {

/// What follows `runs/<uid>/` in a path, which must not leave it again; empty where the path is none of the run's.
inline std::filesystem::path below_run_folder(const std::filesystem::path& path, const std::string& uid) {
  std::filesystem::path rest;
  bool inside = false;
  std::string before;
  for (const auto& piece : path) {
    if (piece == "..") return {};
    if (inside) rest /= piece;
    inside = inside || (before == "runs" && piece == uid);
    before = piece.string();
  }
  return rest;
}

namespace detail {

/// A column whose values are of another type than the schema says: SQLite stores what it is given.
inline std::string mistyped_column(SQLite::Database& db) {
  SQLite::Statement table(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  while (table.executeStep()) {
    const std::string name = table.getColumn(0).getString();
    std::string wrong;
    SQLite::Statement column(db, "SELECT name, upper(type) FROM pragma_table_info(?)");
    for (bind_all(column, name); column.executeStep();) {
      const std::string type = column.getColumn(1).getString();
      const std::string kinds = type == "INTEGER" ? "'integer'"
                                : type == "REAL"  ? "'real', 'integer'"
                                : type == "TEXT"  ? "'text'"
                                                  : "'text', 'real', 'integer'";
      wrong += (wrong.empty() ? "" : " OR ") + ("typeof(\"" + column.getColumn(0).getString()) +
               "\") NOT IN ('null', " + kinds + ")";
    }
    if (name.find('"') != std::string::npos || wrong.empty()) return name;
    SQLite::Statement row(db, "SELECT 1 FROM \"" + name + "\" WHERE " + wrong + " LIMIT 1");
    if (row.executeStep()) return name;
  }
  return {};
}

}  // namespace detail

/// What a database from elsewhere has to be before a row of it is taken: every table and column of the schema, values
/// of their types, JSON that is JSON, uids that can name a folder, files that lie in their run's folder. `copy` is a
/// private copy, `named` what a person called it. Throws StoreError, bad input.
inline void require_sound(Database& copy, const std::filesystem::path& named) {
  SQLite::Database& db = copy.sqlite();
  const auto refuse = [&](const std::string& what) {
    throw base::StoreError({what, named.string(), "nothing of this file was taken; somebody changed it by hand"},
                           base::Exit::bad_input);
  };
  guarded(named, [&] {
    if (const auto missing = detail::missing_of_schema(db); !missing.empty()) refuse(missing.front() + " is missing");
    if (const std::string table = detail::mistyped_column(db); !table.empty()) {
      refuse("table '" + base::excerpt(table) + "' holds values of another type than its columns say");
    }
    if (const auto broken = detail::broken_json(db); !broken.empty()) refuse(broken.front());
    SQLite::Statement uid(db, "SELECT uid FROM run UNION SELECT uid FROM sweep UNION SELECT uid FROM scoring");
    while (uid.executeStep()) {
      if (!is_uid(uid.getColumn(0).getString())) {
        refuse("'" + base::excerpt(uid.getColumn(0).getString()) + "' is no uid of a run");
      }
    }
    SQLite::Statement file(db,
                           "SELECT uid, path FROM artifact JOIN run ON run.id = artifact.run UNION "
                           "SELECT uid, path FROM checkpoint JOIN run ON run.id = checkpoint.run");
    while (file.executeStep()) {
      const std::string path = file.getColumn(1).getString();
      const std::string of = file.getColumn(0).getString();
      if (path.find('\0') != std::string::npos || below_run_folder(path, of).empty()) {
        refuse("the file '" + base::excerpt(path) + "' of run " + of + " lies outside of runs/" + of);
      }
    }
  });
}

}  // namespace youden::store

#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/text.hpp"
#include "youden/store/database.hpp"
#include "youden/store/json_columns.hpp"
#include "youden/store/limits.hpp"
#include "youden/store/run_folder.hpp"
#include "youden/store/schema.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

namespace detail {

/// Tables, views and columns that the schema has and this database has not.
inline std::vector<std::string> missing_of_schema(SQLite::Database& db) {
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
    SQLite::Statement there(
        db, "SELECT count(*) FROM sqlite_schema WHERE name = ? AND type = ? AND sql NOT LIKE 'CREATE VIRTUAL%'");
    bind_all(there, name, type);
    there.executeStep();
    if (there.getColumn(0).getInt() == 0) {
      out.push_back(type + " '" + name + "'");
      continue;
    }
    if (type == "view") continue;
    std::set<std::string> columns;
    SQLite::Statement mine(db, "SELECT name FROM pragma_table_info(?)");
    for (bind_all(mine, name); mine.executeStep();) columns.insert(mine.getColumn(0).getString());
    SQLite::Statement wanted(fresh, "SELECT name FROM pragma_table_info(?)");
    for (bind_all(wanted, name); wanted.executeStep();) {
      const std::string column = wanted.getColumn(0).getString();
      if (!columns.contains(column)) out.push_back("column '" + name + "." + column + "'");
    }
  }
  return out;
}

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

/// Values that no run writes and on which what reads them fails, or never ends.
struct RowRule {
  const char* table;
  const char* column;
  std::string broken;  ///< an SQL condition
  std::string wanted;  ///< what it must do
};
inline std::vector<RowRule> row_rules() {
  const auto one_of = [](const char* table, const char* column, const std::string& words) {
    return RowRule{table, column, std::string(column) + " NOT IN (" + words + ")", "be one of " + words};
  };
  const auto between = [](const char* table, const char* column, const std::string& low, const std::string& high) {
    return RowRule{table, column, std::string(column) + " NOT BETWEEN " + low + " AND " + high,
                   "be from " + low + " to " + high};
  };
  const auto counts = [](const char* table, const char* column) {
    return RowRule{table, column, std::string(column) + " < 0", "not be negative"};
  };
  const auto at_most = [](const char* table, const char* column, std::size_t bytes) {
    const std::string most = std::to_string(bytes);
    return RowRule{table, column, std::string("length(CAST(") + column + " AS BLOB)) > " + most,
                   "have at most " + most + " bytes"};
  };
  const auto finite = [](const char* table, const char* column) {
    return RowRule{table, column, std::string("abs(") + column + ") > 1.7976931348623157e308", "be finite"};
  };
  return {one_of("run", "status", "'running', 'completed', 'failed', 'interrupted'"),
          one_of("metric", "direction", "'max', 'min', 'none'"),
          between("run", "folds", "1", "100000"),
          between("run", "replicates", "1", "100000"),
          between("prediction", "probability", "0", "1"),
          {"result", "level", "NOT (level > 0 AND level < 1)", "lie between 0 and 1"},
          finite("result", "value"),
          finite("result", "low"),
          finite("result", "high"),
          finite("history", "value"),
          counts("result", "n"),
          counts("result", "n_patients"),
          counts("artifact", "bytes"),
          at_most("run", "name", kLongestName),
          at_most("sweep", "name", kLongestName),
          at_most("tag", "name", kLongestTag),
          at_most("tag", "value", kLongestTag),
          at_most("note", "body", kLongestNote)};
}

/// Of every rule that is broken the first row.
inline std::vector<std::string> broken_rows(SQLite::Database& db) {
  std::vector<std::string> out;
  for (const RowRule& rule : row_rules()) {
    const std::string table = rule.table;
    const std::string whose = table == "metric"                    ? "'metric ' || name"
                              : table == "run" || table == "sweep" ? "'" + table + " ' || id"
                                                                   : "'run ' || run";
    SQLite::Statement row(db, "SELECT " + whose + ", substr(" + rule.column + ", 1, 200) FROM " + table + " WHERE " +
                                  rule.broken + " LIMIT 1");
    if (!row.executeStep()) continue;
    out.push_back(table + "." + rule.column + " of " + base::excerpt(row.getColumn(0).getString()) + " is '" +
                  base::excerpt(row.getColumn(1).getString()) + "'; it must " + rule.wanted);
  }
  return out;
}

inline std::vector<std::string> broken_uids(SQLite::Database& db) {
  std::vector<std::string> out;
  SQLite::Statement uid(db, "SELECT uid FROM run UNION SELECT uid FROM sweep UNION SELECT uid FROM scoring");
  while (uid.executeStep()) {
    if (const std::string text = uid.getColumn(0).getString(); !is_uid(text)) {
      out.push_back("'" + base::excerpt(text) + "' is no uid of a run");
    }
  }
  return out;
}

inline std::vector<std::string> dangling_rows(SQLite::Database& db) {
  std::vector<std::string> out;
  SQLite::Statement key(db, "PRAGMA foreign_key_check");
  while (key.executeStep()) {
    out.push_back("a row of '" + key.getColumn(0).getString() + "' refers to a row of '" +
                  key.getColumn(2).getString() + "' that does not exist");
  }
  return out;
}

}  // namespace detail

/// What a database's rows have that no results database has, whoever wrote them: what `db check` finds, and for which a
/// database from elsewhere is refused. A look at rows ends where the schema is another, for no query fits that.
inline std::vector<std::string> unsound(SQLite::Database& db) {
  if (const std::string alive = detail::not_inert(db); !alive.empty()) return {alive};
  std::vector<std::string> out;
  for (const std::string& what : detail::missing_of_schema(db)) out.push_back(what + " is missing");
  if (!out.empty()) return out;
  if (const std::string table = detail::mistyped_column(db); !table.empty()) {
    return {"table '" + base::excerpt(table) + "' holds values of another type than its columns say"};
  }
  for (const auto look : {detail::broken_json, detail::broken_rows, detail::broken_uids, detail::dangling_rows}) {
    for (std::string& what : look(db)) out.push_back(std::move(what));
  }
  return out;
}

}  // namespace youden::store

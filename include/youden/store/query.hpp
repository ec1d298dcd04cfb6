#pragma once
#include <sqlite3.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/store/database.hpp"
#include "youden/store/table.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// While it lives, the connection prepares statements that read and nothing else: no attaching, no writing of files,
/// no settings, whatever the SQL of a person says.
class ReadingOnly {
 public:
  explicit ReadingOnly(Database& database) : handle_(database.sqlite().getHandle()) {
    // SQLite declares a table function at its first use, which the guard would take for the creation of a table.
    for (const char* function : {"json_each('[]')", "json_tree('[]')"}) {
      sqlite3_exec(handle_, (std::string("SELECT 1 FROM ") + function).c_str(), nullptr, nullptr, nullptr);
    }
    sqlite3_set_authorizer(handle_, &allow, nullptr);
  }
  ReadingOnly(const ReadingOnly&) = delete;
  ReadingOnly& operator=(const ReadingOnly&) = delete;
  ~ReadingOnly() { sqlite3_set_authorizer(handle_, nullptr, nullptr); }

 private:
  static int allow(void*, int action, const char* first, const char* second, const char*, const char*) {
    switch (action) {
      case SQLITE_SELECT:
      case SQLITE_READ:
      case SQLITE_RECURSIVE: return SQLITE_OK;
      case SQLITE_FUNCTION:
        return second != nullptr && std::strcmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
      case SQLITE_PRAGMA:
        for (const char* name : {"table_info", "table_xinfo", "table_list", "index_list", "index_info"}) {
          if (std::strcmp(first, name) == 0) return SQLITE_OK;
        }
        return std::strcmp(first, "user_version") == 0 && second == nullptr ? SQLITE_OK : SQLITE_DENY;
      default: return SQLITE_DENY;
    }
  }
  sqlite3* handle_;
};

/// Names of the tables and views, for messages.
inline std::vector<std::string> table_names(Database& database) {
  std::vector<std::string> out;
  SQLite::Statement row(database.sqlite(),
                        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') "
                        "AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name");
  while (row.executeStep()) out.push_back(row.getColumn(0).getString());
  return out;
}
inline std::vector<std::string> column_names(Database& database, const std::string& table) {
  std::vector<std::string> out;
  SQLite::Statement row(database.sqlite(), "SELECT name FROM pragma_table_info(?)");
  row.bind(1, table);
  while (row.executeStep()) out.push_back(row.getColumn(0).getString());
  return out;
}

/// Turns a failure of SQL that a person wrote into a ConfigError; damage and locks stay what they are.
[[noreturn]] inline void refuse_sql(const SQLite::Exception& e, const Database& database, const std::string& remedy) {
  const int code = e.getErrorCode() & 0xff;
  if (code == SQLITE_AUTH) {
    throw base::ConfigError({"this SQL does more than read, or the function is not allowed", "command line",
                             "only SELECT (and PRAGMA table_info and the like) is allowed here"});
  }
  if (code != SQLITE_ERROR && code != SQLITE_RANGE && code != SQLITE_MISMATCH && code != SQLITE_TOOBIG && code != -1) {
    throw explain(e, database.path());
  }
  throw base::ConfigError({std::string("the SQL is wrong: ") + e.what(), "command line", remedy});
}

/// Runs one SELECT of a person: `on_columns(names)` once, then `on_row(cells)` for each row.
template <class OnColumns, class OnRow>
void query(Database& database, const std::string& sql, OnColumns&& on_columns, OnRow&& on_row) {
  const std::vector<std::string> tables = table_names(database);
  try {
    const ReadingOnly lock(database);
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v2(database.sqlite().getHandle(), sql.c_str(), -1, &raw, &tail);
    const bool empty = raw == nullptr;
    sqlite3_finalize(raw);
    if (code != SQLITE_OK) throw SQLite::Exception(database.sqlite().getHandle(), code);
    const std::string_view rest = base::trim(tail);
    if (empty || rest.find_first_not_of("; \t\r\n") != std::string_view::npos) {
      throw base::ConfigError({empty ? "there is no SQL statement" : "this is more than one SQL statement",
                               "command line", "write one SELECT"});
    }
    SQLite::Statement row(database.sqlite(), sql.substr(0, static_cast<std::size_t>(tail - sql.c_str())));
    std::vector<std::string> names;
    for (int c = 0; c < row.getColumnCount(); ++c) names.emplace_back(row.getColumnName(c));
    on_columns(names);
    while (row.executeStep()) {
      std::vector<config::Json> cells;
      for (int c = 0; c < row.getColumnCount(); ++c) cells.push_back(to_json(row.getColumn(c)));
      on_row(cells);
    }
  } catch (const SQLite::Exception& e) {
    refuse_sql(e, database, "tables and views: " + base::join(tables, ", ") + "; results/README.md describes them");
  }
}

inline Table query(Database& database, const std::string& sql) {
  Table table;
  query(
      database, sql, [&](const std::vector<std::string>& names) { table.columns = names; },
      [&](std::vector<config::Json>& cells) { table.rows.push_back(std::move(cells)); });
  return table;
}

}  // namespace youden::store

// The condition of `list --where`: whatever it says, it stays one condition of one statement.
#include <sqlite3.h>

#include "fuzz.hpp"
#include "youden/store/expression.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  static sqlite3* const kDatabase = [] {
    sqlite3* db = nullptr;
    sqlite3_open(":memory:", &db);
    return db;
  }();
  const auto kind = [](const std::string& name) {
    return name == "sensitivity"          ? store::NameKind::column
           : name.starts_with("head")     ? store::NameKind::param
           : name.find('@') < name.size() ? store::NameKind::metric
           : name.starts_with("tag.")     ? store::NameKind::tag
                                          : store::NameKind::unknown;
  };
  const auto unknown = [](const std::string& name) { throw base::ConfigError({"no column '" + name + "'"}); };
  const store::Expression expression = store::ExpressionReader(bytes, kind, unknown).read();
  std::string columns = "1 AS sensitivity";
  for (const auto* names : {&expression.params, &expression.metrics, &expression.tags}) {
    for (const std::string& name : *names) columns += ", 1 AS " + store::quoted(name);
  }
  const std::string sql = "SELECT 1 FROM (SELECT " + columns + ") WHERE (" + expression.sql + ") LIMIT 1";
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  if (sqlite3_prepare_v2(kDatabase, sql.c_str(), -1, &statement, &tail) == SQLITE_OK) {
    require(statement != nullptr && *tail == '\0', "a condition is one statement");
    require(std::string_view(sqlite3_sql(statement)).ends_with(") LIMIT 1"), "a condition ends in its brackets");
    require(sqlite3_stmt_readonly(statement) != 0, "a condition reads");
  }
  sqlite3_finalize(statement);
}

std::vector<std::string> seeds() {
  return {R"(sensitivity > .95 and [head.dropout] < .5 or "tag.x" = 'a''b')",
          "head.dropout IN (1, 2.5e3)",
          "`sensitivity` between 0x1F and abs(-3) || 'x'",
          "(sensitivity IS NOT NULL) AND NOT 1 <> 2",
          "exists(select 1 where sensitivity like '%a' escape '\\')",
          R"("sensitivity@95" >= 1)"};
}

}  // namespace youden::fuzz

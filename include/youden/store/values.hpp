#pragma once
#include <sqlite3.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/config/json.hpp"

namespace youden::store {

/// Binds one value: NaN, an empty optional and JSON null become NULL; lists and maps become JSON text.
template <class T>
void bind_value(SQLite::Statement& statement, int at, const T& value) {
  if constexpr (std::is_same_v<T, config::Json>) {
    if (value.is_null())
      statement.bind(at);
    else if (value.is_boolean())
      statement.bind(at, value.template get<bool>() ? 1 : 0);
    else if (value.is_number_integer())
      statement.bind(at, value.template get<std::int64_t>());
    else if (value.is_number())
      bind_value(statement, at, value.template get<double>());
    else if (value.is_string())
      statement.bind(at, value.template get<std::string>());
    else
      statement.bind(at, value.dump());
  } else if constexpr (std::is_same_v<T, std::optional<double>> || std::is_same_v<T, std::optional<std::int64_t>>) {
    if (value)
      bind_value(statement, at, *value);
    else
      statement.bind(at);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value))
      statement.bind(at);
    else
      statement.bind(at, static_cast<double>(value));
  } else if constexpr (std::is_integral_v<T>) {
    statement.bind(at, static_cast<std::int64_t>(value));
  } else {
    statement.bind(at, value);
  }
}

/// Binds all values from the first parameter on.
template <class... T>
SQLite::Statement& bind_all(SQLite::Statement& statement, const T&... values) {
  int at = 0;
  (bind_value(statement, ++at, values), ...);
  return statement;
}

/// Runs a statement that returns no row and makes it ready for the next one.
template <class... T>
int execute(SQLite::Statement& statement, const T&... values) {
  const int changed = bind_all(statement, values...).exec();
  statement.reset();
  statement.clearBindings();
  return changed;
}
template <class... T>
int execute(SQLite::Database& db, const std::string& sql, const T&... values) {
  SQLite::Statement statement(db, sql);
  return execute(statement, values...);
}

/// Text that becomes NULL when empty.
inline config::Json or_null(const std::string& text) { return text.empty() ? config::Json() : config::Json(text); }

inline std::optional<double> optional_double(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional<double>(column.getDouble());
}

/// A column as JSON, by the type that it is stored with.
inline config::Json to_json(const SQLite::Column& column) {
  switch (column.getType()) {
    case SQLITE_INTEGER: return column.getInt64();
    case SQLITE_FLOAT: return column.getDouble();
    case SQLITE_NULL: return nullptr;
    case SQLITE_BLOB: return "<" + std::to_string(column.getBytes()) + " bytes>";
    default: return column.getString();
  }
}

/// How deep JSON text from a database may be nested. What Youden writes has a dozen levels; what walks a tree by
/// recursion dies of 200,000.
inline constexpr int kDeepestJson = 64;

inline bool is_too_deep(std::string_view json) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text) {
      if (c == '\\') ++i;
      in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepestJson) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

/// The one door for JSON text from a database, which anybody may have written. Throws nothing: text that is no JSON, or
/// nested too deeply, comes back as text.
inline config::Json parse_json(const std::string& text) {
  if (is_too_deep(text)) return text;
  auto parsed = config::Json::parse(text, nullptr, false);
  return parsed.is_discarded() ? config::Json(text) : parsed;
}

/// As parse_json, for a column that holds one kind. Throws StoreError naming `what` and where it stands.
inline config::Json parse_json(const std::string& text, config::Json::value_t kind, const std::string& what,
                               const std::string& where) {
  auto parsed = parse_json(text);
  if (parsed.type() == kind) return parsed;
  throw base::StoreError({what + (is_too_deep(text)                       ? " is JSON of more than 64 levels"
                                  : kind == config::Json::value_t::object ? " is no JSON object"
                                                                          : " is no JSON list"),
                          where,
                          "somebody changed the database by hand; `youden db check` says what else, and "
                          "`youden rm` can remove a run"},
                         base::Exit::bad_input);
}
inline config::Json parse_object(const std::string& text, const std::string& what, const std::string& where) {
  return parse_json(text, config::Json::value_t::object, what, where);
}
inline std::vector<std::string> parse_names(const std::string& text, const std::string& what,
                                            const std::string& where) {
  std::vector<std::string> out;
  for (const config::Json& name : parse_json(text, config::Json::value_t::array, what, where)) {
    if (!name.is_string()) {
      throw base::StoreError(
          {what + " holds something else than names", where, "somebody changed the database by hand"},
          base::Exit::bad_input);
    }
    out.push_back(name.get<std::string>());
  }
  return out;
}

}  // namespace youden::store

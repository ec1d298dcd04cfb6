#pragma once
#include <sqlite3.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

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

/// Throws nothing: text that is no JSON (only a foreign hand could have written it) comes back as text.
inline config::Json parse_json(const std::string& text) {
  auto parsed = config::Json::parse(text, nullptr, false);
  return parsed.is_discarded() ? config::Json(text) : parsed;
}

}  // namespace youden::store

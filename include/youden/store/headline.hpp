#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <string>

#include "youden/sample/part.hpp"
#include "youden/store/pooled.hpp"
#include "youden/store/values.hpp"
#include "youden/store/views.hpp"

namespace youden::store {

/// The part that a run is ranked by: out-of-fold, else validation, else (exploratory) test; empty without results.
inline std::string headline_part(const PooledResults& results) {
  for (const sample::Part each : sample::kByTrust) {
    const std::string part = sample::name_of(each);
    if (results.contains(part)) return part;
  }
  return {};
}

namespace detail {

/// Rewrites the run's row of `headline` from its results; called in the transaction that changed them.
inline void refresh_headline(SQLite::Database& db, std::int64_t run) {
  execute(db, "DELETE FROM headline WHERE run = ?", run);
  const PooledResults results = read_pooled(db, run);
  const std::string part = headline_part(results);
  if (part.empty()) return;
  const auto& metrics = results.at(part);
  SQLite::Statement positive(db, "SELECT positive IS NOT NULL FROM run WHERE id = ?");
  bind_all(positive, run);
  const bool named = positive.executeStep() && positive.getColumn(0).getInt() != 0;
  const auto n_of = [&](const char* metric) -> config::Json {
    const auto it = metrics.find(metric);
    return it == metrics.end() || !named ? config::Json() : config::Json(it->second.estimate.n);
  };
  std::string marks = "?, ?, ?, ?";
  for (std::size_t i = 0; i < 3 * kHeadlineMetrics.size(); ++i) marks += ", ?";
  SQLite::Statement insert(db, "INSERT INTO headline (run, part, n_positive, n_negative, " + headline_columns("") +
                                   ") VALUES (" + marks + ")");
  bind_all(insert, run, part, n_of("sensitivity"), n_of("specificity"));
  int at = 4;
  for (const std::string_view name : kHeadlineMetrics) {
    const auto it = metrics.find(std::string(name));
    const stat::Estimate e = it == metrics.end() ? stat::Estimate{} : it->second.estimate;
    for (const auto& value : {e.value, e.low, e.high}) bind_value(insert, ++at, value);
  }
  insert.exec();
}

}  // namespace detail
}  // namespace youden::store

#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "youden/store/database.hpp"
#include "youden/store/rows.hpp"
#include "youden/store/run_writer.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// The result row that holds a fold's temperature. Where there is one, the fold's stored predictions are already
/// calibrated by it.
inline constexpr const char* kTemperature = "temperature";

/// (replicate, fold) -> temperature; empty before write_calibrated().
inline std::map<std::pair<int, int>, double> read_temperatures(Database& database, std::int64_t run) {
  std::map<std::pair<int, int>, double> out;
  guarded(database, [&] {
    SQLite::Statement row(database.sqlite(),
                          "SELECT replicate, fold, value FROM result WHERE run = ? AND metric = ? AND slice = ''");
    bind_all(row, run, kTemperature);
    while (row.executeStep()) {
      out[{row.getColumn(0).getInt(), row.getColumn(1).getInt()}] = row.getColumn(2).getDouble();
    }
  });
  return out;
}

/// Predictions in the place of the uncalibrated ones, and the results that follow from them, in one transaction, so
/// that a run that is cut off never calibrates twice.
inline void write_calibrated(Database& database, std::int64_t run, const std::vector<PredictionRow>& predictions,
                             const std::vector<ResultRow>& results) {
  detail::write(database, [&](SQLite::Database& db) {
    detail::insert_predictions(db, run, predictions, {});
    detail::insert_results(db, run, results);
  });
}

}  // namespace youden::store

#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/hash.hpp"
#include "youden/store/database.hpp"
#include "youden/store/datasets.hpp"
#include "youden/store/rows.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_writer.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// A completed run's predictions on data that it has never seen, part `external:NAME`. A sample that several folds'
/// models scored together has fold −1.
struct ExternalPart {
  std::string part;
  DatasetRow dataset;
  std::vector<PredictionRow> predictions;
  std::vector<ResultRow> results;
};

/// The dataset's content hash, where the run has such a part already.
inline std::optional<std::string> external_dataset(Database& database, std::int64_t run, const std::string& part) {
  const auto found = detail::read_rows(
      database,
      "SELECT d.hash FROM prediction p JOIN dataset d ON d.id = p.dataset WHERE p.run = ? AND p.part = ? LIMIT 1",
      [](SQLite::Statement& row) { return row.getColumn(0).getString(); }, run, part);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

/// Identity of samples as a test set: as hash_test_set() gives it for a run's own.
inline std::string hash_samples(const std::vector<SampleRow>& samples) {
  std::set<std::string> content;
  for (const SampleRow& s : samples) content.insert(s.sha256);
  base::Hasher hasher;
  for (const std::string& sha256 : content) hasher.add(sha256);
  return hasher.hex();
}

/// All of it in one transaction, in the place of an earlier part of that name; counts as a look at these samples.
/// Throws ConfigError when the run has gone or is not completed.
inline void write_external(Database& database, std::int64_t run, const ExternalPart& external) {
  detail::write(database, [&](SQLite::Database& db) {
    SQLite::Statement row(db, "SELECT uid, status FROM run WHERE id = ?");
    bind_all(row, run);
    if (!row.executeStep() || row.getColumn(1).getString() != "completed") {
      throw base::ConfigError({"run " + std::to_string(run) + " is not, or no longer, a completed run",
                               database.path().string(), "see `youden list`"});
    }
    const std::string uid = row.getColumn(0).getString();
    row.reset();
    for (const char* table : {"prediction", "result"}) {
      execute(db, std::string("DELETE FROM ") + table + " WHERE run = ? AND part = ?", run, external.part);
    }
    const std::int64_t dataset = detail::write_dataset(db, external.dataset);
    detail::write_excluded(db, run, external.part, external.dataset);
    detail::insert_predictions(db, run, external.predictions, dataset);
    detail::insert_results(db, run, external.results);
    execute(db, "INSERT OR IGNORE INTO scoring (test_hash, uid) VALUES (?, ?)", hash_samples(external.dataset.samples),
            uid);
  });
}

}  // namespace youden::store

#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <string>
#include <vector>

#include "youden/base/hash.hpp"
#include "youden/store/database.hpp"
#include "youden/store/rows.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

namespace detail {

/// The dataset's id; its samples are written the first time its hash is seen.
inline std::int64_t write_dataset(SQLite::Database& db, const DatasetRow& d) {
  std::int64_t id = 0;
  SQLite::Statement known(db, "SELECT id FROM dataset WHERE hash = ?");
  bind_all(known, d.hash);
  if (known.executeStep()) {
    id = known.getColumn(0).getInt64();
  } else {
    execute(db, "INSERT INTO dataset (hash, name, n) VALUES (?, ?, ?)", d.hash, d.name, d.samples.size());
    id = db.getLastInsertRowid();
    SQLite::Statement sample(db,
                             "INSERT INTO sample (dataset, id, path, sha256, label, patient, source, covariates) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const SampleRow& s : d.samples) {
      execute(sample, id, s.id, s.path, s.sha256, s.label, or_null(s.patient), or_null(s.source), s.covariates.dump());
    }
  }
  // The same images may be what remains after other files were skipped this time.
  SQLite::Statement skipped(db, "INSERT OR IGNORE INTO skipped (dataset, id, path, reason) VALUES (?, ?, ?, ?)");
  for (const SkippedRow& s : d.skipped) execute(skipped, id, s.id, s.path, s.reason);
  return id;
}

/// What the run's configuration left out of its own data (part '') or of an external part's.
inline void write_excluded(SQLite::Database& db, std::int64_t run, const std::string& part, const DatasetRow& d) {
  execute(db, "DELETE FROM excluded WHERE run = ? AND part = ?", run, part);
  SQLite::Statement insert(db, "INSERT INTO excluded (run, part, reason, n) VALUES (?, ?, ?, ?)");
  for (const auto& [reason, n] : d.excluded) execute(insert, run, part, reason, n);
}

/// Identity of what a part holds, such as a run's test set: the content hashes of its samples, sorted. Empty when the
/// run has no such part.
inline std::string hash_part(SQLite::Database& db, std::int64_t run, const std::string& part) {
  SQLite::Statement row(db,
                        "SELECT DISTINCT s.sha256 FROM assignment a "
                        "JOIN sample s ON s.dataset = a.dataset AND s.id = a.sample "
                        "WHERE a.run = ? AND a.part = ? ORDER BY s.sha256");
  bind_all(row, run, part);
  base::Hasher hasher;
  bool any = false;
  for (; row.executeStep(); any = true) hasher.add(row.getColumn(0).getString());
  return any ? hasher.hex() : "";
}

}  // namespace detail

/// For data outside a run's own dataset (part `external:NAME`): the id that write_predictions takes.
inline std::int64_t add_dataset(Database& database, const DatasetRow& d) {
  return guarded(database, [&] {
    Transaction transaction(database.sqlite());
    const std::int64_t id = detail::write_dataset(database.sqlite(), d);
    transaction.commit();
    return id;
  });
}

/// Completed runs, removed ones included, that scored a set of samples with this hash and are none of `these` uids.
inline std::int64_t count_scored_by_others(Database& database, const std::string& hash,
                                           const std::vector<std::string>& these) {
  return guarded(database, [&] {
    SQLite::Statement row(database.sqlite(),
                          "SELECT count(*) FROM scoring WHERE test_hash = ? AND uid NOT IN (SELECT value FROM "
                          "json_each(?))");
    bind_all(row, hash, Json(these).dump());
    row.executeStep();
    return row.getColumn(0).getInt64();
  });
}

/// How many completed runs scored the test set with this hash, removed ones included: choosing among them is choosing
/// on the test set.
inline std::int64_t count_scored(Database& database, const std::string& test_hash) {
  return guarded(database, [&] {
    SQLite::Statement row(database.sqlite(), "SELECT count(*) FROM scoring WHERE test_hash = ?");
    bind_all(row, test_hash);
    row.executeStep();
    return row.getColumn(0).getInt64();
  });
}

}  // namespace youden::store

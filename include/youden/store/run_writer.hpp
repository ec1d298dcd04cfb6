#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/base/error.hpp"
#include "youden/base/sha256.hpp"
#include "youden/store/database.hpp"
#include "youden/store/datasets.hpp"
#include "youden/store/headline.hpp"
#include "youden/store/owner.hpp"
#include "youden/store/rows.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

namespace detail {

/// Sets the heartbeat; false when this process no longer owns the run (it slept so long that another took it over).
inline bool beat(SQLite::Database& db, std::int64_t run) {
  const Owner me = this_process();
  return execute(db,
                 "UPDATE run SET heartbeat = ? WHERE id = ? AND status = 'running' AND host = ? AND pid = ? "
                 "AND process_start = ?",
                 base::utc_now(), run, me.host, me.pid, me.process_start) == 1;
}

inline void require_owner(Database& database, std::int64_t run) {
  if (beat(database.sqlite(), run)) return;
  throw base::StoreError({"run " + std::to_string(run) +
                              " no longer belongs to this process; another one took it over "
                              "or removed it",
                          database.path().string(),
                          "nothing was written; see `youden show " + std::to_string(run) + "`"});
}

/// One immediate transaction around `work(db)`, with SQLite's failures explained.
template <class Work>
void write(Database& database, Work&& work) {
  guarded(database, [&] {
    Transaction transaction(database.sqlite());
    work(database.sqlite());
    transaction.commit();
  });
}

inline void insert_predictions(SQLite::Database& db, std::int64_t run, const std::vector<PredictionRow>& rows,
                               std::optional<std::int64_t> dataset) {
  SQLite::Statement insert(db,
                           "INSERT OR REPLACE INTO prediction (run, replicate, fold, part, sample, class, "
                           "probability, dataset) VALUES (?, ?, ?, ?, ?, ?, ?, "
                           "coalesce(?, (SELECT dataset FROM run WHERE id = ?1)))");
  for (const PredictionRow& p : rows) {
    execute(insert, run, p.replicate, p.fold, p.part, p.sample, p.class_name, p.probability, dataset);
  }
}

inline void insert_results(SQLite::Database& db, std::int64_t run, const std::vector<ResultRow>& rows) {
  SQLite::Statement insert(db,
                           "INSERT OR REPLACE INTO result (run, replicate, fold, part, unit, slice, class, "
                           "threshold, metric, value, low, high, level, method, n, n_patients) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const ResultRow& r : rows) {
    const stat::Estimate& e = r.estimate;
    execute(insert, run, r.replicate, r.fold, r.part, r.unit, r.slice, r.class_name, r.threshold, r.metric, e.value,
            e.low, e.high, e.level, e.method, e.n, r.n_patients);
  }
  refresh_headline(db, run);
}

inline void delete_fold(SQLite::Database& db, std::int64_t run, int replicate, int fold,
                        const std::vector<const char*>& tables) {
  for (const char* table : tables) {
    execute(db, std::string("DELETE FROM ") + table + " WHERE run = ? AND replicate = ? AND fold = ?", run, replicate,
            fold);
  }
}

}  // namespace detail

/// The split, all folds and replicates; also fixes the run's test-set hash.
inline void write_assignments(Database& database, std::int64_t run, const std::vector<AssignmentRow>& rows) {
  detail::write(database, [&](SQLite::Database& db) {
    SQLite::Statement insert(db,
                             "INSERT OR REPLACE INTO assignment (run, replicate, fold, sample, part, dataset) "
                             "VALUES (?, ?, ?, ?, ?, (SELECT dataset FROM run WHERE id = ?1))");
    for (const AssignmentRow& a : rows) execute(insert, run, a.replicate, a.fold, a.sample, a.part);
    execute(db, "UPDATE run SET test_hash = ? WHERE id = ?", or_null(detail::hash_part(db, run, "test")), run);
  });
}

/// An epoch's values, the checkpoint that goes with them and the heartbeat, all or none. Remove the previous
/// checkpoint's file only after this returned. An empty `checkpoint` leaves the pointer as it is.
inline void commit_epoch(Database& database, std::int64_t run, int replicate, int fold, int epoch,
                         const std::vector<HistoryRow>& rows, const std::filesystem::path& checkpoint) {
  detail::write(database, [&](SQLite::Database& db) {
    detail::require_owner(database, run);
    SQLite::Statement insert(db,
                             "INSERT OR REPLACE INTO history (run, replicate, fold, epoch, part, metric, value) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?)");
    for (const HistoryRow& h : rows) execute(insert, run, replicate, fold, epoch, h.part, h.metric, h.value);
    if (checkpoint.empty()) return;
    execute(db, "INSERT OR REPLACE INTO checkpoint (run, replicate, fold, epoch, path) VALUES (?, ?, ?, ?, ?)", run,
            replicate, fold, epoch, database.stored_path(checkpoint));
  });
}

/// Predictions outside a fold's end, e.g. of part `external:NAME` with the `dataset` that add_dataset() gave.
inline void write_predictions(Database& database, std::int64_t run, const std::vector<PredictionRow>& rows,
                              std::optional<std::int64_t> dataset = {}) {
  detail::write(database, [&](SQLite::Database& db) { detail::insert_predictions(db, run, rows, dataset); });
}

inline void write_results(Database& database, std::int64_t run, const std::vector<ResultRow>& rows) {
  detail::write(database, [&](SQLite::Database& db) { detail::insert_results(db, run, rows); });
}

/// All that one fold produced, replacing what an earlier attempt left; the fold then counts as finished.
inline void finish_fold(Database& database, std::int64_t run, int replicate, int fold,
                        const std::vector<PredictionRow>& predictions, const std::vector<ResultRow>& results) {
  detail::write(database, [&](SQLite::Database& db) {
    detail::require_owner(database, run);
    detail::delete_fold(db, run, replicate, fold, {"prediction", "result"});
    detail::insert_predictions(db, run, predictions, {});
    detail::insert_results(db, run, results);
    execute(db, "INSERT OR IGNORE INTO finished_fold (run, replicate, fold) VALUES (?, ?, ?)", run, replicate, fold);
  });
}

/// Forgets a fold's history, checkpoint, predictions and results; its split stays.
inline void erase_fold(Database& database, std::int64_t run, int replicate, int fold) {
  detail::write(database, [&](SQLite::Database& db) {
    detail::delete_fold(db, run, replicate, fold, {"history", "checkpoint", "prediction", "result", "finished_fold"});
    detail::refresh_headline(db, run);
  });
}

/// A completed run needs its checkpoints no longer; their files are the caller's to remove, afterwards.
inline void forget_checkpoints(Database& database, std::int64_t run) {
  detail::write(database, [&](SQLite::Database& db) { execute(db, "DELETE FROM checkpoint WHERE run = ?", run); });
}

/// Replaces the run's findings.
inline void write_findings(Database& database, std::int64_t run, const std::vector<FindingRow>& rows) {
  detail::write(database, [&](SQLite::Database& db) {
    execute(db, "DELETE FROM finding WHERE run = ?", run);
    SQLite::Statement insert(db, "INSERT INTO finding (run, rule, severity, value, evidence) VALUES (?, ?, ?, ?, ?)");
    for (const FindingRow& f : rows) execute(insert, run, f.rule, f.severity, f.value, f.evidence);
  });
}

/// A file that the run made. Its sha256 and size are taken now, so it must be complete.
inline void add_artifact(Database& database, std::int64_t run, const std::string& kind,
                         const std::filesystem::path& path) {
  const std::string sha256 = base::sha256_of_file(path);
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path));
  detail::write(database, [&](SQLite::Database& db) {
    execute(db, "INSERT OR REPLACE INTO artifact (run, kind, path, sha256, bytes) VALUES (?, ?, ?, ?, ?)", run, kind,
            database.stored_path(path), sha256, bytes);
  });
}

/// Describes a metric that a user registered, so that `list --sort` knows its direction.
inline void write_metric(Database& database, const std::string& name, const std::string& direction,
                         const std::string& description) {
  detail::write(database, [&](SQLite::Database& db) {
    execute(db, "INSERT OR REPLACE INTO metric (name, direction, description) VALUES (?, ?, ?)", name, direction,
            description);
  });
}

/// Ends this process's work on the run: completed, failed or interrupted. `seconds` add to those of earlier attempts.
inline void finish(Database& database, std::int64_t run, const std::string& status, const std::string& reason,
                   double seconds) {
  detail::write(database, [&](SQLite::Database& db) {
    detail::require_owner(database, run);
    execute(db, "UPDATE run SET status = ?, reason = ?, finished = ?, elapsed_s = elapsed_s + ? WHERE id = ?", status,
            or_null(reason), base::utc_now(), seconds, run);
    execute(db,
            "INSERT OR IGNORE INTO scoring (test_hash, uid) "
            "SELECT test_hash, uid FROM run WHERE id = ? AND status = 'completed' AND test_hash IS NOT NULL",
            run);
    // Whoever picks among runs by their out-of-fold values has chosen on those samples.
    if (const std::string oof = status == "completed" ? detail::hash_part(db, run, "oof") : ""; !oof.empty()) {
      execute(db, "INSERT OR IGNORE INTO scoring (test_hash, uid) SELECT ?, uid FROM run WHERE id = ?", oof, run);
    }
  });
}

/// To be called every 20 s or so. False: another process took the run over; stop working on it.
inline bool heartbeat(Database& database, std::int64_t run) {
  bool owned = false;
  detail::write(database, [&](SQLite::Database& db) { owned = detail::beat(db, run); });
  return owned;
}

}  // namespace youden::store

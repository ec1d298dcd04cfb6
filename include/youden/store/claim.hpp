#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/base/error.hpp"
#include "youden/store/database.hpp"
#include "youden/store/datasets.hpp"
#include "youden/store/limits.hpp"
#include "youden/store/owner.hpp"
#include "youden/store/rows.hpp"
#include "youden/store/silence.hpp"
#include "youden/store/status.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

enum class Claim {
  created,    ///< this process owns a run that starts from nothing (new, or failed before)
  completed,  ///< the same experiment was completed earlier; nothing was written
  resumable,  ///< this process owns a run that was interrupted; go on from its checkpoints
  running     ///< a live process works on it; nothing was written
};

struct Claimed {
  Claim outcome = Claim::created;
  std::int64_t run = 0;
  std::string uid = {};
  Owner owner = {};  ///< of a running run: who works on it
};

namespace detail {

inline void own(SQLite::Database& db, std::int64_t run) {
  const Owner me = this_process();
  const std::string now = base::utc_now();
  execute(db,
          "UPDATE run SET status = 'running', reason = NULL, finished = NULL, started = coalesce(started, ?), "
          "heartbeat = ?, host = ?, pid = ?, process_start = ? WHERE id = ?",
          now, now, me.host, me.pid, me.process_start, run);
}

inline void write_pairs(SQLite::Database& db, const std::string& table, std::int64_t run,
                        const std::vector<std::pair<std::string, std::string>>& pairs) {
  SQLite::Statement insert(db, "INSERT OR REPLACE INTO " + table + " (run, name, value) VALUES (?, ?, ?)");
  for (const auto& [name, value] : pairs) execute(insert, run, name, value);
}

/// What belongs to the run and may be stated anew when a failed run starts again.
inline void describe(SQLite::Database& db, std::int64_t run, const NewRun& r) {
  require_length(r.name, kLongestName, "the run's name");
  for (const auto& [name, value] : r.tags) {
    require_length(name, kLongestTag, "the name of a tag");
    require_length(value, kLongestTag, "tag '" + base::excerpt(name) + "'");
  }
  execute(db,
          "UPDATE run SET name = ?, seed = ?, dataset = ?, folds = ?, replicates = ?, positive = ?, classes = ?, "
          "unit = ?, command_line = ?, config = ?, yaml = ? WHERE id = ?",
          r.name, static_cast<std::int64_t>(r.seed), write_dataset(db, r.dataset), r.folds, r.replicates,
          or_null(r.positive), Json(r.classes).dump(), r.unit, r.command_line, r.config.dump(), r.yaml, run);
  std::size_t found = r.dataset.samples.size() + r.dataset.skipped.size();
  for (const auto& [reason, n] : r.dataset.excluded) found += n;
  execute(db, "UPDATE run SET found = ? WHERE id = ?", found, run);
  execute(db, "DELETE FROM param WHERE run = ?", run);
  execute(db, "DELETE FROM environment WHERE run = ?", run);
  SQLite::Statement insert(db, "INSERT INTO param (run, name, value) VALUES (?, ?, ?)");
  for (const auto& [name, value] : r.params.items()) execute(insert, run, name, value);
  write_pairs(db, "environment", run, r.environment);
  write_pairs(db, "tag", run, r.tags);
  write_excluded(db, run, {}, r.dataset);
}

/// Everything that working on the run produced.
inline void erase_work(SQLite::Database& db, std::int64_t run) {
  for (const char* table : {"assignment", "history", "prediction", "result", "headline", "checkpoint", "finished_fold",
                            "finding", "artifact"}) {
    execute(db, std::string("DELETE FROM ") + table + " WHERE run = ?", run);
  }
  execute(db, "UPDATE run SET elapsed_s = 0, started = NULL, test_hash = NULL WHERE id = ?", run);
}

inline Claimed create(SQLite::Database& db, const NewRun& r) {
  const std::string uid = base::make_uid();
  execute(db,
          "INSERT INTO run (uid, name, status, seed, fingerprint, created, dataset, folds, replicates, classes, "
          "command_line, config, yaml) VALUES (?, ?, 'running', ?, ?, ?, ?, 1, 1, '[]', '', '{}', '')",
          uid, r.name, static_cast<std::int64_t>(r.seed), r.fingerprint, base::utc_now(), write_dataset(db, r.dataset));
  const std::int64_t run = db.getLastInsertRowid();
  describe(db, run, r);
  own(db, run);
  return {Claim::created, run, uid};
}

}  // namespace detail

/// Finds the run with this fingerprint or makes it, in one transaction: of two processes that ask for the same
/// experiment at once, one creates it and the other is told `running`. `again` always makes a new run.
/// `silence_s`: how long a heartbeat from elsewhere is watched before its run is taken over.
inline Claimed claim_run(Database& database, const NewRun& r, bool again, double silence_s = kStandsStillS) {
  if (!again) await_silence(database, "fingerprint = ?", r.fingerprint, silence_s);
  return guarded(database, [&] {
    SQLite::Database& db = database.sqlite();
    Transaction transaction(db);
    std::optional<Claimed> running;
    std::optional<Claimed> stopped;
    bool failed = false;
    if (!again) {
      SQLite::Statement same(db,
                             "SELECT id, uid, status, host, pid, process_start, heartbeat FROM run "
                             "WHERE fingerprint = ? ORDER BY id DESC");
      bind_all(same, r.fingerprint);
      while (same.executeStep()) {
        const Status status = read_status(same, 2);
        Claimed found{Claim::completed, same.getColumn(0).getInt64(), same.getColumn(1).getString(), status.owner};
        if (status.name == "completed") return found;
        if (status.name == "running" && !running) {
          found.outcome = Claim::running;
          running = found;
        } else if (status.name != "running" && !stopped) {
          failed = status.name == "failed";
          found.outcome = failed ? Claim::created : Claim::resumable;
          stopped = found;
        }
      }
    }
    if (running) return *running;
    if (!stopped) {
      Claimed made = detail::create(db, r);
      transaction.commit();
      return made;
    }
    if (failed) {
      detail::erase_work(db, stopped->run);
      detail::describe(db, stopped->run, r);
    }
    detail::own(db, stopped->run);
    transaction.commit();
    return *stopped;
  });
}

/// For `resume RUN`: as claim_run, for a run that exists. A failed run starts again from nothing.
inline Claimed take_over(Database& database, std::int64_t run, double silence_s = kStandsStillS) {
  await_silence(database, "id = ?", run, silence_s);
  return guarded(database, [&] {
    SQLite::Database& db = database.sqlite();
    Transaction transaction(db);
    SQLite::Statement row(db, "SELECT uid, status, host, pid, process_start, heartbeat FROM run WHERE id = ?");
    bind_all(row, run);
    if (!row.executeStep())
      throw base::ConfigError({"there is no run " + std::to_string(run), database.path().string()});
    const Status status = read_status(row, 1);
    Claimed found{Claim::completed, run, row.getColumn(0).getString(), status.owner};
    if (status.name == "completed") return found;
    found.outcome = Claim::running;
    if (status.name == "running") return found;
    row.reset();
    if (status.name == "failed") detail::erase_work(db, run);
    found.outcome = status.name == "failed" ? Claim::created : Claim::resumable;
    detail::own(db, run);
    transaction.commit();
    return found;
  });
}

}  // namespace youden::store

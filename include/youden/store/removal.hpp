#pragma once
#include <fcntl.h>
#include <sys/file.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "youden/base/descriptor.hpp"
#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_folder.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_writer.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// What is known of a run without reading its configuration, which may be broken: `rm` removes that too.
struct RunHead {
  std::int64_t id = 0;
  std::string uid;
  std::string name;
  std::string status;
  Owner owner;
};

/// Throws ConfigError when there is no such run.
inline RunHead read_head(Database& database, std::int64_t run) {
  auto found = detail::read_rows(
      database, "SELECT id, uid, name, status, host, pid, process_start, heartbeat FROM run WHERE id = ?",
      [](SQLite::Statement& row) {
        Status status = read_status(row, 3);
        return RunHead{row.getColumn(0).getInt64(), row.getColumn(1).getString(), row.getColumn(2).getString(),
                       std::move(status.name), std::move(status.owner)};
      },
      run);
  if (found.empty()) throw base::ConfigError({"there is no run " + std::to_string(run), database.path().string()});
  return std::move(found.front());
}

/// What removing a run takes away.
struct Belongings {
  RunHead run;
  std::int64_t rows = 0;  ///< in all tables, the run's own row included
  std::size_t files = 0;
  std::uintmax_t bytes = 0;
};

/// Tables whose rows belong to a run and go with it, by their foreign keys.
inline std::vector<std::string> tables_of_runs(SQLite::Database& db) {
  std::vector<std::string> out;
  SQLite::Statement row(db,
                        "SELECT m.name FROM main.sqlite_schema m JOIN pragma_foreign_key_list(m.name) f "
                        "WHERE m.type = 'table' AND f.\"table\" = 'run' AND f.\"from\" = 'run' "
                        "AND f.on_delete = 'CASCADE' ORDER BY m.name");
  while (row.executeStep()) out.push_back(row.getColumn(0).getString());
  return out;
}

inline Belongings belongings(Database& database, std::int64_t run) {
  Belongings out{read_head(database, run), 1};
  guarded(database, [&] {
    for (const std::string& table : tables_of_runs(database.sqlite())) {
      SQLite::Statement rows(database.sqlite(), "SELECT count(*) FROM " + table + " WHERE run = ?");
      bind_all(rows, run);
      rows.executeStep();
      out.rows += rows.getColumn(0).getInt64();
    }
  });
  if (!is_uid(out.run.uid)) return out;  // names no folder of ours
  const auto folder = run_folder(database, out.run.uid);
  for (const auto& file : regular_files(folder)) {
    std::error_code ignored;
    const auto bytes = std::filesystem::file_size(folder / file, ignored);
    ++out.files;
    if (!ignored) out.bytes += bytes;
  }
  return out;
}

/// Throws ConfigError when a live process works on the run.
inline void require_idle(const RunHead& run, const Database& database) {
  if (run.status != "running") return;
  throw base::ConfigError({"run " + std::to_string(run.id) + " is being worked on by process " +
                               std::to_string(run.owner.pid) + " on " + run.owner.host,
                           database.path().string(), "stop it first (Ctrl-C or `kill` there), or wait for its end"});
}

namespace detail {

/// SQLite would look for a sample's predictions by reading all of them, once for every sample that goes; whoever
/// switches the keys off asks once for all.
class KeysOff {
 public:
  explicit KeysOff(SQLite::Database& db) : db_(db) { db_.exec("PRAGMA foreign_keys = OFF"); }
  KeysOff(const KeysOff&) = delete;
  KeysOff& operator=(const KeysOff&) = delete;
  ~KeysOff() { db_.tryExec("PRAGMA foreign_keys = ON"); }

 private:
  SQLite::Database& db_;
};

/// Datasets that these runs used and no other run uses.
inline std::vector<std::int64_t> datasets_of_nobody_else(SQLite::Database& db, const std::string& runs) {
  std::string used;
  std::string others;
  for (const std::string table : {"run", "assignment", "prediction"}) {
    const std::string key = table == "run" ? "id" : "run";
    used += (used.empty() ? "" : " UNION ") + ("SELECT dataset FROM " + table) + " WHERE " + key + " IN (" + runs + ")";
    others +=
        " AND NOT EXISTS (SELECT 1 FROM " + table + " WHERE dataset = d.dataset AND " + key + " NOT IN (" + runs + "))";
  }
  std::vector<std::int64_t> out;
  SQLite::Statement row(db, "SELECT d.dataset FROM (" + used + ") d WHERE 1" + others);
  while (row.executeStep()) out.push_back(row.getColumn(0).getInt64());
  return out;
}

}  // namespace detail

/// While it lives, no other process merges into this database, nor takes folders away that a merge is filling: a lock
/// on the results folder, which leaves no file. A file system that cannot lock a folder goes without.
class MergeLock {
 public:
  /// `wait`: for as long as its holder lives.
  MergeLock(const Database& database, bool wait) : folder_(database.path().parent_path(), O_RDONLY | O_DIRECTORY) {
    held_ = folder_.is_open() && folder_.lock(LOCK_EX | LOCK_NB);
    while (wait && !held_ && folder_.is_open() && errno == EWOULDBLOCK) {
      if (base::interrupted()) throw base::Interrupted({"interrupted while another process merged"});
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      held_ = folder_.lock(LOCK_EX | LOCK_NB);
    }
    busy_ = !held_ && folder_.is_open() && errno == EWOULDBLOCK;
  }
  [[nodiscard]] bool busy() const { return busy_; }  ///< another process has it

 private:
  base::Descriptor folder_;
  bool held_ = false;
  bool busy_ = false;
};

namespace detail {

/// Removes the folders that `removal` lists and no run has; under the merge lock.
inline void remove_folders(Database& database) {
  const auto uids = read_rows(database, "SELECT uid FROM removal",
                              [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
  if (uids.empty()) return;
  std::vector<std::string> done;
  for (const std::string& uid : uids) {
    const bool there = !read_rows(
                            database, "SELECT 1 FROM run WHERE uid = ?",
                            [](SQLite::Statement& row) { return row.getColumn(0).getInt(); }, uid)
                            .empty();
    if (!there && is_uid(uid)) remove_run_folder(database, uid);  // another hand's uid names no folder of ours
    done.push_back(uid);
  }
  write(database, [&](SQLite::Database& db) {
    for (const std::string& uid : done) execute(db, "DELETE FROM removal WHERE uid = ?", uid);
  });
}

}  // namespace detail

/// Removes the folders of runs whose rows are gone: the second half of `remove_runs`, which a kill may have cut off.
/// While somebody merges it is left to them.
inline void finish_removals(Database& database) {
  const MergeLock turn(database, false);
  if (!turn.busy()) detail::remove_folders(database);
}

/// Takes runs away: all rows of all of them in one transaction, and datasets that nobody else uses; then their folders.
/// Their looks at test sets stay counted. Throws ConfigError, and removes nothing, when one of them is being worked on.
inline void remove_runs(Database& database, const std::vector<std::int64_t>& runs) {
  std::string list;
  for (const std::int64_t run : runs) list += (list.empty() ? "" : ", ") + std::to_string(run);
  guarded(database, [&] {
    SQLite::Database& db = database.sqlite();
    const detail::KeysOff keys_off(db);
    Transaction transaction(db);
    for (const std::int64_t run : runs) {
      require_idle(read_head(database, run), database);
    }
    const auto datasets = detail::datasets_of_nobody_else(db, list);
    const std::string these = " WHERE run IN (" + list + ")";
    for (const std::string& table : tables_of_runs(db)) db.exec("DELETE FROM " + table + these);
    db.exec(
        "UPDATE trial SET run = NULL, value = NULL, objectives = '[]', "
        "state = CASE state WHEN 'completed' THEN 'dropped' ELSE state END" +
        these);
    db.exec("INSERT OR IGNORE INTO removal (uid) SELECT uid FROM run WHERE id IN (" + list + ")");
    db.exec("DELETE FROM run WHERE id IN (" + list + ")");
    for (const std::int64_t dataset : datasets) {
      for (const char* table : {"skipped", "sample"}) {
        execute(db, std::string("DELETE FROM ") + table + " WHERE dataset = ?", dataset);
      }
      execute(db, "DELETE FROM dataset WHERE id = ?", dataset);
    }
    transaction.commit();
  });
  finish_removals(database);
}

}  // namespace youden::store

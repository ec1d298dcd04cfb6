#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/sha256.hpp"
#include "youden/base/text.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_folder.hpp"
#include "youden/store/status.hpp"
#include "youden/store/unsound.hpp"

namespace youden::store {

struct CheckReport {
  std::vector<base::Fault> problems;
  std::int64_t artifacts = 0;  ///< files compared with their sha256
};

namespace detail {

inline void check_artifacts(Database& database, CheckReport& report) {
  SQLite::Statement row(database.sqlite(),
                        "SELECT run, kind, path, sha256, bytes FROM artifact ORDER BY run, kind, path");
  while (row.executeStep()) {
    const auto path = database.absolute_path(row.getColumn(2).getString());
    const std::string what = row.getColumn(1).getString() + " of run " + std::to_string(row.getColumn(0).getInt64());
    ++report.artifacts;
    std::error_code failure;
    const auto bytes = std::filesystem::file_size(path, failure);
    if (failure) {
      report.problems.push_back({what + " is missing", path.string()});
    } else if (static_cast<std::int64_t>(bytes) != row.getColumn(4).getInt64()) {
      report.problems.push_back(
          {what + " has " + std::to_string(bytes) + " bytes instead of " + std::to_string(row.getColumn(4).getInt64()),
           path.string()});
    } else {
      try {
        if (base::sha256_of_file(path) != row.getColumn(3).getString()) {
          report.problems.push_back({what + " has changed: its sha256 differs", path.string()});
        }
      } catch (const base::Error& e) {
        report.problems.push_back({what + " cannot be read", path.string()});
      }
    }
  }
}

/// A run that may be resumed needs its checkpoints. Those of a live run change under our eyes.
inline void check_checkpoints(Database& database, CheckReport& report) {
  SQLite::Statement row(database.sqlite(),
                        "SELECT status, host, pid, process_start, heartbeat, run, path FROM checkpoint "
                        "JOIN run ON run.id = run WHERE status IN ('running', 'interrupted') ORDER BY run");
  while (row.executeStep()) {
    if (read_status(row, 0).name == "running") continue;
    const auto path = database.absolute_path(row.getColumn(6).getString());
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      report.problems.push_back({"the checkpoint of run " + std::to_string(row.getColumn(5).getInt64()) +
                                     " is missing, so it cannot be resumed",
                                 path.string()});
    }
  }
}

inline void check_removals(Database& database, CheckReport& report) {
  SQLite::Statement row(database.sqlite(), "SELECT uid FROM removal WHERE uid NOT IN (SELECT uid FROM run)");
  while (row.executeStep()) {
    const std::string uid = row.getColumn(0).getString();
    report.problems.push_back({"the files of a removed run are still there: `youden db vacuum` removes them",
                               is_uid(uid) ? run_folder(database, uid).string() : base::excerpt(uid)});
  }
}

}  // namespace detail

/// Looks for damage: pages and indices, rows that no run writes, files that are gone or changed.
inline CheckReport check_database(Database& database) {
  return guarded(database, [&] {
    CheckReport report;
    SQLite::Statement pages(database.sqlite(), "PRAGMA integrity_check");
    while (pages.executeStep()) {
      const std::string said = pages.getColumn(0).getString();
      if (said != "ok") report.problems.push_back({"integrity: " + said, database.path().string()});
    }
    for (const std::string& what : unsound(database.sqlite())) {
      report.problems.push_back({what, database.path().string()});
    }
    if (!detail::missing_of_schema(database.sqlite()).empty()) return report;  // what follows reads it
    detail::check_artifacts(database, report);
    detail::check_checkpoints(database, report);
    detail::check_removals(database, report);
    return report;
  });
}

/// Gives unused space back. Returns the file's size in bytes before and after.
inline std::pair<std::uintmax_t, std::uintmax_t> vacuum(Database& database) {
  return guarded(database, [&] {
    const auto before = std::filesystem::file_size(database.path());
    database.sqlite().exec("VACUUM");
    database.sqlite().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return std::pair(before, std::filesystem::file_size(database.path()));
  });
}

}  // namespace youden::store

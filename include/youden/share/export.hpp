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
#include "youden/base/interrupt.hpp"
#include "youden/base/partial.hpp"
#include "youden/share/deidentify.hpp"
#include "youden/share/snapshot.hpp"
#include "youden/share/transfer.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/transaction.hpp"

namespace youden::share {

struct ExportOptions {
  std::vector<std::int64_t> runs;  ///< numbers in the database that is exported
  bool deidentify = false;         ///< see deidentify.hpp and results/README.md
  bool force = false;              ///< an existing file is replaced
};
struct Exported {
  std::size_t runs = 0;
  std::int64_t rows = 0;
  std::uintmax_t bytes = 0;
};

namespace detail {

inline void require_free(const store::Database& from, const std::filesystem::path& out, bool force) {
  std::error_code ignored;
  if (std::filesystem::equivalent(from.path(), out, ignored)) {
    throw base::ConfigError({"this is the database itself", out.string(), "name another file"});
  }
  const auto there = std::filesystem::symlink_status(out, ignored);
  if (!std::filesystem::exists(there)) return;
  if (!std::filesystem::is_regular_file(there)) {
    throw base::ConfigError({"this is there and no file", out.string(), "name a file, e.g. share.db"});
  }
  if (!force) throw base::ConfigError({"this file is there already", out.string(), "--force replaces it"});
}

}  // namespace detail

inline std::vector<std::int64_t> all_runs(store::Database& database) {
  return store::detail::read_rows(database, "SELECT id FROM run ORDER BY id",
                                  [](SQLite::Statement& row) { return row.getColumn(0).getInt64(); });
}

/// Writes these runs, and what belongs to them, into one SQLite file. It is a results database like any other: `--db`
/// opens it, `merge` takes it. Throws ConfigError for a place that is taken, StoreError.
inline Exported export_runs(const store::Database& from, const std::filesystem::path& out,
                            const ExportOptions& options) {
  detail::require_free(from, out, options.force);
  const Snapshot snapshot(from.path(), out);
  base::Partial partial(std::filesystem::absolute(out), base::Readable::owner_only);
  partial.hand_over();
  Exported done;
  {
    store::Database to = store::Database::open(partial.path());
    store::guarded(out, [&] {
      Deidentification deidentification;
      Rewrites rewrites{.columns = {{"run.status", "iif(o.status = 'running', 'interrupted', o.status)"}}};
      if (options.deidentify) rewrites = deidentification.rewrites(to.sqlite());
      {
        Transfer transfer(to, snapshot.file(), std::move(rewrites));
        store::Transaction transaction(to.sqlite());
        for (const std::int64_t run : options.runs) {
          if (base::interrupted()) throw base::Interrupted({"interrupted; nothing was exported", out.string()});
          const std::int64_t ours = transfer.add_run(run);
          if (options.deidentify) continue;
          transfer.place_files(ours,
                               [&](const std::string& stored) { return to.stored_path(from.absolute_path(stored)); });
        }
        transfer.add_sweeps();
        transfer.add_common(false);
        transaction.commit();
        done.rows = transfer.rows();
      }
      to.sqlite().exec("PRAGMA journal_mode = DELETE");  // one file, nothing beside it
    });
  }
  std::error_code ignored;  // journals of the file that is replaced would be played into the new one
  for (const char* suffix : {"-wal", "-shm", "-journal"}) std::filesystem::remove(out.string() + suffix, ignored);
  partial.commit();
  done.runs = options.runs.size();
  done.bytes = std::filesystem::file_size(out);
  return done;
}

}  // namespace youden::share

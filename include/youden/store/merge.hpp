#pragma once
#include <sqlite3.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/text.hpp"
#include "youden/store/database.hpp"
#include "youden/store/merge_files.hpp"
#include "youden/store/removal.hpp"
#include "youden/store/run_folder.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/snapshot.hpp"
#include "youden/store/status.hpp"
#include "youden/store/transaction.hpp"
#include "youden/store/transfer.hpp"

namespace youden::store {

/// What merging one file did.
struct Merged {
  std::vector<std::int64_t> added;    ///< our numbers of runs that were not here
  std::vector<std::int64_t> updated;  ///< of runs that had come further there
  std::int64_t present = 0;           ///< runs that were here already, as far as there or further
  std::vector<std::string> left_out;  ///< runs and external parts that were not taken, each with the reason
  std::int64_t rows = 0;
  std::vector<std::filesystem::path> copied = {};   ///< files, at their place here
  std::vector<std::filesystem::path> missing = {};  ///< files that rows name and that are not there
};

namespace detail {

/// One file into one database, in one transaction. A run is the same run where its uid is the same:
///   not here                     it is added;
///   there further than here      (completed, else more folds, else more epochs) their state takes the place of ours;
///   completed in both            ours stays, and takes their parts on data from outside that it has not;
///   otherwise                    ours stays.
/// Tags and notes are added in every case. Completed runs of one uid with different numbers are refused.
class Merger {
 public:
  Merger(Database& ours, const std::filesystem::path& theirs, int busy_timeout_ms)
      : ours_(ours),
        theirs_(std::filesystem::weakly_canonical(std::filesystem::absolute(theirs))),
        snapshot_(theirs_, busy_timeout_ms) {}

  Merged merge() {
    Transfer transfer(ours_, snapshot_.file());
    FileCopies copies(ours_, theirs_.parent_path());
    Transaction transaction(ours_.sqlite());
    for (const Pair& pair : pairs()) {
      if (base::interrupted())
        throw base::Interrupted({"interrupted; nothing of this file was merged", theirs_.string()});
      take(pair, transfer, copies);
    }
    transfer.add_sweeps();
    transfer.add_common(true);
    copies.sync();
    transaction.commit();
    copies.keep();
    remove_outrun_checkpoints();
    out_.rows = transfer.rows();
    out_.copied = copies.copied();
    out_.missing = copies.missing();
    return out_;
  }

 private:
  /// How far a run has come.
  using Progress = std::tuple<bool, std::int64_t, std::int64_t>;
  struct State {
    std::int64_t id = 0;
    Status status;
    Progress progress;
    std::string dataset;  ///< hash
  };
  struct Pair {
    std::string uid;
    State theirs;
    std::optional<State> ours;
  };

  std::vector<Pair> pairs() {
    std::vector<Pair> out;
    SQLite::Statement row(ours_.sqlite(), "SELECT uid, id FROM other.run ORDER BY id");
    while (row.executeStep()) {
      const std::string uid = row.getColumn(0).getString();
      out.push_back({uid, *state("other", uid), state("main", uid)});
    }
    return out;
  }

  std::optional<State> state(const std::string& schema, const std::string& uid) {
    const std::string of = schema + ".";
    SQLite::Statement row(ours_.sqlite(), "SELECT r.id, d.hash, (SELECT count(*) FROM " + of +
                                              "finished_fold WHERE run = r.id), (SELECT count(*) FROM " + of +
                                              "history WHERE run = r.id), r.status, r.host, r.pid, r.process_start, "
                                              "r.heartbeat FROM " +
                                              of + "run r JOIN " + of +
                                              "dataset d ON d.id = r.dataset WHERE r.uid = ?");
    bind_all(row, uid);
    if (!row.executeStep()) return {};
    State s{row.getColumn(0).getInt64(), read_status(row, 4), {}, row.getColumn(1).getString()};
    s.progress = {s.status.name == "completed", row.getColumn(2).getInt64(), row.getColumn(3).getInt64()};
    return s;
  }

  void take(const Pair& pair, Transfer& transfer, FileCopies& copies) {
    const auto& [uid, theirs, ours] = pair;
    if (!is_uid(uid)) refuse("'" + base::excerpt(uid) + "' is no uid of a run");
    if (theirs.status.name == "running") {
      out_.left_out.push_back(text(uid, theirs) + " is still being worked on there: merge again when it has ended");
    } else if (!ours) {
      out_.added.push_back(transfer.add_run(theirs.id));
      copies.take(transfer, uid, out_.added.back());
    } else if (ours->status.name == "running") {
      out_.left_out.push_back(text(uid, *ours) + " is being worked on here");
    } else if (theirs.progress > ours->progress) {
      for (const auto& file : paths("checkpoint", ours->id)) outrun_.push_back(file);
      transfer.replace_run(theirs.id, ours->id);
      transfer.add_labels(theirs.id, ours->id);
      copies.take(transfer, uid, ours->id);
      out_.updated.push_back(ours->id);
    } else {
      const bool same_data = theirs.dataset == ours->dataset;  // not so where one of them is de-identified
      if (std::get<bool>(theirs.progress)) {
        require_agreement(pair, same_data);
        if (same_data) {
          for (const std::string& part : transfer.add_external(theirs.id, ours->id)) {
            out_.left_out.push_back(part + " of run " + uid + " is of other data there than here, where it stays");
          }
        }
      }
      transfer.add_labels(theirs.id, ours->id);
      copies.fill(paths("artifact", ours->id), uid);
      ++out_.present;
    }
  }

  /// Two completed runs of one uid are copies of one another, or somebody changed one of them.
  void require_agreement(const Pair& pair, bool same_data) {
    const std::string part = " AND part NOT LIKE 'external:%'";
    if (differ("replicate, fold, epoch, part, metric, value", "history", "", pair) ||
        (same_data && differ("replicate, fold, part, sample, class, probability", "prediction", part, pair))) {
      refuse("run " + pair.uid + " (here number " + std::to_string(pair.ours->id) +
             ") is completed in both databases, with different numbers");
    }
  }
  bool differ(const std::string& columns, const std::string& table, const std::string& condition, const Pair& pair) {
    const auto rows = [&](const char* schema, const char* run) {
      return "SELECT " + columns + " FROM " + schema + "." + table + " WHERE run = " + run + condition;
    };
    SQLite::Statement row(ours_.sqlite(), "SELECT 1 FROM (" + rows("main", "?1") + " EXCEPT " + rows("other", "?2") +
                                              ") UNION ALL SELECT 1 FROM (" + rows("other", "?2") + " EXCEPT " +
                                              rows("main", "?1") + ") LIMIT 1");
    bind_all(row, pair.ours->id, pair.theirs.id);
    return row.executeStep();
  }

  std::vector<std::filesystem::path> paths(const std::string& table, std::int64_t run) {
    return read_rows(
        ours_, "SELECT path FROM main." + table + " WHERE run = ?",
        [&](SQLite::Statement& row) { return ours_.absolute_path(row.getColumn(0).getString()); }, run);
  }
  /// Those of our state of a run that theirs replaced.
  void remove_outrun_checkpoints() {
    for (const std::int64_t run : out_.updated) {
      const auto kept = paths("checkpoint", run);
      std::error_code ignored;
      for (const auto& file : outrun_) {
        if (std::find(kept.begin(), kept.end(), file) == kept.end()) std::filesystem::remove(file, ignored);
      }
    }
  }

  [[nodiscard]] static std::string text(const std::string& uid, const State& s) {
    return "run " + uid + " (process " + std::to_string(s.status.owner.pid) + " on " + s.status.owner.host + ")";
  }
  [[noreturn]] void refuse(const std::string& what) const {
    throw base::StoreError(
        {what, theirs_.string(), "nothing of this file was merged; one of the two was changed by hand"},
        base::Exit::bad_input);
  }

  Database& ours_;
  std::filesystem::path theirs_;
  Snapshot snapshot_;
  std::vector<std::filesystem::path> outrun_;
  Merged out_;
};

}  // namespace detail

/// Brings the runs of another results database into this one; a second time adds nothing. Throws ConfigError for this
/// database itself, StoreError for a file that cannot be merged, of which then nothing is.
inline Merged merge_database(Database& ours, const std::filesystem::path& theirs,
                             int busy_timeout_ms = kBusyTimeoutMs) {
  std::error_code ignored;
  if (std::filesystem::equivalent(ours.path(), theirs, ignored)) {
    throw base::ConfigError({"this is the database itself", theirs.string(), "name others; --db says into which"});
  }
  detail::Merger merger(ours, theirs, busy_timeout_ms);
  return guarded(ours, [&] {
    finish_removals(ours);  // a run that comes back must not lose its files to its removal
    try {
      return merger.merge();
    } catch (const SQLite::Exception& e) {
      if ((e.getErrorCode() & 0xff) == SQLITE_CONSTRAINT) throw explain(e, theirs);  // rows that do not fit together
      throw;
    }
  });
}

}  // namespace youden::store

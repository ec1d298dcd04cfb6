#pragma once
#include <sqlite3.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/text.hpp"
#include "youden/share/merge_files.hpp"
#include "youden/share/snapshot.hpp"
#include "youden/share/transfer.hpp"
#include "youden/store/database.hpp"
#include "youden/store/door.hpp"
#include "youden/store/removal.hpp"
#include "youden/store/run_folder.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/status.hpp"
#include "youden/store/transaction.hpp"

namespace youden::share {

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

/// One file into one database, some runs a transaction, so that nobody waits for long: each run comes whole or not at
/// all, and merging again goes on where a kill or a lost disk ended it. A run is the same run where its uid is the
/// same:
///   not here                     it is added;
///   there further than here      (completed, else more folds, else more epochs) their state takes the place of ours;
///   completed in both            ours stays, and takes their parts on data from outside that it has not;
///   otherwise                    ours stays.
/// Tags and notes are added in every case. Completed runs of one uid with different numbers are refused, and with them
/// the file, before anything of it is taken.
class Merger {
 public:
  Merger(store::Database& ours, const std::filesystem::path& theirs, int busy_timeout_ms)
      : ours_(ours),
        theirs_(std::filesystem::weakly_canonical(std::filesystem::absolute(theirs))),
        snapshot_(theirs_, ours.path(), busy_timeout_ms) {
    auto copy = store::Database::reopen(snapshot_.file());
    store::require_sound(copy, theirs_);
  }

  Merged merge() {
    Transfer transfer(ours_, snapshot_.file());
    std::vector<std::string> uids;
    {
      SQLite::Statement row(ours_.sqlite(), "SELECT uid FROM other.run ORDER BY id");
      while (row.executeStep()) uids.push_back(row.getColumn(0).getString());
    }
    for (const std::string& uid : uids) {
      stop_if_interrupted();
      if (const Pair p = pair(uid); action(p) == Action::keep) require_agreement(p);
    }
    for (std::size_t next = 0; next < uids.size();) {
      stop_if_interrupted();
      const std::size_t end = std::min(uids.size(), next + batch_);
      next +=
          take_some({uids.begin() + static_cast<std::ptrdiff_t>(next), uids.begin() + static_cast<std::ptrdiff_t>(end)},
                    transfer);
    }
    store::Transaction transaction(ours_.sqlite());
    transfer.add_sweeps();
    transfer.add_common(true);
    transaction.commit();
    out_.rows = transfer.rows();
    return out_;
  }

 private:
  /// How far a run has come.
  using Progress = std::tuple<bool, std::int64_t, std::int64_t>;
  struct State {
    std::int64_t id = 0;
    store::Status status;
    Progress progress;
    std::string dataset;  ///< hash
  };
  struct Pair {
    std::string uid;
    State theirs;
    std::optional<State> ours;
  };

  enum class Action { add, replace, keep, worked_on_there, worked_on_here };

  Pair pair(const std::string& uid) {
    const auto theirs = state("other", uid);
    if (!theirs) refuse("run " + uid + " is on a dataset that is not in the file");
    return {uid, *theirs, state("main", uid)};
  }

  static Action action(const Pair& p) {
    if (p.theirs.status.name == "running") return Action::worked_on_there;
    if (!p.ours) return Action::add;
    if (p.ours->status.name == "running") return Action::worked_on_here;
    return p.theirs.progress > p.ours->progress ? Action::replace : Action::keep;
  }

  void stop_if_interrupted() const {
    if (base::interrupted()) {
      throw base::Interrupted(
          {"interrupted; merging again goes on with the runs that are not here yet", theirs_.string()});
    }
  }

  /// The first of these runs, as many as a fraction of a second takes. Returns how many.
  std::size_t take_some(const std::vector<std::string>& uids, Transfer& transfer) {
    FileCopies copies(ours_, theirs_.parent_path());
    announce(uids, copies);
    for (const std::string& uid : uids) {
      const Pair p = pair(uid);
      const Action what = action(p);
      if (what == Action::add || what == Action::replace) copies.stage(uid);
      if (what == Action::keep) copies.stage_missing(uid, paths("artifact", p.ours->id));
    }
    const base::Stopwatch watch;
    std::size_t taken = 0;
    {
      constexpr double kLongestS = 0.3;  // of holding the lock, less the run that is at hand then
      store::Transaction transaction(ours_.sqlite());
      while (taken < uids.size() && watch.seconds() < kLongestS) take(pair(uids[taken++]), transfer, copies);
      transaction.commit();
    }
    copies.keep();
    remove_outrun_checkpoints();
    out_.copied.insert(out_.copied.end(), copies.copied().begin(), copies.copied().end());
    out_.missing.insert(out_.missing.end(), copies.missing().begin(), copies.missing().end());
    constexpr double kShortS = 0.05;
    constexpr std::size_t kMost = 256;
    batch_ = watch.seconds() < kShortS ? std::min(kMost, batch_ * 2) : std::max<std::size_t>(1, taken / 2);
    return taken;
  }

  /// Folders that a kill before the commit would leave without a row: the next merge or `db vacuum` removes them.
  void announce(const std::vector<std::string>& uids, const FileCopies& copies) {
    std::vector<std::string> fresh;
    std::error_code ignored;
    for (const std::string& uid : uids) {
      if (action(pair(uid)) == Action::add && copies.has_files(uid) &&
          !std::filesystem::exists(std::filesystem::symlink_status(store::run_folder(ours_, uid), ignored))) {
        fresh.push_back(uid);
      }
    }
    if (fresh.empty()) return;
    store::detail::write(ours_, [&](SQLite::Database& db) {
      for (const std::string& uid : fresh) store::execute(db, "INSERT OR IGNORE INTO removal (uid) VALUES (?)", uid);
    });
  }

  std::optional<State> state(const std::string& schema, const std::string& uid) {
    const std::string of = schema + ".";
    SQLite::Statement row(ours_.sqlite(), "SELECT r.id, d.hash, (SELECT count(*) FROM " + of +
                                              "finished_fold WHERE run = r.id), (SELECT count(*) FROM " + of +
                                              "history WHERE run = r.id), r.status, r.host, r.pid, r.process_start, "
                                              "r.heartbeat FROM " +
                                              of + "run r JOIN " + of +
                                              "dataset d ON d.id = r.dataset WHERE r.uid = ?");
    store::bind_all(row, uid);
    if (!row.executeStep()) return {};
    State s{row.getColumn(0).getInt64(), store::read_status(row, 4), {}, row.getColumn(1).getString()};
    s.progress = {s.status.name == "completed", row.getColumn(2).getInt64(), row.getColumn(3).getInt64()};
    return s;
  }

  void take(const Pair& p, Transfer& transfer, FileCopies& copies) {
    const auto& [uid, theirs, ours] = p;
    copies.place(uid);
    switch (action(p)) {
      case Action::worked_on_there:
        out_.left_out.push_back(text(uid, theirs) + " is still being worked on there: merge again when it has ended");
        return;
      case Action::worked_on_here: out_.left_out.push_back(text(uid, *ours) + " is being worked on here"); return;
      case Action::add: {
        const std::int64_t id = transfer.add_run(theirs.id);
        copies.name_files(transfer, uid, id);
        store::execute(ours_.sqlite(), "DELETE FROM removal WHERE uid = ?", uid);
        out_.added.push_back(id);
        return;
      }
      case Action::replace:
        for (const auto& file : paths("checkpoint", ours->id)) outrun_.emplace_back(ours->id, file);
        transfer.replace_run(theirs.id, ours->id);
        transfer.add_labels(theirs.id, ours->id);
        copies.name_files(transfer, uid, ours->id);
        out_.updated.push_back(ours->id);
        return;
      case Action::keep: break;
    }
    if (std::get<bool>(theirs.progress) && theirs.dataset == ours->dataset) {
      for (const std::string& part : transfer.add_external(theirs.id, ours->id)) {
        out_.left_out.push_back(part + " of run " + uid + " is of other data there than here, where it stays");
      }
    }
    transfer.add_labels(theirs.id, ours->id);
    ++out_.present;
  }

  /// Two completed runs of one uid are copies of one another, or somebody changed one of them.
  void require_agreement(const Pair& pair) {
    if (!std::get<bool>(pair.theirs.progress)) return;
    const bool same_data = pair.theirs.dataset == pair.ours->dataset;  // not so where one of them is de-identified
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
    store::bind_all(row, pair.ours->id, pair.theirs.id);
    return row.executeStep();
  }

  std::vector<std::filesystem::path> paths(const std::string& table, std::int64_t run) {
    return store::detail::read_rows(
        ours_, "SELECT path FROM main." + table + " WHERE run = ?",
        [&](SQLite::Statement& row) { return ours_.absolute_path(row.getColumn(0).getString()); }, run);
  }
  /// Those of our state of a run that theirs replaced.
  void remove_outrun_checkpoints() {
    for (const auto& [run, file] : std::exchange(outrun_, {})) {
      const auto kept = paths("checkpoint", run);
      const auto folder = store::run_folder(ours_, uid_of(run));
      std::error_code ignored;
      if (store::is_below(folder, file) && std::find(kept.begin(), kept.end(), file) == kept.end())
        std::filesystem::remove(file, ignored);
    }
  }
  std::string uid_of(std::int64_t run) {
    SQLite::Statement row(ours_.sqlite(), "SELECT uid FROM main.run WHERE id = ?");
    store::bind_all(row, run);
    return row.executeStep() ? row.getColumn(0).getString() : std::string();
  }

  [[nodiscard]] static std::string text(const std::string& uid, const State& s) {
    return "run " + uid + " (process " + std::to_string(s.status.owner.pid) + " on " + s.status.owner.host + ")";
  }
  [[noreturn]] void refuse(const std::string& what) const {
    throw base::StoreError(
        {what, theirs_.string(), "nothing of this file was merged; one of the two was changed by hand"},
        base::Exit::bad_input);
  }

  store::Database& ours_;
  std::filesystem::path theirs_;
  Snapshot snapshot_;
  std::size_t batch_ = 8;  ///< runs a transaction; grows while they are small
  std::vector<std::pair<std::int64_t, std::filesystem::path>> outrun_;
  Merged out_;
};

}  // namespace detail

/// Brings the runs of another results database into this one; a second time adds nothing. Throws ConfigError for this
/// database itself, StoreError for a file that cannot be merged, of which then nothing is. Two that merge into one
/// database take turns.
inline Merged merge_database(store::Database& ours, const std::filesystem::path& theirs,
                             int busy_timeout_ms = store::kBusyTimeoutMs) {
  std::error_code ignored;
  if (std::filesystem::equivalent(ours.path(), theirs, ignored)) {
    throw base::ConfigError({"this is the database itself", theirs.string(), "name others; --db says into which"});
  }
  const store::MergeLock turn(ours, true);
  detail::Merger merger(ours, theirs, busy_timeout_ms);
  return store::guarded(ours, [&] {
    store::detail::remove_folders(ours);  // a run that comes back must not lose its files to its removal
    // What a failure leaves announced and unnamed is removed at once where that can be.
    const struct Tidy {  // NOLINT(cppcoreguidelines-special-member-functions): never copied
      store::Database& ours;
      ~Tidy() {
        try {
          store::detail::remove_folders(ours);
        } catch (const std::exception&) {  // the next merge does it
          return;
        }
      }
    } tidy{ours};
    try {
      return merger.merge();
    } catch (const SQLite::Exception& e) {
      const bool replaced_here = e.getExtendedErrorCode() == SQLITE_CONSTRAINT_COMMITHOOK;
      if ((e.getErrorCode() & 0xff) != SQLITE_CONSTRAINT || replaced_here) throw;
      throw base::StoreError({std::string("its rows do not fit together (SQLite: ") + e.what() + ")", theirs.string(),
                              "somebody changed that database by hand; `youden db check` on it may say more"},
                             base::Exit::bad_input);
    }
  });
}

}  // namespace youden::share

#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/store/sweeps.hpp"

namespace youden::store {

/// What a worker is told when it asks for work.
struct Lease {
  enum class Kind {
    trial,  ///< it owns `trial` until it completes, fails or returns it
    wait,   ///< others are still computing what every trial left shares; ask again soon
    none    ///< no trial is left
  };
  Kind kind = Kind::none;
  TrialRecord trial = {};
};

namespace detail {

/// The trial that should be worked on next, by position; empty where one must wait (`others`: somebody works).
///
/// Of trials that share frozen features, the longest goes first and alone: it computes all of them, and the others then
/// only read. Trials that somebody left go before new ones.
inline std::optional<std::size_t> choose_trial(const std::vector<TrialRecord>& trials,
                                               const std::set<std::int64_t>& busy) {
  struct Group {
    std::size_t leader = 0;
    bool led = false;  ///< has a leader
  };
  std::map<std::string, Group> groups;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const TrialRecord& t = trials[i];
    if (t.feature_group.empty() || t.state == "failed" || t.state == "dropped") continue;
    Group& g = groups[t.feature_group];
    if (!g.led || t.epochs > trials[g.leader].epochs) g = {i, true};
  }
  const auto may_begin = [&](std::size_t i) {
    const TrialRecord& t = trials[i];
    if (t.feature_group.empty()) return true;
    const std::size_t leader = groups.at(t.feature_group).leader;
    return leader == i || trials[leader].state == "completed";
  };
  const auto warm = [&](std::size_t i) {
    const TrialRecord& t = trials[i];
    return !t.feature_group.empty() && trials[groups.at(t.feature_group).leader].state == "completed";
  };
  std::optional<std::size_t> best;
  const auto rank = [&](std::size_t i) {
    return busy.contains(trials[i].number) ? 3 : trials[i].attempts > 0 ? 0 : warm(i) ? 1 : 2;
  };
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].state == "pending" && may_begin(i) && (!best || rank(i) < rank(*best))) best = i;
  }
  return best;
}

/// Ends this process's lease with `state`; false where another process has taken the trial over.
template <class... T>
bool end_lease(Database& database, std::int64_t sweep, std::int64_t number, const std::string& changes,
               const T&... values) {
  bool mine = false;
  write(database, [&](SQLite::Database& db) {
    const Owner me = this_process();
    mine = execute(db,
                   "UPDATE trial SET " + changes +
                       ", lease = NULL WHERE sweep = ? AND number = ? AND state = 'running' AND host = ? AND pid = ? "
                       "AND process_start = ?",
                   values..., sweep, number, me.host, me.pid, me.process_start) == 1;
  });
  return mine;
}

}  // namespace detail

/// A trial whose worker was killed this often without its being finished is given up.
inline constexpr int kMostAttempts = 50;

/// Gives this process the next trial, in one transaction, so that no two workers ever get the same. `busy`: trials
/// whose run somebody outside the sweep works on; they come last.
inline Lease lease_trial(Database& database, std::int64_t sweep, const std::set<std::int64_t>& busy = {}) {
  return guarded(database, [&] {
    SQLite::Database& db = database.sqlite();
    Transaction transaction(db);
    auto trials = detail::read_trials(db, sweep);
    for (TrialRecord& t : trials) {
      if (t.silent) t.state = "running";  // whoever waits sees in time whether its heartbeat moves
      if (t.state != "pending" || t.attempts < kMostAttempts) continue;
      t.state = "failed";
      execute(db, "UPDATE trial SET state = 'failed', reason = ?, lease = NULL WHERE sweep = ? AND number = ?",
              "its worker was killed " + std::to_string(t.attempts) + " times", sweep, t.number);
    }
    Lease out;
    if (const auto next = detail::choose_trial(trials, busy)) {
      out = {Lease::Kind::trial, trials[*next]};
      out.trial.owner = this_process();
      out.trial.state = "running";
      ++out.trial.attempts;
      execute(db,
              "UPDATE trial SET state = 'running', attempts = ?, host = ?, pid = ?, process_start = ?, lease = ? "
              "WHERE sweep = ? AND number = ?",
              out.trial.attempts, out.trial.owner.host, out.trial.owner.pid, out.trial.owner.process_start,
              base::utc_now(), sweep, out.trial.number);
    } else if (std::any_of(trials.begin(), trials.end(), [](const TrialRecord& t) { return t.state == "running"; })) {
      out.kind = Lease::Kind::wait;
    }
    transaction.commit();
    return out;
  });
}

/// To be called every 20 s or so. False: another process took the trial over.
inline bool renew_lease(Database& database, std::int64_t sweep, std::int64_t number) {
  bool mine = false;
  detail::write(database, [&](SQLite::Database& db) {
    const Owner me = this_process();
    mine = execute(db,
                   "UPDATE trial SET lease = ? WHERE sweep = ? AND number = ? AND state = 'running' AND host = ? AND "
                   "pid = ? AND process_start = ?",
                   base::utc_now(), sweep, number, me.host, me.pid, me.process_start) == 1;
  });
  return mine;
}

/// Which run the trial is, as soon as it has one.
inline void note_trial_run(Database& database, std::int64_t sweep, std::int64_t number, std::int64_t run) {
  detail::write(database, [&](SQLite::Database& db) {
    execute(db, "UPDATE trial SET run = ? WHERE sweep = ? AND number = ? AND state = 'running'", run, sweep, number);
  });
}

/// The trial's run is complete. `values`: one an objective, from `part`.
inline bool complete_trial(Database& database, std::int64_t sweep, std::int64_t number, std::int64_t run, bool reused,
                           std::int64_t prefix_images, const std::vector<std::optional<double>>& values,
                           const std::string& part) {
  Json list = Json::array();
  for (const auto& v : values) list.push_back(v ? Json(*v) : Json());
  return detail::end_lease(
      database, sweep, number,
      "state = 'completed', reason = NULL, run = ?, reused = ?, prefix_images = prefix_images + ?, "
      "value = ?, objectives = ?, part = ?",
      run, reused ? 1 : 0, prefix_images, values.empty() ? std::nullopt : values.front(), list.dump(), part);
}

inline bool fail_trial(Database& database, std::int64_t sweep, std::int64_t number, std::optional<std::int64_t> run,
                       const std::string& reason) {
  return detail::end_lease(database, sweep, number, "state = 'failed', run = coalesce(?, run), reason = ?", run,
                           reason);
}

/// Interrupted, or not possible now: another worker, or this one later, goes on.
inline bool return_trial(Database& database, std::int64_t sweep, std::int64_t number) {
  return detail::end_lease(database, sweep, number, "state = 'pending', attempts = max(attempts - 1, 0)");
}

}  // namespace youden::store

#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/heartbeat.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/store/lease.hpp"
#include "youden/sweep/plan.hpp"

namespace youden::sweep {

/// What came of a trial's run.
struct TrialOutcome {
  std::int64_t run = 0;
  bool reused = false;             ///< the same experiment was completed before
  std::int64_t prefix_images = 0;  ///< pushed through the frozen network
};

/// Another process works on the very same run.
struct Busy : base::RunError {
  explicit Busy(const base::Fault& fault) : RunError(fault, base::Exit::bad_input) {}
};

/// Trains one document. `claimed` is told the run as soon as it has a number. Throws Interrupted, Busy, or
/// why it failed.
using RunTrial =
    std::function<TrialOutcome(const config::Resolved& document, const std::function<void(std::int64_t)>& claimed)>;

/// One of any number of processes that take a sweep's trials from the database until none is left.
class Worker {
 public:
  Worker(std::filesystem::path db, std::int64_t sweep, std::vector<Objective> objectives, Compose compose, RunTrial run)
      : db_(std::move(db)),
        sweep_(sweep),
        objectives_(std::move(objectives)),
        compose_(std::move(compose)),
        run_(std::move(run)) {}

  /// Throws Interrupted; the trial at hand is then another's to go on with.
  void work() {
    auto database = store::Database::open(db_);
    while (true) {
      if (base::interrupted()) throw base::Interrupted({"interrupted between trials"});
      const store::Lease lease = store::lease_trial(database, sweep_, busy_);
      if (lease.kind == store::Lease::Kind::none) return;
      if (lease.kind == store::Lease::Kind::wait) {
        pause(std::chrono::milliseconds(200));
      } else {
        work_on(database, lease.trial);
      }
    }
  }

 private:
  void work_on(store::Database& database, const store::TrialRecord& trial) {
    const std::int64_t number = trial.number;
    const base::Heartbeat heartbeat([this, number] {
      auto db = store::Database::reopen(db_);
      return store::renew_lease(db, sweep_, number);
    });
    std::optional<std::int64_t> run;
    try {
      const TrialOutcome done = run_(compose_(settings_of(trial.params)), [&](std::int64_t claimed) {
        run = claimed;
        store::note_trial_run(database, sweep_, number, claimed);
      });
      const auto results = store::read_pooled(database, done.run);
      std::vector<std::optional<double>> values;
      std::string part;
      for (const Objective& o : objectives_) {
        const Objective::Value v = o.of(results);
        values.push_back(v.value);
        if (part != "test") part = v.part;
      }
      // A run that an earlier attempt at this trial completed is no other's.
      const bool reused = done.reused && trial.run != done.run;
      busy_.clear();
      store::complete_trial(database, sweep_, number, done.run, reused, done.prefix_images, values, part);
    } catch (const base::Interrupted&) {
      give_back(database, number);
      throw;
    } catch (const Busy&) {
      store::return_trial(database, sweep_, number);
      busy_.insert(number);
      pause(std::chrono::seconds(1));
    } catch (const std::exception& e) {
      if (base::blame_of(e) == base::Blame::machine) {  // no fault of the trial's
        give_back(database, number);
        throw;
      }
      store::fail_trial(database, sweep_, number, run, e.what());
    }
  }

  /// A database that cannot take this must not hide the first reason; a dead worker's trial is pending anyway.
  void give_back(store::Database& database, std::int64_t number) const noexcept {
    try {
      store::return_trial(database, sweep_, number);
    } catch (const std::exception&) {
      return;
    }
  }

  static void pause(std::chrono::milliseconds time) {
    constexpr std::chrono::milliseconds kStep(50);
    for (auto left = time; left.count() > 0 && !base::interrupted(); left -= kStep) std::this_thread::sleep_for(kStep);
  }

  std::filesystem::path db_;
  std::int64_t sweep_;
  std::vector<Objective> objectives_;
  Compose compose_;
  RunTrial run_;
  std::set<std::int64_t> busy_;  ///< trials that another process trains as runs of its own
};

}  // namespace youden::sweep

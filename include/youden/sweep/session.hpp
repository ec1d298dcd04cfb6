#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/live_lines.hpp"
#include "youden/base/progress.hpp"
#include "youden/sweep/crew.hpp"
#include "youden/sweep/standing.hpp"

namespace youden::sweep {

/// Watches a sweep from beside its workers until no trial is open: prints each that ends, and on a terminal a table of
/// those that run.
class Session {
 public:
  Session(store::Database& database, std::int64_t sweep, Crew& crew) : db_(database), sweep_(sweep), crew_(crew) {
    for (const auto& t : store::read_trials(db_, sweep_)) {
      if (t.state == "completed" || t.state == "failed") seen_.insert(t.number);
    }
    before_ = seen_.size();
  }

  /// Throws Interrupted once the workers have stopped, RunError when they cannot work at all.
  void watch() {
    crew_.start();
    while (crew_.alive() > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      if (base::interrupted()) crew_.stop();
      mind(crew_.tend(!base::interrupted()));
      look();
    }
    look();
    lines_.draw({});
    const auto trials = store::read_trials(db_, sweep_);
    const auto left = [](const store::TrialRecord& t) { return t.state == "pending"; };
    if (!base::interrupted() && std::any_of(trials.begin(), trials.end(), left)) {
      throw base::RunError(
          {"the workers ended before the sweep did", {}, "the same command goes on; " + crew_.last_words()});
    }
    if (base::interrupted()) {
      throw base::Interrupted({"interrupted; every trial keeps its last epoch", {}, "the same command goes on"});
    }
  }

 private:
  /// Workers that die one after the other without ever beginning a trial have a common cause.
  void mind(std::size_t died) {
    if (died == 0) return;
    std::size_t begun = 0;
    bool working = false;
    for (const auto& t : store::read_trials(db_, sweep_)) {
      begun += static_cast<std::size_t>(t.attempts) + (t.state == "completed" ? 1 : 0);
      working = working || t.state == "running";
    }
    deaths_ = working || begun != begun_ ? 0 : deaths_ + died;
    begun_ = begun;
    constexpr std::size_t kMostDeaths = 4;
    if (deaths_ <= kMostDeaths + crew_.size()) return;
    crew_.stop();
    throw base::RunError(
        {"the sweep's workers end before they begin a trial", {}, "the last one said: " + crew_.last_words()});
  }

  /// Only when somebody wrote: SQLite counts the other connections' commits.
  void look() {
    const auto version = db_.sqlite().execAndGet("PRAGMA data_version").getInt64();
    if (version == version_) return;
    version_ = version;
    const Standing s = Standing::read(db_, sweep_);
    for (const auto& t : s.trials) {
      if ((t.state == "completed" || t.state == "failed") && seen_.insert(t.number).second) report(s, t);
    }
    if (lines_.live()) lines_.draw(table(s));
  }

  void report(const Standing& s, const store::TrialRecord& t) {
    if (t.part == "test" && !warned_) {
      warned_ = true;
      lines_.leave(
          "warning: there is no validation or out-of-fold part; trials are ranked on test, which is exploratory");
    }
    const std::string head = fmt::format("trial {}/{}  {}", t.number, s.trials.size(), params_text(t.params));
    if (t.state == "failed") {
      lines_.leave(fmt::format("{}  failed: {}", head, t.reason.substr(0, t.reason.find('\n'))));
    } else {
      lines_.leave(fmt::format("{}  {}  run {}{}", head, values_text(s.sweep, t), t.run.value_or(0),
                               t.reused ? ", reused" : ""));
    }
  }

  [[nodiscard]] std::vector<std::string> table(const Standing& s) {
    const std::size_t done = s.counted("completed") + s.counted("failed");
    std::string head = fmt::format("sweep {}: {} of {} trials", s.sweep.id, done, s.trials.size());
    if (s.counted("failed") > 0) head += fmt::format(", {} failed", s.counted("failed"));
    if (done > before_) {
      const double each = watch_.seconds() / static_cast<double>(done - before_);
      head += ", ETA " + base::duration_text(each * static_cast<double>(s.trials.size() - done));
    }
    if (const auto* best = s.best()) {
      head += fmt::format("; best {} (run {}: {})", values_text(s.sweep, *best), *best->run, params_text(best->params));
    }
    std::vector<std::string> out{std::move(head)};
    for (const auto& t : s.trials) {
      if (t.state == "running")
        out.push_back(fmt::format("  trial {:<5} {:<24} {}", t.number, epoch_of(t), params_text(t.params)));
    }
    return out;
  }

  [[nodiscard]] std::string epoch_of(const store::TrialRecord& t) {
    if (!t.run) return "starting";
    const auto epochs = store::detail::read_rows(
        db_,
        "SELECT fold, max(epoch) FROM history WHERE run = ? GROUP BY replicate, fold ORDER BY replicate DESC, fold "
        "DESC "
        "LIMIT 1",
        [](SQLite::Statement& row) { return std::pair(row.getColumn(0).getInt(), row.getColumn(1).getInt()); }, *t.run);
    if (epochs.empty()) return "starting";
    return fmt::format("{}epoch {}/{}",
                       epochs.front().first > 0 ? fmt::format("fold {} ", epochs.front().first + 1) : "",
                       epochs.front().second, t.epochs);
  }

  store::Database& db_;
  std::int64_t sweep_;
  Crew& crew_;
  base::LiveLines lines_;
  base::Stopwatch watch_;
  std::set<std::int64_t> seen_;
  std::size_t before_ = 0;
  std::size_t begun_ = 0;
  std::size_t deaths_ = 0;
  std::int64_t version_ = -1;
  bool warned_ = false;
};

}  // namespace youden::sweep

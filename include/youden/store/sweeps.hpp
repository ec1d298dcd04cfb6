#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/base/error.hpp"
#include "youden/store/database.hpp"
#include "youden/store/limits.hpp"
#include "youden/store/owner.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_writer.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// A row of `sweep`. `state`: open, completed or cancelled.
struct SweepRecord {
  std::int64_t id = 0;
  std::string uid = {};
  std::string name;
  std::string fingerprint;
  std::string state = "open";
  std::vector<std::string> objectives;  ///< part.metric, of the part that the trials were measured on
  std::vector<bool> maximised;
  std::string created = {};
  double seconds = 0;  ///< of all sessions that watched it
  std::string command_line = {};
  Json config = Json::object();  ///< resolved, without a trial's changes
  std::string yaml = {};
};

/// A row of `trial`. `state`: pending, running, completed, failed or dropped. A running trial whose worker died reads
/// "pending": whoever comes next takes it over.
struct TrialRecord {
  std::int64_t number = 0;
  Json params = Json::object();    ///< dotted key -> value
  std::string feature_group = {};  ///< trials that share frozen features; empty: shares none
  int epochs = 0;
  std::string state = "pending";
  std::optional<std::int64_t> run = {};
  std::vector<std::optional<double>> values = {};  ///< one an objective
  std::string part = {};                           ///< that the values were measured on
  std::string reason = {};
  Owner owner = {};
  bool silent = false;  ///< pending because its worker elsewhere was not heard of; not yet sure to be dead
  int attempts = 0;
  bool reused = false;
  std::int64_t prefix_images = 0;
};

namespace detail {

/// One text as it is, several as a JSON list.
inline std::string one_or_list(const std::vector<std::string>& texts) {
  return texts.size() == 1 ? texts.front() : Json(texts).dump();
}
inline std::vector<std::string> texts(const std::string& one_or_list) {
  const Json j = parse_json(one_or_list);
  if (!j.is_array()) return {one_or_list};
  return parse_names(one_or_list, "objective or direction of a sweep", "table sweep");
}

/// `val.auc` where `oof.auc` was asked for and the trials, having no such part, were measured on val.
inline std::string measured(const std::string& objective, const std::string& part) {
  const auto dot = objective.find('.');
  return part.empty() || dot == std::string::npos ? objective : part + objective.substr(dot);
}

inline SweepRecord read_sweep_row(SQLite::Statement& row) {
  SweepRecord s{.id = row.getColumn(0).getInt64(),
                .uid = row.getColumn(1).getString(),
                .name = row.getColumn(2).getString(),
                .fingerprint = row.getColumn(3).getString(),
                .state = row.getColumn(4).getString(),
                .objectives = texts(row.getColumn(5).getString()),
                .maximised = {},
                .created = row.getColumn(7).getString(),
                .seconds = row.getColumn(8).getDouble(),
                .command_line = row.getColumn(9).getString(),
                .config = parse_object(row.getColumn(10).getString(), "config of a sweep", "table sweep"),
                .yaml = row.getColumn(11).getString()};
  for (std::string& objective : s.objectives) objective = measured(objective, row.getColumn(12).getString());
  for (const std::string& direction : texts(row.getColumn(6).getString())) s.maximised.push_back(direction == "max");
  return s;
}
inline constexpr const char* kSweepColumns =
    "SELECT id, uid, name, fingerprint, state, objective, direction, created, elapsed_s, command_line, config, yaml, "
    "coalesce((SELECT max(part) FROM trial WHERE sweep = sweep.id AND state = 'completed'), '') FROM sweep ";

inline TrialRecord read_trial_row(SQLite::Statement& row) {
  TrialRecord t{.number = row.getColumn(0).getInt64(),
                .params = parse_object(row.getColumn(1).getString(), "params of a trial", "table trial"),
                .feature_group = row.getColumn(2).getString(),
                .epochs = row.getColumn(3).getInt(),
                .state = row.getColumn(4).getString()};
  if (!row.getColumn(5).isNull()) t.run = row.getColumn(5).getInt64();
  for (const Json& value :
       parse_json(row.getColumn(6).getString(), Json::value_t::array, "objectives of a trial", "table trial")) {
    t.values.push_back(value.is_number() ? std::optional(value.get<double>()) : std::nullopt);
  }
  t.part = row.getColumn(7).getString();
  t.reason = row.getColumn(8).getString();
  t.attempts = row.getColumn(9).getInt();
  t.reused = row.getColumn(10).getInt() != 0;
  t.prefix_images = row.getColumn(11).getInt64();
  t.owner = {row.getColumn(12).getString(), row.getColumn(13).getInt64(), row.getColumn(14).getString()};
  if (t.state == "running") {
    const Liveness owner = liveness(t.owner, row.getColumn(15).getString());
    t.silent = owner == Liveness::silent;
    if (owner != Liveness::alive) t.state = "pending";
  }
  return t;
}
inline constexpr const char* kTrialColumns =
    "SELECT number, params, feature_group, epochs, state, run, objectives, part, reason, attempts, reused, "
    "prefix_images, host, pid, process_start, lease FROM trial WHERE sweep = ? ";

inline std::vector<TrialRecord> read_trials(SQLite::Database& db, std::int64_t sweep) {
  SQLite::Statement row(db, std::string(kTrialColumns) + "ORDER BY number");
  bind_all(row, sweep);
  std::vector<TrialRecord> out;
  while (row.executeStep()) out.push_back(read_trial_row(row));
  return out;
}

}  // namespace detail

inline std::vector<SweepRecord> read_sweeps(Database& database, const std::string& where = "") {
  return detail::read_rows(database, detail::kSweepColumns + where + " ORDER BY id",
                           [](SQLite::Statement& row) { return detail::read_sweep_row(row); });
}
inline SweepRecord read_sweep(Database& database, std::int64_t id) {
  auto rows = read_sweeps(database, "WHERE id = " + std::to_string(id));
  if (!rows.empty()) return rows.front();
  throw base::ConfigError({"there is no sweep " + std::to_string(id), database.path().string(),
                           "sweeps are numbered from 1; `youden db query \"SELECT id, name FROM sweep\"` lists them"});
}
inline std::optional<std::int64_t> find_sweep(Database& database, const std::string& fingerprint) {
  const auto ids = detail::read_rows(
      database, "SELECT max(id) FROM sweep WHERE fingerprint = ? HAVING count(*) > 0",
      [](SQLite::Statement& row) { return row.getColumn(0).getInt64(); }, fingerprint);
  return ids.empty() ? std::nullopt : std::optional(ids.front());
}
inline std::vector<TrialRecord> read_trials(Database& database, std::int64_t sweep) {
  return guarded(database, [&] { return detail::read_trials(database.sqlite(), sweep); });
}

/// A run's place as a trial: picked for the value that trials are ranked by, that value is the best of so many.
struct TrialOf {
  std::int64_t sweep = 0;
  std::int64_t number = 0;
  std::int64_t completed = 0;  ///< trials of the sweep that have a value
  std::string objective;       ///< the first: part.metric

  [[nodiscard]] std::string text() const {
    return "trial " + std::to_string(number) + " of sweep " + std::to_string(sweep) + ": if it was picked by its " +
           objective + ", read “best of " + std::to_string(completed) + "”";
  }
};

inline std::vector<TrialOf> trials_of_run(Database& database, std::int64_t run) {
  return detail::read_rows(
      database,
      "SELECT t.sweep, t.number, s.objective, (SELECT count(*) FROM trial o WHERE o.sweep = t.sweep AND o.state = "
      "'completed'), t.part FROM trial t JOIN sweep s ON s.id = t.sweep WHERE t.run = ? AND t.state = 'completed' "
      "ORDER BY 1",
      [](SQLite::Statement& row) {
        return TrialOf{.sweep = row.getColumn(0).getInt64(),
                       .number = row.getColumn(1).getInt64(),
                       .completed = row.getColumn(3).getInt64(),
                       .objective = detail::measured(detail::texts(row.getColumn(2).getString()).front(),
                                                     row.getColumn(4).getString())};
      },
      run);
}

/// What opening a sweep changed.
struct OpenedSweep {
  std::int64_t id = 0;
  bool created = false;
  std::size_t added = 0;
  std::size_t dropped = 0;  ///< not begun, and no longer planned
  std::size_t retried = 0;  ///< failed before
};

/// Finds the sweep by its fingerprint or makes it, and gives it the planned trials: those that are new are added, those
/// that failed or were dropped are pending again, those no longer planned are dropped unless they have begun. With
/// `keep_order` the trials that there are must be the first of those planned, else ConfigError: a drawn sequence can be
/// continued, not changed.
inline OpenedSweep open_sweep(Database& database, const SweepRecord& s, const std::vector<TrialRecord>& planned,
                              bool keep_order) {
  require_length(s.name, kLongestName, "the sweep's name");
  return guarded(database, [&] {
    SQLite::Database& db = database.sqlite();
    Transaction transaction(db);
    OpenedSweep out;
    {
      SQLite::Statement row(db, "SELECT max(id) FROM sweep WHERE fingerprint = ?");
      bind_all(row, s.fingerprint);
      row.executeStep();
      out.created = row.getColumn(0).isNull();
      if (!out.created) out.id = row.getColumn(0).getInt64();
    }
    if (out.created) {
      std::vector<std::string> directions;
      for (const bool m : s.maximised) directions.push_back(m ? "max" : "min");
      execute(db,
              "INSERT INTO sweep (uid, name, fingerprint, state, objective, direction, created, command_line, config, "
              "yaml) VALUES (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?)",
              base::make_uid(), s.name, s.fingerprint, detail::one_or_list(s.objectives),
              detail::one_or_list(directions), base::utc_now(), s.command_line, s.config.dump(), s.yaml);
      out.id = db.getLastInsertRowid();
    }
    // Without the order of its keys: a space that lists them otherwise has the same points.
    const auto key_of = [](const Json& params) { return nlohmann::json(params).dump(); };
    std::map<std::string, TrialRecord> there;
    std::int64_t next = 1;
    const auto former = detail::read_trials(db, out.id);
    for (std::size_t i = 0; i < former.size(); ++i) {
      if (keep_order && i < planned.size() && former[i].params != planned[i].params) {
        throw base::ConfigError({"sweep " + std::to_string(out.id) + " drew its trials from another space",
                                 "sweep.space",
                                 "bring the space back (more trials may be added), or begin a new sweep with "
                                 "name=another-name"});
      }
      there[key_of(former[i].params)] = former[i];
      next = former[i].number + 1;
    }
    SQLite::Statement insert(db,
                             "INSERT INTO trial (sweep, number, params, state, feature_group, epochs) "
                             "VALUES (?, ?, ?, 'pending', ?, ?)");
    SQLite::Statement revive(
        db,
        "UPDATE trial SET state = 'pending', reason = NULL, attempts = 0, feature_group = ?, epochs "
        "= ? WHERE sweep = ? AND number = ?");
    std::set<std::string> wanted;
    for (const TrialRecord& t : planned) {
      const std::string key = key_of(t.params);
      wanted.insert(key);
      const auto it = there.find(key);
      if (it == there.end()) {
        execute(insert, out.id, next++, t.params.dump(), t.feature_group, t.epochs);
        ++out.added;
      } else if (it->second.state == "failed" || it->second.state == "dropped") {
        execute(revive, t.feature_group, t.epochs, out.id, it->second.number);
        ++(it->second.state == "failed" ? out.retried : out.added);
      }
    }
    SQLite::Statement drop(db, "UPDATE trial SET state = 'dropped' WHERE sweep = ? AND number = ? AND attempts = 0");
    for (const auto& [params, t] : there) {
      if (!wanted.contains(params) && t.state == "pending")
        out.dropped += static_cast<std::size_t>(execute(drop, out.id, t.number));
    }
    execute(db, "UPDATE sweep SET state = 'open', finished = NULL WHERE id = ?", out.id);
    transaction.commit();
    return out;
  });
}

/// Trials that nobody has begun are dropped; what runs is finished by its worker. Returns how many.
inline std::int64_t cancel_sweep(Database& database, std::int64_t sweep) {
  return guarded(database, [&] {
    SQLite::Database& db = database.sqlite();
    Transaction transaction(db);
    std::int64_t n = 0;
    for (const TrialRecord& t : detail::read_trials(db, sweep)) {
      if (t.state != "pending") continue;
      execute(db, "UPDATE trial SET state = 'dropped' WHERE sweep = ? AND number = ?", sweep, t.number);
      ++n;
    }
    execute(db, "UPDATE sweep SET state = 'cancelled', finished = ? WHERE id = ?", base::utc_now(), sweep);
    transaction.commit();
    return n;
  });
}

/// Adds the time of a session; a sweep without open trials is completed.
inline void close_session(Database& database, std::int64_t sweep, double seconds) {
  detail::write(database, [&](SQLite::Database& db) {
    execute(db, "UPDATE sweep SET elapsed_s = elapsed_s + ? WHERE id = ?", seconds, sweep);
    execute(db,
            "UPDATE sweep SET state = 'completed', finished = ?1 WHERE id = ?2 AND state = 'open' AND NOT EXISTS "
            "(SELECT 1 FROM trial WHERE sweep = ?2 AND state IN ('pending', 'running'))",
            base::utc_now(), sweep);
  });
}

}  // namespace youden::store

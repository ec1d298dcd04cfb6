#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/store/database.hpp"
#include "youden/store/pooled.hpp"
#include "youden/store/rows.hpp"
#include "youden/store/status.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// A row of `run`. `status` is as of now: a run whose process died reads "interrupted".
struct RunRecord {
  std::int64_t id = 0;
  std::string uid;
  std::string name;
  std::string status;
  std::string reason;
  Owner owner;
  std::uint64_t seed = 0;
  std::string fingerprint;
  std::string created;
  std::string started;
  std::string finished;
  std::string heartbeat;
  double seconds = 0;
  std::int64_t dataset = 0;
  int folds = 1;
  int replicates = 1;
  std::string positive;
  std::vector<std::string> classes;
  std::string unit;
  std::string test_hash;
  std::string command_line;
  Json config;
  std::string yaml;
};

struct HistoryPoint {
  int replicate = 0;
  int fold = 0;
  int epoch = 0;
  std::string part;
  std::string metric;
  std::optional<double> value = {};
};
struct Checkpoint {
  int epoch = 0;
  std::filesystem::path path;
};
struct Artifact {
  std::string kind;
  std::filesystem::path path;  ///< absolute
  std::string sha256;
  std::int64_t bytes = 0;
};
/// matrix[i][j]: samples of true class i called class j.
namespace detail {

/// One value a row of `sql`, made by `read(statement)`.
template <class Read, class... T>
auto read_rows(Database& database, const std::string& sql, Read&& read, const T&... values) {
  return guarded(database, [&] {
    SQLite::Statement row(database.sqlite(), sql);
    bind_all(row, values...);
    std::vector<decltype(read(row))> out;
    while (row.executeStep()) out.push_back(read(row));
    return out;
  });
}

}  // namespace detail

/// Throws ConfigError when there is no such run.
inline RunRecord read_run(Database& database, std::int64_t run) {
  auto found = detail::read_rows(
      database,
      "SELECT id, uid, name, coalesce(reason, ''), seed, fingerprint, created, started, finished, heartbeat, "
      "elapsed_s, "
      "dataset, folds, replicates, positive, classes, unit, test_hash, command_line, config, yaml, status, host, pid, "
      "process_start, heartbeat FROM run WHERE id = ?",
      [&](SQLite::Statement& row) {
        int at = 0;
        const std::string where = database.path().string();
        const auto of_run = [&](const char* column) { return std::string(column) + " of run " + std::to_string(run); };
        const auto text = [&] { return row.getColumn(at++).getString(); };
        const auto integer = [&] { return row.getColumn(at++).getInt64(); };
        RunRecord r;
        r.id = integer();
        r.uid = text();
        r.name = text();
        r.reason = text();
        r.seed = static_cast<std::uint64_t>(integer());
        r.fingerprint = text();
        r.created = text();
        r.started = text();
        r.finished = text();
        r.heartbeat = text();
        r.seconds = row.getColumn(at++).getDouble();
        r.dataset = integer();
        r.folds = static_cast<int>(integer());
        r.replicates = static_cast<int>(integer());
        r.positive = text();
        r.classes = parse_names(text(), of_run("classes"), where);
        r.unit = text();
        r.test_hash = text();
        r.command_line = text();
        r.config = parse_object(text(), of_run("config"), where);
        r.yaml = text();
        Status status = read_status(row, at);
        r.status = std::move(status.name);
        r.owner = std::move(status.owner);
        return r;
      },
      run);
  if (found.empty()) throw base::ConfigError({"there is no run " + std::to_string(run), database.path().string()});
  return std::move(found.front());
}

/// In the order (replicate, fold, epoch); `after` leaves out epochs up to and including that one.
inline std::vector<HistoryPoint> read_history(Database& database, std::int64_t run, int after = -1) {
  return detail::read_rows(
      database,
      "SELECT replicate, fold, epoch, part, metric, value FROM history WHERE run = ? AND epoch > ? "
      "ORDER BY replicate, fold, epoch, part, metric",
      [](SQLite::Statement& row) {
        return HistoryPoint{row.getColumn(0).getInt(),    row.getColumn(1).getInt(),
                            row.getColumn(2).getInt(),    row.getColumn(3).getString(),
                            row.getColumn(4).getString(), optional_double(row.getColumn(5))};
      },
      run, after);
}

/// Every stored probability, in the order (replicate, fold, part, sample, class). An empty `part` reads all.
inline std::vector<PredictionRow> read_predictions(Database& database, std::int64_t run, const std::string& part = {}) {
  return detail::read_rows(
      database,
      "SELECT replicate, fold, part, sample, class, probability FROM prediction WHERE run = ?1 AND (?2 = '' OR part = "
      "?2) "
      "ORDER BY replicate, fold, part, sample, class",
      [](SQLite::Statement& row) {
        return PredictionRow{row.getColumn(0).getInt(),    row.getColumn(1).getInt(),    row.getColumn(2).getString(),
                             row.getColumn(3).getString(), row.getColumn(4).getString(), row.getColumn(5).getDouble()};
      },
      run, part);
}

inline std::vector<ResultRow> read_results(Database& database, std::int64_t run) {
  return detail::read_rows(
      database,
      "SELECT replicate, fold, part, unit, slice, class, threshold, metric, value, low, high, level, method, n, "
      "n_patients "
      "FROM result WHERE run = ? ORDER BY part, slice, metric, replicate, fold, class",
      [](SQLite::Statement& row) {
        const auto text = [&](int at) { return row.getColumn(at).getString(); };
        const auto number = [&](int at) { return optional_double(row.getColumn(at)); };
        ResultRow r{
            row.getColumn(0).getInt(),
            row.getColumn(1).getInt(),
            text(2),
            text(3),
            text(4),
            text(5),
            number(6),
            text(7),
            {number(8), number(9), number(10), row.getColumn(11).getDouble(), text(12), row.getColumn(13).getInt64()}};
        if (!row.getColumn(14).isNull()) r.n_patients = row.getColumn(14).getInt64();
        return r;
      },
      run);
}

/// part → metric → the number over all folds and replicates, or of one of them.
inline PooledResults read_pooled(Database& database, std::int64_t run, std::optional<OneFold> only = {}) {
  return guarded(database, [&] { return detail::read_pooled(database.sqlite(), run, only); });
}

inline std::vector<AssignmentRow> read_assignments(Database& database, std::int64_t run) {
  return detail::read_rows(
      database, "SELECT replicate, fold, sample, part FROM assignment WHERE run = ? ORDER BY replicate, fold, sample",
      [](SQLite::Statement& row) {
        return AssignmentRow{row.getColumn(0).getInt(), row.getColumn(1).getInt(), row.getColumn(2).getString(),
                             row.getColumn(3).getString()};
      },
      run);
}

/// The samples of a dataset, by id.
inline std::vector<SampleRow> read_samples(Database& database, std::int64_t dataset) {
  return detail::read_rows(
      database, "SELECT id, path, sha256, label, patient, source, covariates FROM sample WHERE dataset = ? ORDER BY id",
      [&](SQLite::Statement& row) {
        const auto text = [&](int at) { return row.getColumn(at).getString(); };
        return SampleRow{
            text(0),
            text(1),
            text(2),
            text(3),
            text(4),
            text(5),
            parse_object(text(6), "covariates of sample " + base::excerpt(text(0)), database.path().string())};
      },
      dataset);
}

/// Absolute paths, by kind.
inline std::vector<Artifact> read_artifacts(Database& database, std::int64_t run) {
  return detail::read_rows(
      database, "SELECT kind, path, sha256, bytes FROM artifact WHERE run = ? ORDER BY kind, path",
      [&](SQLite::Statement& row) {
        return Artifact{row.getColumn(0).getString(), database.absolute_path(row.getColumn(1).getString()),
                        row.getColumn(2).getString(), row.getColumn(3).getInt64()};
      },
      run);
}

/// `table` is environment, param or tag: name → value.
inline Json read_pairs(Database& database, const std::string& table, std::int64_t run) {
  Json out = Json::object();
  detail::read_rows(
      database, "SELECT name, value FROM " + table + " WHERE run = ? ORDER BY name",
      [&](SQLite::Statement& row) {
        out[row.getColumn(0).getString()] = to_json(row.getColumn(1));
        return 0;
      },
      run);
  return out;
}
inline Json read_environment(Database& database, std::int64_t run) { return read_pairs(database, "environment", run); }
inline Json read_params(Database& database, std::int64_t run) { return read_pairs(database, "param", run); }
inline Json read_tags(Database& database, std::int64_t run) { return read_pairs(database, "tag", run); }

inline std::vector<FindingRow> read_findings(Database& database, std::int64_t run) {
  return detail::read_rows(
      database, "SELECT rule, severity, value, evidence FROM finding WHERE run = ? ORDER BY id",
      [](SQLite::Statement& row) {
        return FindingRow{row.getColumn(0).getString(), row.getColumn(1).getString(), optional_double(row.getColumn(2)),
                          row.getColumn(3).isNull() ? Json() : parse_json(row.getColumn(3).getString())};
      },
      run);
}

/// Where to go on from; empty: the fold has not committed an epoch.
inline std::optional<Checkpoint> last_checkpoint(Database& database, std::int64_t run, int replicate, int fold) {
  const auto found = detail::read_rows(
      database, "SELECT c.epoch, c.path FROM checkpoint c WHERE c.run = ? AND c.replicate = ? AND c.fold = ?",
      [&](SQLite::Statement& row) {
        return Checkpoint{row.getColumn(0).getInt(), database.absolute_path(row.getColumn(1).getString())};
      },
      run, replicate, fold);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

/// (replicate, fold) of every fold that finish_fold() closed.
inline std::set<std::pair<int, int>> finished_folds(Database& database, std::int64_t run) {
  const auto all = detail::read_rows(
      database, "SELECT replicate, fold FROM finished_fold WHERE run = ?",
      [](SQLite::Statement& row) { return std::pair(row.getColumn(0).getInt(), row.getColumn(1).getInt()); }, run);
  return {all.begin(), all.end()};
}

}  // namespace youden::store

#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/registry/registry.hpp"
#include "youden/store/database.hpp"
#include "youden/store/datasets.hpp"
#include "youden/store/expression.hpp"
#include "youden/store/pooled.hpp"
#include "youden/store/query.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

struct LeaderboardQuery {
  std::string where = {};         ///< SQL condition; empty: all
  std::string sort = "youden_j";  ///< a metric, one of its limits (auc_low), or another leaderboard column
  std::int64_t limit = 50;
  std::optional<std::int64_t> sweep = {};  ///< only the runs of its trials
};

struct RankedRun {
  std::int64_t run = 0;
  Json columns;             ///< the leaderboard's, by name, and the sorted metric; status as of now
  Json params;              ///< the resolved configuration, flat
  Json tags;                ///< name → text
  std::int64_t scored = 0;  ///< completed runs on this run's test set; 0 when the ranked values are no test values
};

struct Leaderboard {
  std::vector<RankedRun> runs;
  std::vector<std::string> differing;  ///< config keys that are not the same in all these runs
};

namespace detail {

class LeaderboardReader {
 public:
  LeaderboardReader(Database& database, const LeaderboardQuery& q)
      : db_(database), q_(q), columns_(column_names(database, "leaderboard")) {}

  Leaderboard read() {
    Expression where = ExpressionReader(
                           q_.where, [this](const std::string& n) { return kind_of(n); },
                           [this](const std::string& n) { unknown(n, "--where"); })
                           .read();
    const std::string order = order_by(where);
    const std::string sql = "WITH board AS (" + board(where) + ") SELECT * FROM board" +
                            (base::trim(where.sql).empty() ? "" : " WHERE (" + where.sql + ")") + order + " LIMIT " +
                            std::to_string(q_.limit);
    Leaderboard out;
    try {
      const ReadingOnly lock(db_);
      SQLite::Statement row(db_.sqlite(), sql);
      while (row.executeStep()) {
        RankedRun r;
        for (int c = 0; c < row.getColumnCount(); ++c) r.columns[row.getColumnName(c)] = to_json(row.getColumn(c));
        r.run = r.columns["run"].get<std::int64_t>();
        out.runs.push_back(std::move(r));
      }
    } catch (const SQLite::Exception& e) {
      refuse_sql(e, db_, remedy());
    }
    for (RankedRun& r : out.runs) {
      r.params = read_params(db_, r.run);
      r.tags = read_tags(db_, r.run);
      if (r.columns["exploratory"] == 1) r.scored = scored(r.columns["test_hash"]);
    }
    find_differing(out);
    return out;
  }

 private:
  NameKind kind_of(const std::string& name) {
    if (std::find(columns_.begin(), columns_.end(), name) != columns_.end()) return NameKind::column;
    if (is_metric(name) || is_metric(bound_of(name).metric)) return NameKind::metric;
    if (has("SELECT 1 FROM param WHERE name = ? LIMIT 1", name)) return NameKind::param;
    if (has("SELECT 1 FROM tag WHERE 'tag.' || name = ? LIMIT 1", name)) return NameKind::tag;
    return NameKind::unknown;
  }
  bool is_metric(const std::string& name) {
    return has("SELECT 1 FROM metric WHERE name = ?", name) || is_registered(name);
  }
  /// A metric, or the limit of its interval that a name ends in.
  struct Bound {
    std::string metric;
    std::string column = "value";  ///< of table result
  };
  Bound bound_of(const std::string& name) {
    if (is_metric(name)) return {name};
    for (const std::string limit : {"low", "high"}) {
      if (name.ends_with("_" + limit)) return {name.substr(0, name.size() - limit.size() - 1), limit};
    }
    return {name};
  }
  /// A metric of this program is none of a database where no run asked for it yet; its column is then empty.
  static bool is_registered(const std::string& name) {
    const auto names = registry::catalog().names("metric");
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  bool has(const char* sql, const std::string& name) {
    SQLite::Statement row(db_.sqlite(), sql);
    row.bind(1, name);
    return row.executeStep();
  }
  [[noreturn]] void unknown(const std::string& name, const std::string& where) {
    auto known = columns_;
    for (const char* names : {"name FROM param", "name FROM metric", "'tag.' || name FROM tag"}) {
      SQLite::Statement row(db_.sqlite(), std::string("SELECT DISTINCT ") + names + " ORDER BY 1");
      while (row.executeStep()) known.push_back(row.getColumn(0).getString());
    }
    const std::string close = base::nearest(name, known);
    throw base::ConfigError(
        {"'" + name + "' is no column of the leaderboard, no metric, no config key and no tag of any run", where,
         close.empty() ? remedy() : "did you mean '" + close + "'?"});
  }
  [[nodiscard]] std::string remedy() const {
    std::vector<std::string> shown;
    for (const std::string& c : columns_) {
      if (!c.ends_with("_low") && !c.ends_with("_high")) shown.push_back(c);
    }
    return "columns: " + base::join(shown, ", ") +
           "; metrics with their limits as auc_low, auc_high; config keys as [head.dropout]; tags as [tag.site]; texts "
           "in single "
           "quotes";
  }

  /// The leaderboard with the status as of now and a column for each further metric, config key and tag.
  std::string board(const Expression& where) {
    std::string dead = "-1";
    {
      SQLite::Statement row(db_.sqlite(),
                            "SELECT id, status, host, pid, process_start, heartbeat FROM run "
                            "WHERE status = 'running'");
      while (row.executeStep()) {
        if (read_status(row, 1).name != "running") dead += "," + std::to_string(row.getColumn(0).getInt64());
      }
    }
    std::string sql = "SELECT ";
    for (const std::string& c : columns_) {
      sql += (c == "status" ? "CASE WHEN l.run IN (" + dead + ") THEN 'interrupted' ELSE l.status END" : "l." + c) +
             " AS " + quoted(c) + ", ";
    }
    for (const std::string& p : where.params) {
      sql += "(SELECT value FROM param WHERE run = l.run AND name = '" + doubled(p) + "') AS " + quoted(p) + ", ";
    }
    for (const std::string& t : where.tags) {  // tags are text, but 9 is less than 10
      sql +=
          "(SELECT CASE WHEN json_valid(value) THEN CASE WHEN json_type(value) IN ('integer', 'real') "
          "THEN value + 0 ELSE value END ELSE value END FROM tag WHERE run = l.run AND 'tag.' || name = '" +
          doubled(t) + "') AS " + quoted(t) + ", ";
    }
    for (const std::string& m : where.metrics) {
      const Bound bound = bound_of(m);
      // Several replicates have a mean, for which no interval is claimed.
      const std::string each =
          bound.column == "value" ? "avg(value)" : "CASE count(*) WHEN 1 THEN max(" + bound.column + ") END";
      const std::string rows = "FROM result WHERE run = l.run AND part = l.part AND metric = '" +
                               doubled(bound.metric) + "' AND slice = '' AND unit = l.unit";
      const std::string classes =
          rows + " AND class IN ('', (SELECT " + kHeadlineClass + " FROM run WHERE id = l.run))";
      sql += "(SELECT CASE min(replicate) WHEN -1 THEN max(" + bound.column + ") FILTER (WHERE replicate = -1) ELSE " +
             each + " END " + classes + " AND fold = (SELECT min(fold) " + classes +
             ") AND class = (SELECT CASE WHEN (SELECT positive FROM "
             "run WHERE id = l.run) IS NULL THEN min(class) ELSE max(class) END " +
             classes + ")) AS " + quoted(m) + ", ";
    }
    sql.resize(sql.size() - 2);
    sql += " FROM leaderboard l";
    if (q_.sweep) sql += " WHERE l.run IN (SELECT run FROM trial WHERE sweep = " + std::to_string(*q_.sweep) + ")";
    return sql;
  }
  static std::string doubled(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out;
  }

  /// Best first: metrics by their direction, times and numbers newest first, the rest ascending.
  std::string order_by(Expression& where) {
    const NameKind kind = kind_of(q_.sort);
    if (kind == NameKind::unknown) unknown(q_.sort, "--sort");
    if (kind == NameKind::metric) where.metrics.insert(q_.sort);
    if (kind == NameKind::param) where.params.insert(q_.sort);
    if (kind == NameKind::tag) where.tags.insert(q_.sort);
    const std::string metric = bound_of(q_.sort).metric;
    SQLite::Statement row(db_.sqlite(), "SELECT direction FROM metric WHERE name = ?");
    row.bind(1, metric);
    bool descending = q_.sort == "run" || q_.sort == "created" || q_.sort == "started" || q_.sort == "finished";
    if (row.executeStep()) descending = row.getColumn(0).getString() != "min";
    return " ORDER BY " + quoted(q_.sort) + (descending ? " DESC" : "") + " NULLS LAST, run";
  }

  std::int64_t scored(const Json& test_hash) {
    if (!test_hash.is_string()) return 0;
    const auto hash = test_hash.get<std::string>();
    if (const auto it = scored_.find(hash); it != scored_.end()) return it->second;
    return scored_[hash] = count_scored(db_, hash);
  }

  /// A key differs when some run has another value for it, or none.
  static void find_differing(Leaderboard& board) {
    struct Seen {
      const Json* value;
      std::size_t runs = 0;
      bool differs = false;
    };
    std::map<std::string, Seen> seen;
    for (const RankedRun& r : board.runs) {
      for (const auto& [key, value] : r.params.items()) {
        Seen& s = seen.try_emplace(key, Seen{&value}).first->second;
        ++s.runs;
        s.differs = s.differs || *s.value != value;
      }
    }
    for (const auto& [key, s] : seen) {
      if (key != "name" && !key.starts_with("tags.") && (s.differs || s.runs != board.runs.size()))
        board.differing.push_back(key);
    }
  }

  Database& db_;
  const LeaderboardQuery& q_;
  std::vector<std::string> columns_;
  std::map<std::string, std::int64_t> scored_;
};

}  // namespace detail

/// Runs ranked by `q.sort`, runs without the value last. Throws ConfigError for names and SQL that are wrong.
inline Leaderboard rank_runs(Database& database, const LeaderboardQuery& q) {
  return guarded(database, [&] { return detail::LeaderboardReader(database, q).read(); });
}

}  // namespace youden::store

#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/store/datasets.hpp"
#include "youden/store/labels.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/scored.hpp"

namespace youden::report {

/// All that a report says about one run, read once.
struct RunData {
  store::RunRecord run;
  store::PooledResults results;                                 ///< part → metric
  std::vector<store::ResultRow> rows;                           ///< all of them: folds, classes, slices
  std::vector<std::string> parts;                               ///< with predictions, the one that counts most first
  std::map<std::string, std::vector<store::ScoredRow>> scored;  ///< part → predictions with the truth, by film
  std::map<std::string, std::vector<store::ScoredRow>> units;   ///< the same in the run's unit
  std::map<std::string, std::map<std::string, store::SampleRow>> films;  ///< part → id → sample; "" = the run's own
  std::vector<store::AssignmentRow> assignments;
  std::vector<store::SkippedRow> skipped;
  std::optional<std::size_t> found;  ///< films of its own data before anything was left out; unknown of old runs
  std::map<std::string, std::map<std::string, std::size_t>> excluded;  ///< part, "" = the run's own → reason → films
  std::vector<store::HistoryPoint> history;
  std::vector<store::FindingRow> findings;
  std::vector<store::Artifact> artifacts;
  std::vector<store::Note> notes;
  store::Json params;
  store::Json environment;
  store::Json tags;
  std::string dataset_hash;
  std::string dataset_name;
  std::map<std::string, std::string> metric_words;      ///< id → description
  std::map<std::string, std::string> metric_direction;  ///< id → max, min, none
  std::int64_t looks = 0;                               ///< completed runs that were scored on this run's test set

  [[nodiscard]] bool binary() const { return run.classes.size() == 2; }
  [[nodiscard]] bool by_patient() const { return run.unit == "patient"; }
  /// The part that the page opens with: tested on; else out-of-fold, external, validation. Empty without predictions.
  [[nodiscard]] std::string main_part() const { return parts.empty() ? std::string() : parts.front(); }
  [[nodiscard]] const store::SampleRow* film(const std::string& part, const std::string& id) const {
    const auto own = films.find(films.contains(part) ? part : "");
    if (own == films.end()) return nullptr;
    const auto it = own->second.find(id);
    return it == own->second.end() ? nullptr : &it->second;
  }
  /// Films of the run's own data that its configuration left out; empty where that was not recorded.
  [[nodiscard]] std::optional<std::size_t> left_out() const {
    if (!found) return {};
    return *found - films.at("").size() - skipped.size();
  }
  [[nodiscard]] const store::PooledResult* result(const std::string& part, const std::string& metric) const {
    const auto p = results.find(part);
    if (p == results.end()) return nullptr;
    const auto m = p->second.find(metric);
    return m == p->second.end() ? nullptr : &m->second;
  }
};

/// `test` → `test part`, for headings.
inline std::string part_words(const std::string& part) {
  if (part == "oof") return "out-of-fold";
  if (part == "val") return "validation";
  if (part == "train") return "training";
  if (part == "refit") return "training with validation";
  if (part.starts_with("external:")) return "external data “" + part.substr(9) + "”";
  return part;
}

namespace detail {

inline int part_rank(const std::string& part) {
  return part == "test" ? 0 : part == "oof" ? 1 : part.starts_with("external:") ? 2 : part == "val" ? 3 : 4;
}

}  // namespace detail

/// Throws ConfigError where there is no such run.
inline RunData read_run_data(store::Database& db, std::int64_t id) {
  RunData d;
  d.run = store::read_run(db, id);
  d.results = store::read_pooled(db, id);
  d.rows = store::read_results(db, id);
  d.assignments = store::read_assignments(db, id);
  d.history = store::read_history(db, id);
  d.findings = store::read_findings(db, id);
  d.artifacts = store::read_artifacts(db, id);
  d.notes = store::read_notes(db, id);
  d.params = store::read_params(db, id);
  d.environment = store::read_environment(db, id);
  d.tags = store::read_tags(db, id);
  if (!d.run.test_hash.empty()) d.looks = store::count_scored(db, d.run.test_hash);

  const auto keep = [&](const std::string& part, std::int64_t dataset) {
    auto& films = d.films[part];
    for (store::SampleRow& s : store::read_samples(db, dataset)) films.emplace(s.id, std::move(s));
  };
  keep("", d.run.dataset);
  const auto predicted = store::detail::read_rows(
      db, "SELECT DISTINCT part, dataset FROM prediction WHERE run = ? ORDER BY part, dataset",
      [](SQLite::Statement& row) { return std::pair(row.getColumn(0).getString(), row.getColumn(1).getInt64()); }, id);
  for (const auto& [part, dataset] : predicted) {
    if (dataset != d.run.dataset) keep(part, dataset);
    if (std::find(d.parts.begin(), d.parts.end(), part) == d.parts.end()) d.parts.push_back(part);
  }
  std::stable_sort(d.parts.begin(), d.parts.end(), [](const std::string& a, const std::string& b) {
    return detail::part_rank(a) < detail::part_rank(b);
  });
  for (const std::string& part : d.parts) {
    d.scored[part] = store::read_scored(db, id, part);
    d.units[part] = store::in_unit(db, d.run, part, d.scored[part]);
  }

  d.skipped = store::detail::read_rows(
      db, "SELECT id, path, reason FROM skipped WHERE dataset = ? ORDER BY id",
      [](SQLite::Statement& row) {
        return store::SkippedRow{row.getColumn(0).getString(), row.getColumn(1).getString(),
                                 row.getColumn(2).getString()};
      },
      d.run.dataset);
  store::detail::read_rows(
      db, "SELECT found FROM run WHERE id = ?",
      [&](SQLite::Statement& row) {
        if (!row.isColumnNull(0)) d.found = static_cast<std::size_t>(row.getColumn(0).getInt64());
        return 0;
      },
      id);
  store::detail::read_rows(
      db, "SELECT part, reason, n FROM excluded WHERE run = ?",
      [&](SQLite::Statement& row) {
        d.excluded[row.getColumn(0).getString()][row.getColumn(1).getString()] =
            static_cast<std::size_t>(row.getColumn(2).getInt64());
        return 0;
      },
      id);
  store::detail::read_rows(
      db, "SELECT hash, name FROM dataset WHERE id = ?",
      [&](SQLite::Statement& row) {
        d.dataset_hash = row.getColumn(0).getString();
        d.dataset_name = row.getColumn(1).getString();
        return 0;
      },
      d.run.dataset);
  store::detail::read_rows(db, "SELECT name, direction, description FROM metric", [&](SQLite::Statement& row) {
    d.metric_direction[row.getColumn(0).getString()] = row.getColumn(1).getString();
    d.metric_words[row.getColumn(0).getString()] = row.getColumn(2).getString();
    return 0;
  });
  return d;
}

}  // namespace youden::report

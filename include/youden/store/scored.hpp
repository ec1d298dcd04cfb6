#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "youden/sample/patient.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::store {

/// A prediction with the truth, one row a sample (two classes) or a sample and class (more): the view `scored`.
struct ScoredRow {
  int replicate = 0;
  int fold = 0;
  std::string part;
  std::string sample;
  std::string sha256;
  std::string patient;
  std::string source;
  std::string label;
  std::string class_name;
  bool y = false;  ///< the sample is of this class
  double score = 0;
  bool decision = false;
};

/// Over all folds of one replicate, classes in the experiment's order, in the run's unit. Empty labels: no predictions.
struct Confusion {
  std::vector<std::string> labels;
  std::vector<std::vector<std::int64_t>> matrix;
};

namespace detail {

/// (replicate, fold) → threshold of a part. Fold −1 is that of all folds. Metrics of one fold share their threshold.
inline std::map<std::pair<int, int>, double> read_thresholds(Database& database, const RunRecord& run,
                                                             const std::string& part) {
  std::map<std::pair<int, int>, double> out;
  read_rows(
      database,
      "SELECT replicate, fold, max(threshold) FROM result WHERE run = ? AND part = ? AND unit = ? AND slice = '' "
      "AND threshold IS NOT NULL GROUP BY replicate, fold",
      [&](SQLite::Statement& row) {
        out[{row.getColumn(0).getInt(), row.getColumn(1).getInt()}] = row.getColumn(2).getDouble();
        return 0;
      },
      run.id, part, run.unit);
  return out;
}

inline double threshold_of(const std::map<std::pair<int, int>, double>& known, int replicate, int fold) {
  for (const auto& key : {std::pair(replicate, fold), std::pair(replicate, -1), std::pair(-1, -1)}) {
    if (const auto it = known.find(key); it != known.end()) return it->second;
  }
  return 0.5;
}

/// Of the rows of one unit, one a class: the class that it is called, ties to the first of `classes`.
inline void call_largest(std::vector<ScoredRow>& rows, std::size_t from, const std::vector<std::string>& classes) {
  const auto rank = [&](const ScoredRow& r) {
    return std::find(classes.begin(), classes.end(), r.class_name) - classes.begin();
  };
  std::size_t best = from;
  for (std::size_t i = from; i < rows.size(); ++i) {
    const bool more = rows[i].score > rows[best].score;
    if (more || (rows[i].score == rows[best].score && rank(rows[i]) < rank(rows[best]))) best = i;
  }
  for (std::size_t i = from; i < rows.size(); ++i) rows[i].decision = i == best;
}

}  // namespace detail

/// Films, as they were predicted.
inline std::vector<ScoredRow> read_scored(Database& database, std::int64_t run, const std::string& part) {
  return detail::read_rows(
      database,
      "SELECT d.replicate, d.fold, d.part, d.sample, s.sha256, d.patient, s.source, d.label, d.class, d.y, d.score, "
      "d.decision "
      "FROM scored d JOIN prediction p ON p.run = d.run AND p.replicate = d.replicate AND p.fold = d.fold "
      "AND p.part = d.part AND p.sample = d.sample AND p.class = d.class "
      "JOIN sample s ON s.dataset = p.dataset AND s.id = p.sample "
      "WHERE d.run = ? AND d.part = ? ORDER BY d.replicate, d.fold, d.sample, d.class",
      [](SQLite::Statement& row) {
        const auto text = [&](int at) { return row.getColumn(at).getString(); };
        return ScoredRow{row.getColumn(0).getInt(),
                         row.getColumn(1).getInt(),
                         text(2),
                         text(3),
                         text(4),
                         text(5),
                         text(6),
                         text(7),
                         text(8),
                         row.getColumn(9).getInt() != 0,
                         row.getColumn(10).getDouble(),
                         row.getColumn(11).getInt() != 0};
      },
      run, part);
}

/// The same in the unit that a run's numbers are in. By patient: a patient's films in one fold are one row, with the id
/// and the label of the first, the mean of their scores, and the decision that this mean calls for.
inline std::vector<ScoredRow> in_unit(Database& database, const RunRecord& run, const std::string& part,
                                      const std::vector<ScoredRow>& films) {
  if (run.unit != "patient") return films;
  std::vector<sample::PatientKey> keys;
  std::vector<std::string> ids;
  for (const ScoredRow& r : films) {
    keys.push_back({r.patient, r.source});
    ids.push_back(r.sample);
  }
  const std::vector<std::string> who = sample::independent_units(sample::patient_names(keys), ids);
  const auto thresholds = detail::read_thresholds(database, run, part);
  std::map<std::tuple<int, int, std::string>, std::vector<const ScoredRow*>> units;  // replicate, fold, who
  std::vector<const std::vector<const ScoredRow*>*> order;
  for (std::size_t i = 0; i < films.size(); ++i) {
    auto& rows = units[{films[i].replicate, films[i].fold, who[i]}];
    if (rows.empty()) order.push_back(&rows);
    rows.push_back(&films[i]);
  }
  std::vector<ScoredRow> out;
  for (const auto* rows : order) {
    const std::size_t from = out.size();
    std::map<std::string, std::size_t> place;  // class → row
    std::map<std::string, double> count;
    for (const ScoredRow* r : *rows) {
      const auto [at, fresh] = place.try_emplace(r->class_name, out.size());
      if (fresh) {
        out.push_back(*r);
        out.back().score = 0;
      }
      out[at->second].score += r->score;
      ++count[r->class_name];
    }
    for (const auto& [name, at] : place) out[at].score /= count[name];
    if (run.classes.size() > 2) {
      detail::call_largest(out, from, run.classes);
    } else {
      for (std::size_t i = from; i < out.size(); ++i) {
        out[i].decision = out[i].score >= detail::threshold_of(thresholds, out[i].replicate, out[i].fold);
      }
    }
  }
  return out;
}

/// Over all folds of one replicate. Empty labels: no predictions of that part.
inline Confusion confusion_of(const RunRecord& run, const std::vector<ScoredRow>& units, int replicate = 0) {
  Confusion c{run.classes, std::vector(run.classes.size(), std::vector<std::int64_t>(run.classes.size()))};
  const auto at = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(c.labels.begin(), c.labels.end(), name) - c.labels.begin());
  };
  bool any = false;
  for (const ScoredRow& r : units) {
    if (r.replicate != replicate) continue;
    any = true;
    const std::size_t own = at(r.class_name);
    if (own >= c.labels.size() || at(r.label) >= c.labels.size()) continue;
    if (run.classes.size() == 2) {
      ++c.matrix[at(r.label)][r.decision ? own : 1 - own];
    } else if (r.decision) {
      ++c.matrix[at(r.label)][own];
    }
  }
  return any ? c : Confusion{};
}
inline Confusion read_confusion(Database& database, const RunRecord& run, const std::string& part, int replicate = 0) {
  return confusion_of(run, in_unit(database, run, part, read_scored(database, run.id, part)), replicate);
}

}  // namespace youden::store

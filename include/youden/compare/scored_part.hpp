#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/evaluate/model_scores.hpp"
#include "youden/sample/patient.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/scored.hpp"

namespace youden::compare {

/// What one replicate's models said, and the threshold of each decision. `scores.fold` −1: the mean of all folds'
/// models.
struct ReplicateScores {
  evaluate::ModelScores scores;
  std::vector<double> threshold = {};  ///< one a sample; of no meaning with more than two classes
};

/// A sample that was scored; `path` as the run found it.
struct ScoredSample {
  std::string id;
  std::string sha256;
  sample::PatientKey patient;
  std::string path;
  int label = 0;  ///< index into the run's classes
};

/// A name for the patient of each sample (sample::patient_names).
inline std::vector<std::string> patients_of(const std::vector<ScoredSample>& samples) {
  std::vector<sample::PatientKey> keys;
  for (const ScoredSample& s : samples) keys.push_back(s.patient);
  return sample::patient_names(keys);
}

/// One part of one run: samples in the order of their content's hash, and every replicate's scores of them.
struct ScoredPart {
  std::string part;
  std::vector<ScoredSample> samples = {};
  std::vector<ReplicateScores> replicates = {};
};

namespace detail {

/// Index of the largest, ties to the first.
inline int largest(const std::vector<std::vector<double>>& score, std::size_t sample) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < score.size(); ++c) {
    if (score[c][sample] > score[best][sample]) best = c;
  }
  return static_cast<int>(best);
}

}  // namespace detail

/// Calls each sample's class: with two, the positive one where its probability reaches the threshold; with more, the
/// most probable.
inline void decide(ReplicateScores& replicate, int positive) {
  evaluate::ModelScores& m = replicate.scores;
  for (std::size_t i = 0; i < m.decided.size(); ++i) {
    m.decided[i] = detail::largest(m.score, i);
    if (m.score.size() != 2 || positive < 0) continue;
    m.decided[i] = m.score[static_cast<std::size_t>(positive)][i] >= replicate.threshold[i] ? positive : 1 - positive;
  }
}

/// The parts of a run that have predictions.
inline std::vector<std::string> scored_parts(store::Database& database, std::int64_t run) {
  return store::detail::read_rows(
      database, "SELECT DISTINCT part FROM prediction WHERE run = ? ORDER BY part",
      [](SQLite::Statement& row) { return row.getColumn(0).getString(); }, run);
}

/// Throws StoreError where a replicate lacks a sample that another one has.
inline ScoredPart read_scored_part(store::Database& database, const store::RunRecord& run, const std::string& part) {
  struct Row {
    int replicate;
    int fold;
    std::string sample;
    std::int64_t dataset;
    std::string class_name;
    double probability;
  };
  const auto rows = store::detail::read_rows(
      database,
      "SELECT replicate, fold, sample, dataset, class, probability FROM prediction WHERE run = ? AND part = ? "
      "ORDER BY replicate, fold, sample",
      [](SQLite::Statement& row) {
        return Row{row.getColumn(0).getInt(),   row.getColumn(1).getInt(),    row.getColumn(2).getString(),
                   row.getColumn(3).getInt64(), row.getColumn(4).getString(), row.getColumn(5).getDouble()};
      },
      run.id, part);
  const auto class_index = [&](const std::string& name) {
    const auto it = std::find(run.classes.begin(), run.classes.end(), name);
    return it == run.classes.end() ? -1 : static_cast<int>(it - run.classes.begin());
  };

  ScoredPart out{.part = part};
  std::map<std::string, std::int64_t> datasets;
  for (const Row& row : rows) datasets.try_emplace(row.sample, row.dataset);
  store::guarded(database, [&] {
    SQLite::Statement sample(database.sqlite(),
                             "SELECT sha256, coalesce(patient, ''), path, label, coalesce(source, '') FROM sample "
                             "WHERE dataset = ? AND id = ?");
    for (const auto& [id, dataset] : datasets) {
      store::bind_all(sample, dataset, id);
      if (sample.executeStep()) {
        const auto text = [&](int at) { return sample.getColumn(at).getString(); };
        out.samples.push_back({id, text(0), {text(1), text(4)}, text(2), class_index(text(3))});
      }
      sample.reset();
    }
  });
  std::stable_sort(out.samples.begin(), out.samples.end(),
                   [](const ScoredSample& a, const ScoredSample& b) { return a.sha256 < b.sha256; });
  std::unordered_map<std::string, std::size_t> position;
  for (std::size_t i = 0; i < out.samples.size(); ++i) position[out.samples[i].id] = i;

  const std::size_t n = out.samples.size();
  std::vector<std::vector<bool>> seen;
  for (const Row& row : rows) {
    const auto r = static_cast<std::size_t>(row.replicate);
    while (out.replicates.size() <= r) {
      out.replicates.push_back({{.fold = std::vector<int>(n, -1),
                                 .score = std::vector(run.classes.size(), std::vector<double>(n)),
                                 .decided = std::vector<int>(n)},
                                std::vector<double>(n, 0.5)});
      seen.emplace_back(n);
    }
    const int c = class_index(row.class_name);
    const auto at = position.find(row.sample);
    if (c < 0 || at == position.end()) continue;
    evaluate::ModelScores& scores = out.replicates[r].scores;
    if (seen[r][at->second] && scores.fold[at->second] != row.fold) {
      throw base::ConfigError({"several folds of run " + std::to_string(run.id) + " scored '" + row.sample +
                                   "' in part " + part + ", so that no one score of it can be compared",
                               database.path().string(), "compare a part that each fold has for itself, such as oof"});
    }
    scores.fold[at->second] = row.fold;
    scores.score[static_cast<std::size_t>(c)][at->second] = row.probability;
    seen[r][at->second] = true;
  }
  const auto thresholds = store::detail::read_thresholds(database, run, part);
  for (std::size_t r = 0; r < out.replicates.size(); ++r) {
    ReplicateScores& replicate = out.replicates[r];
    if (std::find(seen[r].begin(), seen[r].end(), false) != seen[r].end()) {
      throw base::StoreError({"replicate " + std::to_string(r) + " of run " + std::to_string(run.id) +
                                  " has not scored every sample of part " + part,
                              database.path().string(), "`youden show` says how far the run got"});
    }
    for (std::size_t i = 0; i < n; ++i) {
      replicate.threshold[i] = store::detail::threshold_of(thresholds, static_cast<int>(r), replicate.scores.fold[i]);
    }
    decide(replicate, class_index(run.positive));
  }
  return out;
}

}  // namespace youden::compare

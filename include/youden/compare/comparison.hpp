#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/compare/claim_gates.hpp"
#include "youden/compare/match.hpp"
#include "youden/compare/part_choice.hpp"
#include "youden/compare/scored_part.hpp"
#include "youden/evaluate/model_comparison.hpp"
#include "youden/metric/facts.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/groups.hpp"
#include "youden/store/database.hpp"
#include "youden/store/pooled.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/sweeps.hpp"

namespace youden::compare {

/// "The first run is better in this metric, by more than this much."
struct ComparisonClaim {
  std::string metric;
  double margin = 0;
};

struct CompareOptions {
  std::vector<evaluate::NamedMetric> metrics = {};  ///< that can be computed here; the rest is shown but not tested
  std::string primary = "auc";                      ///< the metric whose comparison is shown first
  std::string part = {};                            ///< empty: chosen, see choose_parts()
  std::optional<ComparisonClaim> claim = {};
  stat::PairedBootstrapSettings bootstrap = {};
};

/// A configuration key that is not the same in all runs; null: the run has no such key, or it is null.
struct Difference {
  std::string key;
  std::vector<config::Json> values;
};

/// A sample that some run calls otherwise than the first; entries one a run, empty where it did not score the sample.
struct FlippedSample {
  std::string sample;
  std::string sha256;
  std::string path;
  std::string label;
  std::vector<std::optional<double>> scores;  ///< of the positive class, else of the true one
  std::vector<std::string> decisions;         ///< class names
};

/// The first run against another one.
struct PairComparison {
  std::size_t other = 1;  ///< index into Comparison::runs
  std::size_t shared = 0;
  std::size_t patients = 0;  ///< among the shared samples, unknown ones counting one each; 0: no patient is known
  std::string unit = "image";
  std::vector<evaluate::ComparisonTest> tests = {};
  std::vector<Gate> gates = {};  ///< where something is claimed
};

struct Comparison {
  std::vector<store::RunRecord> runs;
  PartChoice choice;
  std::vector<ScoredPart> parts;  ///< of each run, whole, classes in the first run's order
  std::vector<Difference> differences = {};
  std::vector<std::map<std::string, store::PooledResult>> metrics = {};  ///< of each run's part, over its own samples
  std::vector<PairComparison> pairs = {};
  std::vector<FlippedSample> flipped = {};
  std::vector<std::int64_t> scored = {};  ///< runs scored on each run's test set; 0: no test part is compared
  std::vector<std::vector<store::TrialOf>> trials = {};  ///< of each run
  std::optional<ComparisonClaim> claim = {};

  [[nodiscard]] bool replicated() const {
    return std::any_of(parts.begin(), parts.end(), [](const auto& p) { return p.replicates.size() > 1; });
  }
  [[nodiscard]] bool supported() const {
    return std::all_of(pairs.begin(), pairs.end(), [](const PairComparison& pair) {
      return !pair.gates.empty() &&
             std::all_of(pair.gates.begin(), pair.gates.end(), [](const Gate& g) { return g.passed; });
    });
  }
};

namespace detail {

inline std::vector<Difference> config_differences(store::Database& database,
                                                  const std::vector<store::RunRecord>& runs) {
  std::map<std::string, std::vector<config::Json>> values;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const config::Json params = store::read_params(database, runs[i].id);
    for (const auto& [key, value] : params.items()) {
      auto& row = values[key];
      row.resize(runs.size());
      row[i] = value;
    }
  }
  std::vector<Difference> out;
  for (auto& [key, row] : values) {
    const bool same =
        std::all_of(row.begin(), row.end(), [&first = row.front()](const config::Json& v) { return v == first; });
    if (!same && key != "name" && !key.starts_with("tags.")) out.push_back({key, std::move(row)});
  }
  return out;
}

/// Throws ConfigError unless all runs tell the same classes apart and call the same one positive.
inline void require_comparable(const std::vector<store::RunRecord>& runs) {
  const auto names = [](const store::RunRecord& run) {
    return std::set<std::string>(run.classes.begin(), run.classes.end());
  };
  for (const store::RunRecord& run : runs) {
    if (names(run) != names(runs.front())) {
      throw base::ConfigError({name_of(runs.front()) + " tells " + base::join(runs.front().classes, ", ") + " apart, " +
                                   name_of(run) + " " + base::join(run.classes, ", "),
                               "command line", "compare runs of the same classes"});
    }
    if (run.positive != runs.front().positive) {
      throw base::ConfigError({"the positive class is '" + runs.front().positive + "' in " + name_of(runs.front()) +
                                   " and '" + run.positive + "' in " + name_of(run) +
                                   ", so their sensitivities speak of different things",
                               "command line", "compare runs with the same `positive`"});
    }
  }
}

inline evaluate::ComparedSamples compared_samples(const ScoredPart& part, const store::RunRecord& run) {
  evaluate::ComparedSamples out{.classes = run.classes.size()};
  for (const ScoredSample& s : part.samples) out.label.push_back(s.label);
  out.group = stat::number_groups(patients_of(part.samples));
  const auto it = std::find(run.classes.begin(), run.classes.end(), run.positive);
  if (it != run.classes.end()) out.positive = static_cast<int>(it - run.classes.begin());
  return out;
}

inline std::vector<evaluate::ModelScores> models_of(const ScoredPart& part) {
  std::vector<evaluate::ModelScores> out;
  for (const ReplicateScores& r : part.replicates) out.push_back(r.scores);
  return out;
}

class Comparer {
 public:
  Comparer(store::Database& database, const std::vector<std::int64_t>& ids, const CompareOptions& options)
      : db_(database), options_(options) {
    for (const std::int64_t id : ids) c_.runs.push_back(store::read_run(database, id));
  }

  Comparison compare() {
    require_comparable(c_.runs);
    c_.claim = options_.claim;
    c_.choice = choose_parts(db_, c_.runs, options_.part);
    for (std::size_t i = 0; i < c_.runs.size(); ++i) {
      c_.parts.push_back(read_scored_part(db_, c_.runs[i], c_.choice.parts[i]));
      reorder_classes(c_.parts.back(), c_.runs[i].classes, c_.runs.front().classes);
      auto results = store::read_pooled(db_, c_.runs[i].id);
      c_.metrics.push_back(std::move(results[c_.choice.parts[i]]));
      const bool test = c_.choice.parts[i] == "test" && !c_.runs[i].test_hash.empty();
      c_.trials.push_back(store::trials_of_run(db_, c_.runs[i].id));
      c_.scored.push_back(test ? store::count_scored(db_, c_.runs[i].test_hash) : 0);
    }
    c_.differences = config_differences(db_, c_.runs);
    for (std::size_t i = 1; i < c_.runs.size(); ++i) compare_with(i);
    adjust_all();
    find_flipped();
    if (c_.claim) judge();
    return std::move(c_);
  }

 private:
  /// What both runs report and this program can compute, and what is claimed.
  [[nodiscard]] std::vector<evaluate::NamedMetric> tested_metrics(std::size_t other) const {
    std::vector<evaluate::NamedMetric> out;
    for (const evaluate::NamedMetric& m : options_.metrics) {
      const bool reported = c_.metrics.front().contains(m.name) && c_.metrics[other].contains(m.name);
      const bool claimed = c_.claim && (c_.claim->metric == m.name || c_.claim->metric == m.name + metric::kPooled);
      if (reported || claimed) out.push_back(m);
    }
    return out;
  }

  /// As the first run took its samples: stored before there was a choice, as a cohort.
  static stat::Sampling sampling_of(const store::RunRecord& run) {
    return stat::parse_sampling(run.config.is_object() ? run.config.value("sampling", std::string("cohort"))
                                                       : "cohort");
  }

  void compare_with(std::size_t other) {
    PairComparison pair{.other = other};
    const auto matched = match_samples(c_.parts.front(), c_.parts[other]);
    pair.shared = matched.size();
    evaluate::ComparisonSettings settings{.metrics = tested_metrics(other),
                                          .claimed = c_.claim ? c_.claim->metric : "",
                                          .primary = c_.claim ? c_.claim->metric : options_.primary,
                                          .bootstrap = options_.bootstrap};
    settings.bootstrap.sampling = sampling_of(c_.runs.front());
    const store::RunRecord& first_run = c_.runs.front();
    if (matched.empty()) {
      const auto first = compared_samples(c_.parts.front(), first_run);
      const auto second = compared_samples(c_.parts[other], first_run);
      pair.tests = evaluate::compare_unpaired(first, c_.parts.front().replicates.front().scores, second,
                                              c_.parts[other].replicates.front().scores, options_.bootstrap.level);
      for (auto& t : pair.tests) t.first_replicates_only = c_.replicated();
    } else {
      auto [first, second] = matched_parts(matched, other);
      require_same_labels(first, second, first_run, c_.runs[other]);
      const auto samples_by_image = compared_samples(first, first_run);
      pair.patients = stat::count_groups(samples_by_image.group, [](std::size_t) { return true; });
      if (first_run.unit == "patient" && c_.runs[other].unit == "patient") {
        pair.unit = "patient";
        for (std::size_t i = 0; i < first.samples.size(); ++i) second.samples[i].patient = first.samples[i].patient;
        const std::vector<std::string> units = patients_by_fold(first, second);
        first = mean_by(units, first, samples_by_image.positive.value_or(-1));
        second = mean_by(units, second, samples_by_image.positive.value_or(-1));
      }
      pair.tests =
          evaluate::compare_models(compared_samples(first, first_run), models_of(first), models_of(second), settings);
    }
    c_.pairs.push_back(std::move(pair));
  }

  /// Patients as the first run's dataset knows them, else as the other's.
  [[nodiscard]] std::pair<ScoredPart, ScoredPart> matched_parts(
      const std::vector<std::pair<std::size_t, std::size_t>>& matched, std::size_t other) const {
    std::vector<std::size_t> in_first;
    std::vector<std::size_t> in_second;
    for (const auto& [i, j] : matched) {
      in_first.push_back(i);
      in_second.push_back(j);
    }
    std::pair out(take(c_.parts.front(), in_first), take(c_.parts[other], in_second));
    const bool known = std::any_of(out.first.samples.begin(), out.first.samples.end(),
                                   [](const ScoredSample& s) { return s.patient.known(); });
    for (std::size_t i = 0; i < matched.size() && !known; ++i) {
      out.first.samples[i].patient = out.second.samples[i].patient;
    }
    return out;
  }

  /// One table: Holm covers the tests of all pairs.
  void adjust_all() {
    std::vector<evaluate::ComparisonTest> all;
    for (const PairComparison& pair : c_.pairs) all.insert(all.end(), pair.tests.begin(), pair.tests.end());
    evaluate::adjust_p(all);
    auto from = all.begin();
    for (PairComparison& pair : c_.pairs) {
      for (auto& t : pair.tests) t.p_holm = (from++)->p_holm;
    }
  }

  void find_flipped() {
    const store::RunRecord& run = c_.runs.front();
    const auto positive = compared_samples(c_.parts.front(), run).positive;
    std::vector<std::map<std::size_t, std::size_t>> place(c_.runs.size());  // first's position → other's
    for (std::size_t other = 1; other < c_.runs.size(); ++other) {
      for (const auto& [i, j] : match_samples(c_.parts.front(), c_.parts[other])) place[other][i] = j;
    }
    for (std::size_t i = 0; i < c_.parts.front().samples.size(); ++i) {
      const ScoredSample& s = c_.parts.front().samples[i];
      if (s.label < 0) continue;
      place.front()[i] = i;
      FlippedSample f{s.id, s.sha256, s.path, run.classes[static_cast<std::size_t>(s.label)], {}, {}};
      std::set<int> decided;
      for (std::size_t other = 0; other < c_.runs.size(); ++other) {
        const auto at = place[other].find(i);
        f.scores.emplace_back();
        f.decisions.emplace_back();
        if (at == place[other].end()) continue;
        const evaluate::ModelScores& m = c_.parts[other].replicates.front().scores;
        f.scores.back() = m.score[static_cast<std::size_t>(positive.value_or(s.label))][at->second];
        f.decisions.back() = run.classes[static_cast<std::size_t>(m.decided[at->second])];
        decided.insert(m.decided[at->second]);
      }
      if (decided.size() > 1) c_.flipped.push_back(std::move(f));
    }
    std::sort(c_.flipped.begin(), c_.flipped.end(),
              [](const FlippedSample& a, const FlippedSample& b) { return a.sample < b.sample; });
  }

  void judge() {
    const auto direction = store::detail::read_rows(
        db_, "SELECT direction FROM metric WHERE name = ?",
        [](SQLite::Statement& row) { return row.getColumn(0).getString(); }, c_.claim->metric);
    std::set<std::string> known;
    for (const evaluate::NamedMetric& m : options_.metrics) {
      if (!m.metric->bootstraps()) continue;
      known.insert(m.name);
      if (m.metric->ranks()) known.insert(m.name + metric::kPooled);
    }
    if (!known.contains(c_.claim->metric)) {
      throw base::ConfigError({"nothing can be claimed of '" + c_.claim->metric + "'", "command line",
                               base::suggestion(c_.claim->metric, known)});
    }
    const std::string way = direction.empty() ? metric::facts_of(c_.claim->metric).direction : direction.front();
    if (way != "max" && way != "min") {
      throw base::ConfigError({"of '" + c_.claim->metric +
                                   "' neither more nor less is better, so that nothing can be "
                                   "claimed of it",
                               "command line", "claim another metric, for example auc"});
    }
    const bool maximised = way == "max";
    std::vector<std::string> shown;
    for (const store::RunRecord& run : c_.runs) shown.push_back(run.uid);
    for (PairComparison& pair : c_.pairs) {
      pair.gates = claim_gates(db_, {c_.runs.front(), c_.parts.front()}, {c_.runs[pair.other], c_.parts[pair.other]},
                               pair.shared, pair.tests, c_.claim->metric, c_.claim->margin, maximised, shown);
    }
  }

  store::Database& db_;
  const CompareOptions& options_;
  Comparison c_;
};

}  // namespace detail

/// Two or more completed runs, each against the first. Throws ConfigError and DataError where they cannot be compared.
inline Comparison compare_runs(store::Database& database, const std::vector<std::int64_t>& runs,
                               const CompareOptions& options) {
  if (runs.size() < 2) throw base::ConfigError({"comparing takes two runs", "command line", "name the other one"});
  if (std::set<std::int64_t>(runs.begin(), runs.end()).size() != runs.size()) {
    throw base::ConfigError({"a run is named twice", "command line", "compare a run with another one"});
  }
  return detail::Comparer(database, runs, options).compare();
}

}  // namespace youden::compare

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
#include "youden/metric/groups.hpp"
#include "youden/metric/model_comparison.hpp"
#include "youden/registry/registry.hpp"
#include "youden/store/compare/claim_gates.hpp"
#include "youden/store/compare/match.hpp"
#include "youden/store/compare/part_choice.hpp"
#include "youden/store/compare/scored_part.hpp"
#include "youden/store/database.hpp"
#include "youden/store/pooled.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/sweeps.hpp"

namespace youden::store {

/// "The first run is better in this metric, by more than this much."
struct ComparisonClaim {
  std::string metric;
  double margin = 0;
};

struct CompareOptions {
  std::vector<metric::NamedMetric> metrics = {};  ///< that can be computed here; the rest is shown but not tested
  std::string primary = "auc";                    ///< the metric whose comparison is shown first
  std::string part = {};                          ///< empty: chosen, see choose_parts()
  std::optional<ComparisonClaim> claim = {};
  metric::PairedBootstrapSettings bootstrap = {};
};

/// A configuration key that is not the same in all runs; null: the run has no such key, or it is null.
struct Difference {
  std::string key;
  std::vector<Json> values;
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
  std::vector<metric::ComparisonTest> tests = {};
  std::vector<Gate> gates = {};  ///< where something is claimed
};

struct Comparison {
  std::vector<RunRecord> runs;
  PartChoice choice;
  std::vector<ScoredPart> parts;  ///< of each run, whole, classes in the first run's order
  std::vector<Difference> differences = {};
  std::vector<std::map<std::string, PooledResult>> metrics = {};  ///< of each run's part, over its own samples
  std::vector<PairComparison> pairs = {};
  std::vector<FlippedSample> flipped = {};
  std::vector<std::int64_t> scored = {};          ///< runs scored on each run's test set; 0: no test part is compared
  std::vector<std::vector<TrialOf>> trials = {};  ///< of each run
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

inline std::vector<Difference> config_differences(Database& database, const std::vector<RunRecord>& runs) {
  std::map<std::string, std::vector<Json>> values;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Json params = read_params(database, runs[i].id);
    for (const auto& [key, value] : params.items()) {
      auto& row = values[key];
      row.resize(runs.size());
      row[i] = value;
    }
  }
  std::vector<Difference> out;
  for (auto& [key, row] : values) {
    const bool same = std::all_of(row.begin(), row.end(), [&first = row.front()](const Json& v) { return v == first; });
    if (!same && key != "name" && !key.starts_with("tags.")) out.push_back({key, std::move(row)});
  }
  return out;
}

/// Throws ConfigError unless all runs tell the same classes apart and call the same one positive.
inline void require_comparable(const std::vector<RunRecord>& runs) {
  const auto names = [](const RunRecord& run) { return std::set<std::string>(run.classes.begin(), run.classes.end()); };
  for (const RunRecord& run : runs) {
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

inline metric::ComparedSamples compared_samples(const ScoredPart& part, const RunRecord& run) {
  metric::ComparedSamples out{.classes = run.classes.size()};
  std::vector<std::string> patients;
  for (const ScoredSample& s : part.samples) {
    out.label.push_back(s.label);
    patients.push_back(s.patient);
  }
  out.group = metric::number_groups(patients);
  const auto it = std::find(run.classes.begin(), run.classes.end(), run.positive);
  if (it != run.classes.end()) out.positive = static_cast<int>(it - run.classes.begin());
  return out;
}

inline std::vector<metric::ModelScores> models_of(const ScoredPart& part) {
  std::vector<metric::ModelScores> out;
  for (const ReplicateScores& r : part.replicates) out.push_back(r.scores);
  return out;
}

class Comparer {
 public:
  Comparer(Database& database, const std::vector<std::int64_t>& ids, const CompareOptions& options)
      : db_(database), options_(options) {
    for (const std::int64_t id : ids) c_.runs.push_back(read_run(database, id));
  }

  Comparison compare() {
    require_comparable(c_.runs);
    c_.claim = options_.claim;
    c_.choice = choose_parts(db_, c_.runs, options_.part);
    for (std::size_t i = 0; i < c_.runs.size(); ++i) {
      c_.parts.push_back(read_scored_part(db_, c_.runs[i], c_.choice.parts[i]));
      reorder_classes(c_.parts.back(), c_.runs[i].classes, c_.runs.front().classes);
      auto results = read_pooled(db_, c_.runs[i].id);
      c_.metrics.push_back(std::move(results[c_.choice.parts[i]]));
      const bool test = c_.choice.parts[i] == "test" && !c_.runs[i].test_hash.empty();
      c_.trials.push_back(trials_of_run(db_, c_.runs[i].id));
      c_.scored.push_back(test ? count_scored(db_, c_.runs[i].test_hash) : 0);
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
  [[nodiscard]] std::vector<metric::NamedMetric> tested_metrics(std::size_t other) const {
    std::vector<metric::NamedMetric> out;
    for (const metric::NamedMetric& m : options_.metrics) {
      const bool reported = c_.metrics.front().contains(m.name) && c_.metrics[other].contains(m.name);
      const bool claimed = c_.claim && (c_.claim->metric == m.name || c_.claim->metric == m.name + "_pooled");
      if (reported || claimed) out.push_back(m);
    }
    return out;
  }

  /// As the first run took its samples: stored before there was a choice, as a cohort.
  static metric::Sampling sampling_of(const RunRecord& run) {
    return metric::parse_sampling(run.config.is_object() ? run.config.value("sampling", std::string("cohort"))
                                                         : "cohort");
  }

  void compare_with(std::size_t other) {
    PairComparison pair{.other = other};
    const auto matched = match_samples(c_.parts.front(), c_.parts[other]);
    pair.shared = matched.size();
    metric::ComparisonSettings settings{.metrics = tested_metrics(other),
                                        .claimed = c_.claim ? c_.claim->metric : "",
                                        .primary = c_.claim ? c_.claim->metric : options_.primary,
                                        .bootstrap = options_.bootstrap};
    settings.bootstrap.sampling = sampling_of(c_.runs.front());
    const RunRecord& first_run = c_.runs.front();
    if (matched.empty()) {
      const auto first = compared_samples(c_.parts.front(), first_run);
      const auto second = compared_samples(c_.parts[other], first_run);
      pair.tests = metric::compare_unpaired(first, c_.parts.front().replicates.front().scores, second,
                                            c_.parts[other].replicates.front().scores, options_.bootstrap.level);
      for (auto& t : pair.tests) t.first_replicates_only = c_.replicated();
    } else {
      auto [first, second] = matched_parts(matched, other);
      require_same_labels(first, second, first_run, c_.runs[other]);
      const auto samples_by_image = compared_samples(first, first_run);
      pair.patients = metric::count_groups(samples_by_image.group, [](std::size_t) { return true; });
      if (first_run.unit == "patient" && c_.runs[other].unit == "patient") {
        pair.unit = "patient";
        for (std::size_t i = 0; i < first.samples.size(); ++i) second.samples[i].patient = first.samples[i].patient;
        first = by_patient(first, samples_by_image.positive.value_or(-1));
        second = by_patient(second, samples_by_image.positive.value_or(-1));
      }
      pair.tests =
          metric::compare_models(compared_samples(first, first_run), models_of(first), models_of(second), settings);
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
                                   [](const ScoredSample& s) { return !s.patient.empty(); });
    for (std::size_t i = 0; i < matched.size() && !known; ++i) {
      out.first.samples[i].patient = out.second.samples[i].patient;
    }
    return out;
  }

  /// One table: Holm covers the tests of all pairs.
  void adjust_all() {
    std::vector<metric::ComparisonTest> all;
    for (const PairComparison& pair : c_.pairs) all.insert(all.end(), pair.tests.begin(), pair.tests.end());
    metric::adjust_p(all);
    auto from = all.begin();
    for (PairComparison& pair : c_.pairs) {
      for (auto& t : pair.tests) t.p_holm = (from++)->p_holm;
    }
  }

  void find_flipped() {
    const RunRecord& run = c_.runs.front();
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
        const metric::ModelScores& m = c_.parts[other].replicates.front().scores;
        f.scores.back() = m.score[static_cast<std::size_t>(positive.value_or(s.label))][at->second];
        f.decisions.back() = run.classes[static_cast<std::size_t>(m.decided[at->second])];
        decided.insert(m.decided[at->second]);
      }
      if (decided.size() > 1) c_.flipped.push_back(std::move(f));
    }
    std::sort(c_.flipped.begin(), c_.flipped.end(),
              [](const FlippedSample& a, const FlippedSample& b) { return a.sample < b.sample; });
  }

  /// Of a metric that this database has not heard of.
  static std::string registered_direction(const std::string& metric) {
    const std::string base = metric.ends_with("_pooled") ? metric.substr(0, metric.size() - 7) : metric;
    const config::Description* d = registry::catalog().find("metric", base);
    if (d == nullptr || !d->traits.contains("maximised")) return {};
    return d->traits.at("maximised").get<bool>() ? "max" : "min";
  }

  void judge() {
    const auto direction = read_rows(
        db_, "SELECT direction FROM metric WHERE name = ?",
        [](SQLite::Statement& row) { return row.getColumn(0).getString(); }, c_.claim->metric);
    std::set<std::string> known;
    for (const metric::NamedMetric& m : options_.metrics) {
      if (!m.metric->bootstraps()) continue;
      known.insert(m.name);
      if (m.metric->ranks()) known.insert(m.name + "_pooled");
    }
    if (!known.contains(c_.claim->metric)) {
      throw base::ConfigError({"nothing can be claimed of '" + c_.claim->metric + "'", "command line",
                               base::suggestion(c_.claim->metric, known)});
    }
    const std::string way = direction.empty() ? registered_direction(c_.claim->metric) : direction.front();
    if (way != "max" && way != "min") {
      throw base::ConfigError({"of '" + c_.claim->metric +
                                   "' neither more nor less is better, so that nothing can be "
                                   "claimed of it",
                               "command line", "claim another metric, for example auc"});
    }
    const bool maximised = way == "max";
    std::vector<std::string> shown;
    for (const RunRecord& run : c_.runs) shown.push_back(run.uid);
    for (PairComparison& pair : c_.pairs) {
      pair.gates = claim_gates(db_, {c_.runs.front(), c_.parts.front()}, {c_.runs[pair.other], c_.parts[pair.other]},
                               pair.shared, pair.tests, c_.claim->metric, c_.claim->margin, maximised, shown);
    }
  }

  Database& db_;
  const CompareOptions& options_;
  Comparison c_;
};

}  // namespace detail

/// Two or more completed runs, each against the first. Throws ConfigError and DataError where they cannot be compared.
inline Comparison compare_runs(Database& database, const std::vector<std::int64_t>& runs,
                               const CompareOptions& options) {
  if (runs.size() < 2) throw base::ConfigError({"comparing takes two runs", "command line", "name the other one"});
  if (std::set<std::int64_t>(runs.begin(), runs.end()).size() != runs.size()) {
    throw base::ConfigError({"a run is named twice", "command line", "compare a run with another one"});
  }
  return detail::Comparer(database, runs, options).compare();
}

}  // namespace youden::store

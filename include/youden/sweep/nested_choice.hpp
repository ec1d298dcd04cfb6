#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/compare/scored_part.hpp"
#include "youden/evaluate/assessment.hpp"
#include "youden/stat/class_average.hpp"
#include "youden/store/run_json.hpp"
#include "youden/sweep/objective.hpp"
#include "youden/sweep/standing.hpp"

namespace youden::sweep {

/// What a sweep is worth with its choice included: each fold takes the trial that its own validation part ranks first,
/// and is judged by what that trial says of the films held out there, which took no part in the choice (nested
/// selection: Varma & Simon 2006, doi:10.1186/1471-2105-7-91).
struct NestedChoice {
  std::vector<std::vector<std::int64_t>> trials = {};  ///< number of the trial chosen, by replicate and fold
  store::PooledResults results = {};                   ///< of the out-of-fold part
};

namespace detail {

/// A completed trial with its out-of-fold scores.
struct Candidate {
  std::int64_t trial;
  store::RunRecord run;
  compare::ScoredPart part;
};

/// Whether two trials held out the same films in the same folds.
inline bool same_folds(const Candidate& a, const Candidate& b) {
  if (a.part.samples.size() != b.part.samples.size() || a.part.replicates.size() != b.part.replicates.size() ||
      a.run.classes != b.run.classes || a.run.positive != b.run.positive || a.run.unit != b.run.unit) {
    return false;
  }
  for (std::size_t i = 0; i < a.part.samples.size(); ++i) {
    if (a.part.samples[i].id != b.part.samples[i].id) return false;
  }
  for (std::size_t r = 0; r < a.part.replicates.size(); ++r) {
    if (a.part.replicates[r].scores.fold != b.part.replicates[r].scores.fold) return false;
  }
  return true;
}

/// Of each fold of a replicate, the candidate with the best validation value; nothing where a fold has none.
inline std::optional<std::vector<std::size_t>> choose_by_fold(store::Database& database,
                                                              const std::vector<Candidate>& all,
                                                              const Objective& objective, int replicate) {
  std::vector<std::size_t> out;
  for (int fold = 0; fold < all.front().run.folds; ++fold) {
    std::optional<std::size_t> chosen;
    double best = 0;
    for (std::size_t k = 0; k < all.size(); ++k) {
      const auto v = objective.of(store::read_pooled(database, all[k].run.id, store::OneFold{replicate, fold}));
      if (v.part != "val" || !v.value) continue;
      if (chosen && !(objective.maximised ? *v.value > best : *v.value < best)) continue;
      chosen = k;
      best = *v.value;
    }
    if (!chosen) return {};
    out.push_back(*chosen);
  }
  return out;
}

/// The out-of-fold films of a replicate as the chosen trials scored them.
inline evaluate::ScoredTable chosen_scores(const std::vector<Candidate>& all, const std::vector<std::size_t>& chosen,
                                           std::size_t replicate) {
  const store::RunRecord& run = all.front().run;
  evaluate::ScoredTable table{.classes = run.classes};
  for (std::size_t c = 0; c < run.classes.size(); ++c) {
    if (run.classes[c] == run.positive) table.positive = c;
  }
  const auto& samples = all.front().part.samples;
  table.patient = compare::patients_of(samples);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const int fold = all.front().part.replicates[replicate].scores.fold[i];
    const auto& scored = all[chosen[static_cast<std::size_t>(fold)]].part.replicates[replicate];
    table.truth.push_back(samples[i].label);
    for (std::size_t c = 0; c < run.classes.size(); ++c) {
      if (!table.binary() || c == table.positive) table.score.push_back(scored.scores.score[c][i]);
    }
    table.sample.push_back(samples[i].id);
    table.fold.push_back(fold);
    table.threshold[fold] = scored.threshold[i];
  }
  return table;
}

}  // namespace detail

/// Nothing where folds have no validation part of their own to choose by, where the sweep ranks by another part, or
/// where its trials divide the films differently.
inline std::optional<NestedChoice> nested_choice(store::Database& database, const Standing& standing,
                                                 const Objective& objective) {
  if (objective.part != "val" || standing.ranking.size() < 2) return {};
  std::vector<detail::Candidate> all;
  for (const std::size_t i : standing.ranking) {
    const store::TrialRecord& t = standing.trials[i];
    store::RunRecord run = store::read_run(database, *t.run);
    if (t.part != "val" || run.folds < 2) return {};
    compare::ScoredPart part = compare::read_scored_part(database, run, "oof");
    if (part.samples.empty()) return {};
    all.push_back({t.number, std::move(run), std::move(part)});
    if (!detail::same_folds(all.front(), all.back())) return {};
  }
  const store::RunRecord& run = all.front().run;
  const bool two = run.classes.size() == 2;
  evaluate::AssessmentSettings settings{.prevalence = {}, .unit = run.unit, .seed = run.seed};
  settings.metrics = {{"sensitivity"}, {"specificity"}, {"youden_j"}, {"auc"}};
  if (!two) settings.metrics = {{"accuracy"}, {"balanced_accuracy"}, {"auc"}};
  if (run.config.is_object() && run.config.contains("sampling")) {
    settings.sampling = stat::parse_sampling(run.config.at("sampling").get<std::string>());
  }
  const std::string headline = two ? run.positive : stat::name_of(stat::ClassAverage::macro, run.classes);

  NestedChoice out;
  std::map<std::string, std::vector<store::detail::KeyedResult>> results;
  for (std::size_t r = 0; r < all.front().part.replicates.size(); ++r) {
    const auto chosen = detail::choose_by_fold(database, all, objective, static_cast<int>(r));
    if (!chosen) return {};
    auto& numbers = out.trials.emplace_back();
    for (const std::size_t k : *chosen) numbers.push_back(all[k].trial);
    for (const evaluate::Assessed& row : evaluate::assess(detail::chosen_scores(all, *chosen, r), settings)) {
      if (row.unit != run.unit || row.fold != -1 || (row.class_name != headline && !row.class_name.empty())) continue;
      results[row.metric].push_back(
          {row.class_name, static_cast<std::int64_t>(r), -1, {row.estimate, row.threshold, row.n_patients}});
    }
  }
  for (const auto& [name, rows] : results) {
    if (auto pooled = store::detail::over_replicates(rows)) out.results["oof"][name] = std::move(*pooled);
  }
  return out;
}

/// `{"objective": …, "trials": [[3, 3, 1]], "metrics": {"oof": {…}}}`
inline store::Json to_json(const NestedChoice& nested, const Objective& objective) {
  return {{"objective", objective.text}, {"trials", nested.trials}, {"metrics", store::to_json(nested.results)}};
}

/// `AUC .912 [.861, .948], J …`: the headline for people.
inline std::string nested_text(const NestedChoice& nested) {
  std::string out;
  const auto oof = nested.results.find("oof");
  if (oof == nested.results.end()) return out;
  for (const auto& [metric, title] : std::vector<std::pair<std::string, std::string>>{{"auc", "AUC"},
                                                                                      {"youden_j", "J"},
                                                                                      {"sensitivity", "sensitivity"},
                                                                                      {"specificity", "specificity"},
                                                                                      {"accuracy", "accuracy"}}) {
    const auto it = oof->second.find(metric);
    if (it == oof->second.end() || !it->second.estimate.value) continue;
    const stat::Estimate& e = it->second.estimate;
    out += fmt::format("{}{} {:.3f}", out.empty() ? "" : ", ", title, *e.value);
    if (e.low && e.high) out += fmt::format(" [{:.3f}, {:.3f}]", *e.low, *e.high);
  }
  return out;
}

}  // namespace youden::sweep

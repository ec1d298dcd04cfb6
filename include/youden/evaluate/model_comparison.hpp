#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/evaluate/contrast.hpp"
#include "youden/evaluate/model_scores.hpp"
#include "youden/metric/facts.hpp"
#include "youden/stat/delong_paired.hpp"
#include "youden/stat/delong_unpaired.hpp"
#include "youden/stat/groups.hpp"
#include "youden/stat/holm.hpp"
#include "youden/stat/mcnemar.hpp"
#include "youden/stat/paired_bootstrap.hpp"

namespace youden::evaluate {

/// A metric to compare, by the id under which its difference is told.
struct NamedMetric {
  std::string name;
  std::shared_ptr<const metric::Metric> metric;
};

/// One line of the table of tests: first − second.
struct ComparisonTest {
  std::string test;    ///< mcnemar-exact, delong, delong-unpaired, cluster-bootstrap
  std::string metric;  ///< accuracy for McNemar
  stat::PairedTest result = {};
  std::optional<double> p_holm = {};       ///< of the primary metric and of the decisions, over all pairs of models
  bool exploratory = true;                 ///< belongs to neither family: its p is no finding
  bool assumes_independent_films = false;  ///< and they are not: some patient has several
  bool first_replicates_only = false;      ///< of models that have several replicates
  bool claimed = false;
  std::int64_t n = 0;
  std::optional<std::int64_t> first_only = {};  ///< McNemar: samples on which only the first model is right
  std::optional<std::int64_t> second_only = {};
};

struct ComparisonSettings {
  std::vector<NamedMetric> metrics = {};
  std::string claimed = {};     ///< tested alone
  std::string primary = "auc";  ///< the metric whose comparison is shown first
  stat::PairedBootstrapSettings bootstrap = {};
};

namespace detail {

/// The folds that both models share; nothing where they divide the samples differently.
inline std::optional<std::vector<std::vector<std::size_t>>> common_folds(const ModelScores& a, const ModelScores& b,
                                                                         std::size_t samples) {
  auto folds = members_of_folds(a, samples);
  auto others = members_of_folds(b, samples);
  std::sort(folds.begin(), folds.end());
  std::sort(others.begin(), others.end());
  if (folds != others) return {};
  return folds;
}

inline stat::Placements placements_of(const ComparedSamples& samples, const ModelScores& model,
                                      std::span<const std::size_t> members) {
  const metric::Binary b = against_rest(samples, model, *samples.positive, members);
  return stat::placements(b.positive, b.score);
}

inline std::vector<std::uint8_t> rights(const ComparedSamples& samples, const ModelScores& model) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < samples.label.size(); ++i) out.push_back(model.decided[i] == samples.label[i] ? 1 : 0);
  return out;
}

/// What a draw keeps the numbers of: samples of each class and, where both models share them, of each fold.
inline std::vector<int> strata(const ComparedSamples& samples,
                               const std::optional<std::vector<std::vector<std::size_t>>>& folds) {
  std::vector<int> out = samples.label;
  if (!folds) return out;
  for (std::size_t f = 0; f < folds->size(); ++f) {
    for (const std::size_t i : (*folds)[f]) out[i] += static_cast<int>(f * samples.classes);
  }
  return out;
}

/// The fold of each sample where both models share their folds, else one for all.
inline std::vector<int> fold_of_each(const ComparedSamples& samples,
                                     const std::optional<std::vector<std::vector<std::size_t>>>& folds) {
  std::vector<int> out(samples.label.size(), 0);
  for (std::size_t f = 0; folds && f < folds->size(); ++f) {
    for (const std::size_t i : (*folds)[f]) out[i] = static_cast<int>(f);
  }
  return out;
}

/// A metric of every replicate. With more than two classes accuracy is over all of them, and so is whatever has such a
/// value where no class is called positive.
inline std::vector<stat::Reweighted> statistics(const std::string& name,
                                                const std::shared_ptr<const metric::Metric>& metric,
                                                const ComparedSamples& samples, std::span<const ModelScores> models,
                                                bool pooled) {
  std::vector<stat::Reweighted> out;
  for (const ModelScores& model : models) {
    std::optional<stat::Reweighted> all;
    if (samples.classes > 2 && (!samples.positive || name == "accuracy")) all = reweighted_all(metric, samples, model);
    out.push_back(all ? std::move(*all) : reweighted(metric, samples, model, pooled));
  }
  return out;
}

}  // namespace detail

/// The tests of one pair of models that a reader may take at their word: of the primary metric and of the decisions, by
/// the last of their tests, which knows of patients and seeds where there are any. All others are exploratory: twenty
/// correlated tests in one family would make every p 1.
inline void mark_families(std::vector<ComparisonTest>& tests, const std::string& primary) {
  for (const std::string& metric : {primary, std::string("accuracy")}) {
    const auto last = std::find_if(tests.rbegin(), tests.rend(), [&](const auto& t) { return t.metric == metric; });
    if (last != tests.rend()) last->exploratory = false;
  }
  for (ComparisonTest& t : tests) t.exploratory = t.exploratory && !t.claimed;
}

/// Holm over all pairs of models, one family a metric; the claimed test stands alone.
inline void adjust_p(std::vector<ComparisonTest>& tests) {
  std::set<std::string> metrics;
  for (const ComparisonTest& t : tests) {
    if (!t.exploratory) metrics.insert(t.metric);
  }
  for (const std::string& metric : metrics) {
    std::vector<std::optional<double>> p;
    const auto member = [&](const ComparisonTest& t) { return t.metric == metric && !t.exploratory && !t.claimed; };
    for (const ComparisonTest& t : tests) p.push_back(member(t) ? t.result.p : std::nullopt);
    const auto adjusted = stat::holm(p);
    for (std::size_t i = 0; i < tests.size(); ++i) {
      if (member(tests[i])) tests[i].p_holm = adjusted[i];
    }
  }
}

/// Every test of two models on the same samples, one entry of `first` and `second` a replicate.
///
/// Accuracy is tested by McNemar (right and wrong, whatever the number of classes) and the AUC by DeLong, fold by fold
/// where both models share their folds; every other metric by the cluster bootstrap. Where a patient has several films
/// or a model several replicates, the bootstrap tests accuracy and AUC as well, since neither McNemar nor DeLong knows
/// of patients or seeds; they then speak of the first replicates. With more than two classes and no positive one the
/// metrics are means over classes, each against the rest, and DeLong has nothing to test.
inline std::vector<ComparisonTest> compare_models(const ComparedSamples& samples, std::span<const ModelScores> first,
                                                  std::span<const ModelScores> second,
                                                  const ComparisonSettings& settings) {
  const bool several_films = stat::clustered(samples.group);
  const bool replicated = first.size() > 1 || second.size() > 1;
  const double level = settings.bootstrap.level;
  const auto n = static_cast<std::int64_t>(samples.label.size());
  std::vector<ComparisonTest> tests;
  const auto add = [&](const char* test, const std::string& metric, stat::PairedTest result) -> ComparisonTest& {
    return tests.emplace_back(ComparisonTest{.test = test, .metric = metric, .result = std::move(result), .n = n});
  };

  const stat::McNemar m = stat::mcnemar(detail::rights(samples, first[0]), detail::rights(samples, second[0]), level);
  ComparisonTest& exact = add("mcnemar-exact", "accuracy", m.test);
  exact.first_only = m.first_only;
  exact.second_only = m.second_only;
  exact.assumes_independent_films = several_films;
  exact.first_replicates_only = replicated;

  const auto folds = detail::common_folds(first[0], second[0], samples.label.size());
  const bool ranked = samples.positive && folds;
  if (ranked) {
    std::vector<stat::PlacementPair> strata;
    for (const auto& members : *folds) {
      strata.push_back(
          {detail::placements_of(samples, first[0], members), detail::placements_of(samples, second[0], members)});
    }
    ComparisonTest& delong = add("delong", "auc", stat::delong_paired(strata, level));
    delong.assumes_independent_films = several_films;
    delong.first_replicates_only = replicated;
  }

  std::vector<stat::Contrast> contrasts;
  std::vector<std::string> names;
  const bool cross_validated = detail::members_of_folds(first[0], samples.label.size()).size() > 1;
  for (const auto& [name, metric] : settings.metrics) {
    if (!metric->bootstraps()) continue;
    const bool tested = name == "accuracy" || (name == "auc" && ranked);
    for (const bool pooled : {false, true}) {
      if (pooled && !(metric->ranks() && cross_validated)) continue;
      if (!pooled && tested && !several_films && !replicated) continue;
      contrasts.push_back({detail::statistics(name, metric, samples, first, pooled),
                           detail::statistics(name, metric, samples, second, pooled)});
      names.push_back(pooled ? name + metric::kPooled : name);
    }
  }
  const std::vector<int> strata = detail::strata(samples, folds);
  const stat::Resample resample = stat::Resample::make(settings.bootstrap.sampling, samples.group, strata,
                                                       detail::fold_of_each(samples, folds), settings.bootstrap.seed);
  auto results = stat::paired_bootstrap(resample, contrasts, settings.bootstrap);
  for (std::size_t i = 0; i < names.size(); ++i) add("cluster-bootstrap", names[i], std::move(results[i]));

  // The claim rests on the test that knows of patients and seeds, where there is one: the last of its metric.
  const auto last =
      std::find_if(tests.rbegin(), tests.rend(), [&](const auto& t) { return t.metric == settings.claimed; });
  if (last != tests.rend()) last->claimed = true;
  mark_families(tests, settings.primary);
  adjust_p(tests);
  return tests;
}

/// Two models that share no sample: DeLong's unpaired test, and nothing else.
inline std::vector<ComparisonTest> compare_unpaired(const ComparedSamples& first_samples, const ModelScores& first,
                                                    const ComparedSamples& second_samples, const ModelScores& second,
                                                    double level = 0.95) {
  if (!first_samples.positive || !second_samples.positive) return {};
  const auto strata = [](const ComparedSamples& samples, const ModelScores& model) {
    std::vector<stat::Placements> out;
    for (const auto& members : detail::members_of_folds(model, samples.label.size())) {
      out.push_back(detail::placements_of(samples, model, members));
    }
    return out;
  };
  ComparisonTest t{
      .test = "delong-unpaired",
      .metric = "auc",
      .result = stat::delong_unpaired(strata(first_samples, first), strata(second_samples, second), level),
      .assumes_independent_films = stat::clustered(first_samples.group) || stat::clustered(second_samples.group),
      .n = static_cast<std::int64_t>(first_samples.label.size() + second_samples.label.size())};
  std::vector<ComparisonTest> tests{std::move(t)};
  mark_families(tests, "auc");
  adjust_p(tests);
  return tests;
}

}  // namespace youden::evaluate

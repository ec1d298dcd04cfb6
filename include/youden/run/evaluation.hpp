#pragma once
#include <spdlog/spdlog.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/evaluate/assessment.hpp"
#include "youden/evaluate/scored_table.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/materials.hpp"
#include "youden/run/result_row.hpp"
#include "youden/run/slices.hpp"
#include "youden/sample/part.hpp"
#include "youden/stat/operating_point.hpp"
#include "youden/stat/temperature.hpp"
#include "youden/store/rows.hpp"
#include "youden/train/predictions.hpp"

namespace youden::run {

/// What one replicate predicted: fold -> part -> predictions.
using FoldPredictions = std::map<int, std::map<std::string, train::Predictions>>;

inline stat::ThresholdRule threshold_rule(const Experiment& e) {
  if (const double* fixed = config::value_of(e.threshold)) return {stat::ThresholdRule::Kind::fixed, *fixed};
  return stat::parse_threshold_rule(std::get<std::string>(e.threshold), "threshold");
}

namespace detail {

/// What each fold is judged by before anything is reported: its own validation part, else all out-of-fold predictions.
inline train::Predictions chosen_on(const FoldPredictions& folds, int fold) {
  const auto& parts = folds.at(fold);
  if (const auto val = parts.find("val"); val != parts.end()) return val->second;
  train::Predictions oof;
  for (const auto& [f, others] : folds) {
    if (const auto it = others.find("oof"); it != others.end()) oof.append(it->second);
  }
  return oof;
}

}  // namespace detail

/// One part's predictions of all folds as a table; without thresholds and slices.
inline evaluate::ScoredTable scored_table(const Materials& m, const FoldPredictions& folds, const std::string& part) {
  evaluate::ScoredTable table{.classes = m.classes, .positive = static_cast<std::size_t>(m.positive)};
  const auto& samples = m.dataset.manifest().samples;
  for (const auto& [fold, parts] : folds) {
    const auto it = parts.find(part);
    if (it == parts.end()) continue;
    const train::Predictions& p = it->second;
    for (std::size_t i = 0; i < p.samples.size(); ++i) {
      table.truth.push_back(p.labels[i]);
      for (std::size_t c = 0; c < p.classes; ++c) {
        if (!table.binary() || c == table.positive) table.score.push_back(p.at(i, c));
      }
      table.patient.push_back(m.patients[p.samples[i]]);
      table.sample.push_back(samples[p.samples[i]].id);
      table.fold.push_back(fold);
    }
  }
  return table;
}

/// The temperature of each fold, fitted where its threshold is chosen. 1 where none is best, which is said.
inline std::map<int, double> fit_temperatures(const FoldPredictions& folds) {
  std::map<int, double> out;
  for (const auto& [fold, parts] : folds) {
    const train::Predictions p = detail::chosen_on(folds, fold);
    const auto best = stat::fit_temperature(p.labels, p.probability, p.classes);
    if (!best) {
      spdlog::warn(
          "calibration: no temperature is best on the {} samples of fold {}, whose scores tell the classes apart "
          "without error or not at all; its probabilities stay as they are",
          p.samples.size(), fold);
    }
    out[fold] = best.value_or(1);
  }
  return out;
}

inline void apply_temperatures(FoldPredictions& folds, const std::map<int, double>& temperatures) {
  for (auto& [fold, parts] : folds) {
    for (auto& [part, p] : parts) stat::apply_temperature(p.probability, p.classes, temperatures.at(fold));
  }
}

/// The operating point of each fold: chosen on its validation part, else on all out-of-fold scores together, in the
/// experiment's unit: who reports by patient decides by the patient's mean score.
inline std::map<int, double> choose_thresholds(const Experiment& e, const Materials& m, const FoldPredictions& folds) {
  const stat::ThresholdRule rule = threshold_rule(e);
  std::map<int, double> out;
  for (const auto& [fold, parts] : folds) {
    if (rule.kind == stat::ThresholdRule::Kind::fixed) {
      out[fold] = rule.value;
      continue;
    }
    evaluate::ScoredTable table = scored_table(m, {{fold, {{"chosen", detail::chosen_on(folds, fold)}}}}, "chosen");
    if (e.unit == "patient") table = table.by_patient();
    std::vector<std::uint8_t> positive;
    for (const int t : table.truth) positive.push_back(t == m.positive ? 1 : 0);
    out[fold] = stat::choose_threshold(rule, positive, table.score).threshold;
  }
  return out;
}

/// All result rows of one replicate: pooled (fold −1), and by fold where there are several.
inline std::vector<store::ResultRow> evaluate(const Experiment& e, const Materials& m, int replicate,
                                              const FoldPredictions& folds, const std::map<int, double>& thresholds) {
  const evaluate::AssessmentSettings settings{.metrics = e.metrics,
                                              .prevalence = e.prevalence,
                                              .slices = e.slices,
                                              .unit = e.unit,
                                              .seed = static_cast<std::uint64_t>(e.seed),
                                              .sampling = stat::parse_sampling(e.sampling),
                                              .threads = m.threads};
  std::map<std::string, std::size_t> place;
  const auto& samples = m.dataset.manifest().samples;
  for (std::size_t i = 0; i < samples.size(); ++i) place[samples[i].id] = i;
  std::vector<store::ResultRow> rows;
  for (const sample::Part each : sample::kScored) {
    const std::string part = sample::name_of(each);
    evaluate::ScoredTable table = scored_table(m, folds, part);
    table.threshold = thresholds;
    for (const std::string& name : e.slices) {
      const auto values = slice_values(m.dataset.manifest(), name);
      for (const std::string& sample : table.sample) table.covariates[name].push_back(values[place.at(sample)]);
      table.covariates[name];
    }
    for (evaluate::Assessed& a : evaluate::assess(table, settings)) {
      rows.push_back(result_row(std::move(a), replicate, part));
    }
  }
  return rows;
}

}  // namespace youden::run

#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "youden/bundle/bundle.hpp"
#include "youden/metric/facts.hpp"
#include "youden/run/evaluation.hpp"
#include "youden/run/fingerprint.hpp"
#include "youden/run/stored_checkpoint.hpp"
#include "youden/run/verdict.hpp"
#include "youden/run/workbench.hpp"
#include "youden/store/metric_names.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_writer.hpp"
#include "youden/store/temperature.hpp"
#include "youden/train/checkpoint.hpp"

namespace youden::run {

namespace detail {

/// What the folds stored, by replicate.
inline std::map<int, FoldPredictions> stored_predictions(store::Database& db, std::int64_t run, const Materials& m) {
  std::map<std::string, std::size_t> sample_index;
  const auto& samples = m.dataset.manifest().samples;
  for (std::size_t i = 0; i < samples.size(); ++i) sample_index[samples[i].id] = i;
  std::map<std::string, std::size_t> class_index;
  for (std::size_t c = 0; c < m.classes.size(); ++c) class_index[m.classes[c]] = c;

  std::map<int, FoldPredictions> out;
  for (const store::PredictionRow& row : store::read_predictions(db, run)) {  // a sample's classes follow each other
    train::Predictions& p = out[row.replicate][row.fold][row.part];
    const std::size_t sample = sample_index.at(row.sample);
    p.classes = m.classes.size();
    if (p.samples.empty() || p.samples.back() != sample) {
      p.samples.push_back(sample);
      p.labels.push_back(m.labels[sample]);
      p.probability.resize(p.probability.size() + p.classes);
    }
    p.probability[p.probability.size() - p.classes + class_index.at(row.class_name)] = row.probability;
  }
  return out;
}

/// The kept weights of a fold (the best epoch's where one was selected) and all that prediction needs beside them.
inline bundle::Bundle make_bundle(const Workbench& bench, const train::Checkpoint& saved, double threshold,
                                  double temperature) {
  // Where the films and the cache lie is nobody's business; where the frozen weights lie is needed to predict.
  config::Json config = identity(bench.experiment);
  if (const auto weights = registry::common<backbone::Backbone>(bench.experiment.backbone).weights) {
    config["backbone"]["weights"] = *weights;
  }
  if (const auto last = bench.experiment.train.stretches().back().freeze) config["backbone"]["freeze"] = *last;
  bundle::Bundle b{.classes = bench.materials.classes,
                   .positive = bench.materials.positive_name,
                   .threshold = threshold,
                   .temperature = temperature,
                   .size = bench.images->size(),
                   .range = bench.experiment.dataset.options.value("range", std::string("auto")),
                   .normalization = bench.normalization,
                   .config = config,
                   .prefix_hash = bench.prefix().prefix_hash()};
  const auto best = saved.tensors.lower_bound("best/");
  const bool selected = best != saved.tensors.end() && best->first.starts_with("best/");
  const std::string from = selected ? "best/" : "model/";
  for (const auto& [name, tensor] : saved.tensors) {
    if (name.starts_with(from)) b.tensors.tensors[name.substr(from.size())] = tensor;
  }
  return b;
}

inline void append_rows(std::vector<store::PredictionRow>& rows, const Materials& m, int replicate,
                        const FoldPredictions& folds) {
  for (const auto& [fold, parts] : folds) {
    for (const auto& [part, p] : parts) {
      for (std::size_t i = 0; i < p.samples.size(); ++i) {
        for (std::size_t c = 0; c < p.classes; ++c) {
          rows.push_back(
              {replicate, fold, part, m.dataset.manifest().samples[p.samples[i]].id, m.classes[c], p.at(i, c)});
        }
      }
    }
  }
}

/// Names that results may carry beside those that every database knows.
inline std::vector<store::MetricName> names_of_metrics(const Experiment& e) {
  std::vector<store::MetricName> out{{store::kTemperature, "none", "softmax(logits / temperature)"}};
  for (const config::Component& c : e.metrics) {
    const config::Description* d = registry::catalog().find("metric", c.type);
    if (d == nullptr) continue;
    const metric::Facts facts = metric::facts_of(c.type);
    out.push_back({c.type, facts.direction, d->help});
    if (facts.needs != metric::Needs::ranks) continue;
    out.push_back({c.type + metric::kPooled, facts.direction, d->help + ", of all out-of-fold scores together"});
  }
  for (const double prevalence : e.prevalence) {
    const std::string at = fmt::format("_at_{}", prevalence);
    out.push_back({"ppv" + at, "max", fmt::format("positive predictive value at a prevalence of {}", prevalence)});
    out.push_back({"npv" + at, "max", fmt::format("negative predictive value at a prevalence of {}", prevalence)});
  }
  return out;
}

}  // namespace detail

/// Temperatures, thresholds, results and bundles, in this order and all from what the folds stored, so that an
/// interruption changes nothing.
inline void conclude(store::Database& db, std::int64_t run, const Workbench& bench,
                     const std::filesystem::path& folder) {
  const Materials& m = bench.materials;
  const Experiment& e = bench.experiment;
  const bool single = m.folds().size() == 1 && m.replicates == 1;
  const auto applied = store::read_temperatures(db, run);
  std::vector<store::ResultRow> results;
  std::vector<store::PredictionRow> calibrated;
  for (auto& [replicate, folds] : detail::stored_predictions(db, run, m)) {
    std::map<int, double> temperatures;
    if (e.calibration == "temperature" && applied.empty()) {
      temperatures = fit_temperatures(folds);
      apply_temperatures(folds, temperatures);
      detail::append_rows(calibrated, m, replicate, folds);
    }
    for (const auto& [key, temperature] : applied) {
      if (key.first == replicate) temperatures[key.second] = temperature;
    }
    for (const auto& [fold, temperature] : temperatures) {
      results.push_back({.replicate = replicate,
                         .fold = fold,
                         .part = folds.at(fold).contains("val") ? "val" : "oof",
                         .unit = e.unit,
                         .metric = store::kTemperature,
                         .estimate = {.value = temperature,
                                      .n = static_cast<std::int64_t>(detail::chosen_on(folds, fold).samples.size())}});
    }
    const auto thresholds = choose_thresholds(e, m, folds);
    const auto rows = evaluate(e, m, replicate, folds, thresholds);
    results.insert(results.end(), rows.begin(), rows.end());
    for (const auto& [fold, threshold] : thresholds) {
      const auto checkpoint = store::last_checkpoint(db, run, replicate, fold);
      if (!checkpoint) {
        throw Stranded(
            fmt::format("the database names no checkpoint of replicate {}, fold {}, so that its model cannot "
                        "be written; what the run stored stays",
                        replicate, fold),
            db.path().string());
      }
      const auto file =
          folder / (single ? "model.safetensors" : fmt::format("model-r{}-f{}.safetensors", replicate, fold));
      const double temperature = temperatures.empty() ? 1 : temperatures.at(fold);
      detail::make_bundle(bench, read_checkpoint(checkpoint->path), threshold, temperature).write(file);
      store::add_artifact(db, run, "model", file);
    }
  }
  store::describe_metrics(db, detail::names_of_metrics(e));
  store::write_calibrated(db, run, calibrated, results);
}

}  // namespace youden::run

#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "youden/bundle/bundle.hpp"
#include "youden/run/evaluation.hpp"
#include "youden/run/fingerprint.hpp"
#include "youden/run/workbench.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_writer.hpp"
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
inline bundle::Bundle make_bundle(const Workbench& bench, const train::Checkpoint& saved, double threshold) {
  // Where the films and the cache lie is nobody's business; where the frozen weights lie is needed to predict.
  config::Json config = identity(bench.experiment);
  if (const auto weights = registry::common<backbone::Backbone>(bench.experiment.backbone).weights) {
    config["backbone"]["weights"] = *weights;
  }
  if (const auto last = bench.experiment.train.stretches().back().freeze) config["backbone"]["freeze"] = *last;
  bundle::Bundle b{.classes = bench.materials.classes,
                   .positive = bench.materials.positive_name,
                   .threshold = threshold,
                   .size = bench.images->size(),
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

}  // namespace detail

/// Thresholds, results and bundles, all from what the folds stored, so that an interruption changes nothing.
inline void conclude(store::Database& db, std::int64_t run, const Workbench& bench,
                     const std::filesystem::path& folder) {
  const Materials& m = bench.materials;
  const bool single = m.folds.size() == 1 && bench.experiment.replicates == 1;
  std::vector<store::ResultRow> results;
  for (const auto& [replicate, folds] : detail::stored_predictions(db, run, m)) {
    const auto thresholds = choose_thresholds(bench.experiment, m, folds);
    const auto rows = evaluate(bench.experiment, m, replicate, folds, thresholds);
    results.insert(results.end(), rows.begin(), rows.end());
    for (const auto& [fold, threshold] : thresholds) {
      const auto checkpoint = store::last_checkpoint(db, run, replicate, fold);
      if (!checkpoint) {
        throw base::RunError({fmt::format("fold {} left no checkpoint", fold), {}, "run again with --again"});
      }
      const auto file =
          folder / (single ? "model.safetensors" : fmt::format("model-r{}-f{}.safetensors", replicate, fold));
      detail::make_bundle(bench, train::Checkpoint::read(checkpoint->path), threshold).write(file);
      store::add_artifact(db, run, "model", file);
    }
  }
  store::write_results(db, run, results);
}

}  // namespace youden::run

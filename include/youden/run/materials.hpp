#pragma once
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <opencv2/core/utility.hpp>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/base/threads.hpp"
#include "youden/data/dataset.hpp"
#include "youden/data/film_memory.hpp"
#include "youden/data/load_source.hpp"
#include "youden/data/split.hpp"
#include "youden/evaluate/scored_table.hpp"
#include "youden/registry/registry.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/image_size.hpp"
#include "youden/run/slices.hpp"
#include "youden/sample/part.hpp"
#include "youden/sample/patient.hpp"

namespace youden::run {

/// What a run works on: the opened dataset, its classes, and the division into folds.
struct Materials {
  data::Dataset dataset;
  std::vector<std::string> classes;
  int positive = 0;                ///< index into classes
  std::string positive_name = {};  ///< empty with more than two classes and none named
  std::vector<int> labels = {};
  std::vector<std::string> patients = {};  ///< a name for each sample, empty = unknown (sample::patient_names)
  std::vector<std::string> units = {};     ///< who stands for themselves (sample::independent_units)
  std::vector<std::vector<data::Fold>> divisions = {};  ///< the folds, as often as the split draws them
  int replicates = 1;                                   ///< trainings of each fold: one a division and seed
  int threads = 1;

  /// Which drawing of the split a replicate trains on: all of them in turn.
  [[nodiscard]] std::size_t division(int replicate) const {
    return static_cast<std::size_t>(replicate) % divisions.size();
  }
  [[nodiscard]] const std::vector<data::Fold>& folds(int replicate = 0) const { return divisions[division(replicate)]; }
  [[nodiscard]] std::vector<std::size_t> part(std::size_t fold, sample::Part part, int replicate = 0) const {
    const data::Fold& parts = folds(replicate)[fold];
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i] == part) out.push_back(i);
    }
    return out;
  }
  [[nodiscard]] bool has(sample::Part part) const {
    return std::any_of(folds().begin(), folds().end(),
                       [&](const data::Fold& f) { return std::find(f.begin(), f.end(), part) != f.end(); });
  }
};

namespace detail {

/// The classes in use; samples of other labels leave the manifest.
inline std::vector<std::string> choose_classes(const Experiment& e, sample::Manifest& manifest) {
  std::vector<std::string> classes = manifest.labels();
  if (const auto* wanted = config::value_of(e.classes)) {
    base::Faults faults;
    for (const std::string& name : *wanted) {
      if (std::find(classes.begin(), classes.end(), name) == classes.end()) {
        faults.add("'classes' names '" + name + "', but no sample has that label", "classes",
                   base::suggestion(name, classes));
      }
      if (std::count(wanted->begin(), wanted->end(), name) > 1)
        faults.add("'classes' names '" + name + "' twice", "classes");
    }
    faults.raise<base::DataError>("faults in the classes:");
    classes = *wanted;
    std::erase_if(manifest.samples, [&](const sample::Sample& s) {
      if (std::find(classes.begin(), classes.end(), s.label) != classes.end()) return false;
      manifest.exclude("class", s.label);
      return true;
    });
  }
  if (classes.size() < 2) {
    throw base::DataError({"the dataset has " + std::to_string(classes.size()) + " class" +
                               (classes.size() == 1 ? " ('" + classes[0] + "')" : "es") + "; telling apart takes two",
                           "dataset"});
  }
  return classes;
}

inline int choose_positive(const Experiment& e, const std::vector<std::string>& classes) {
  if (!e.positive) {
    if (classes.size() > 2) return 0;
    throw base::ConfigError({"'positive' is missing: sensitivity needs to know which class it speaks of", "positive",
                             "write positive: " + classes[0] + ", or positive: " + classes[1]});
  }
  const auto it = std::find(classes.begin(), classes.end(), *e.positive);
  if (it == classes.end()) {
    throw base::ConfigError({"'positive' is '" + *e.positive + "', which is no class of the dataset", "positive",
                             base::suggestion(*e.positive, classes)});
  }
  return static_cast<int>(it - classes.begin());
}

/// A headline by patient needs patients, each of one class.
inline void require_unit(const Experiment& e, const Materials& m, base::Faults& faults) {
  if (e.unit != "patient") return;
  evaluate::ScoredTable labels{.classes = m.classes, .truth = m.labels};
  labels.patient = m.patients;
  if (!labels.knows_patients()) {
    faults.add("'unit: patient' needs to know whose the films are, but the dataset names no patients", "unit",
               "name them in the dataset, or write unit: image");
  }
  try {
    labels.require_one_class_a_patient();
  } catch (const base::DataError& error) {
    faults.add(error.what());
  }
}

/// Before anything is trained: whatever is to be chosen needs a part, and a number of classes, to choose on.
inline void require_choices(const Experiment& e, const Materials& m) {
  const bool val = m.has(sample::Part::val);
  base::Faults faults;
  const std::string remedy = "give the split a validation part, for example split.val=0.15";
  if (e.train.select.refit && !val) {
    faults.add("'train.select.refit' trains again with the validation part, but the split has none",
               "train.select.refit", remedy + ", or leave train.select.refit out");
  }
  if (e.train.select.metric && !val)
    faults.add("'train.select' chooses an epoch on validation, but the split has no such part", "train.select", remedy);
  if (std::holds_alternative<std::string>(e.threshold) && !val && !m.has(sample::Part::oof)) {
    faults.add("'threshold: " + std::get<std::string>(e.threshold) +
                   "' is chosen on validation or out-of-fold scores, but the split has neither",
               "threshold", remedy + ", or write a number");
  }
  if (e.calibration == "temperature" && !val && !m.has(sample::Part::oof)) {
    faults.add("'calibration: temperature' is fitted on validation or out-of-fold scores, but the split has neither",
               "calibration", remedy + ", or write calibration: none");
  }
  require_unit(e, m, faults);
  require_slices(e.slices, m.dataset.manifest(), faults);
  if (m.classes.size() > 2) {
    const double* fixed = config::value_of(e.threshold);
    if (!fixed || *fixed != 0.5) {
      faults.add("'threshold' divides two classes; of " + std::to_string(m.classes.size()) +
                     " the one with the largest probability is called",
                 "threshold", "leave threshold out, or name two classes");
    }
    if (const auto& metric = e.train.select.metric; metric && *metric != "loss" && *metric != "accuracy") {
      faults.add("'train.select.metric: " + *metric + "' is scored for two classes only", "train.select.metric",
                 "write loss or accuracy");
    }
  }
  if (e.train.curves == "test" && !m.has(sample::Part::test)) {
    faults.add("'train.curves: test' needs a test part, but the split has none", "train.curves",
               "write train.curves: val");
  }
  faults.raise<base::ConfigError>("faults in the configuration:");
}

}  // namespace detail

/// Dataset → classes → split. Throws before anything is written anywhere. `memory`: of films found sound before, or
/// null.
inline Materials gather(const Experiment& e, base::Progress& progress, data::FilmMemory* memory = nullptr) {
  Materials m;
  m.threads = config::value_of(e.threads) ? *config::value_of(e.threads) : base::usable_threads();
  const std::string range = registry::common<data::Source>(e.dataset).range;
  auto [source, manifest, common, bits] =
      data::load_source(e.dataset, static_cast<std::uint64_t>(e.seed),
                        image::Decoding{.size = image_size(e), .range = image::value_range(range)});
  m.classes = detail::choose_classes(e, manifest);
  m.positive = detail::choose_positive(e, m.classes);
  m.positive_name = e.positive.value_or(m.classes.size() == 2 ? m.classes[static_cast<std::size_t>(m.positive)] : "");
  cv::setNumThreads(1);  // our workers take a film each; OpenCV's own would take their cores
  m.dataset = data::Dataset::open(source, std::move(manifest),
                                  {.skip_broken = common.on_error == "skip",
                                   .threads = m.threads,
                                   .scratch = e.cache ? e.cache->dir : std::string(),
                                   .memory = memory,
                                   .bits = bits},
                                  progress);
  for (const std::string& note : m.dataset.manifest().notes) spdlog::warn("{}", note);
  const std::string deep =
      image::range_note(m.dataset.bit_counts(), m.dataset.size(), image::value_range(common.range));
  if (!deep.empty()) spdlog::warn("{}", deep);
  for (const sample::Sample& s : m.dataset.manifest().samples) {
    m.labels.push_back(static_cast<int>(std::find(m.classes.begin(), m.classes.end(), s.label) - m.classes.begin()));
  }
  m.patients = m.dataset.manifest().patients();
  m.units = m.dataset.manifest().units();
  data::SplitContext drawing{.seed = static_cast<std::uint64_t>(e.seed),
                             .common = registry::common<data::Split>(e.split),
                             .classes = m.classes};
  int repeats = 1;
  for (; drawing.repeat < static_cast<std::uint64_t>(repeats); ++drawing.repeat) {
    const auto split = registry::make<data::Split>(e.split, drawing);
    repeats = split->repeats();
    m.divisions.push_back(split->folds(m.dataset.manifest()));
  }
  m.replicates = e.replicates * repeats;
  detail::require_choices(e, m);
  return m;
}

}  // namespace youden::run

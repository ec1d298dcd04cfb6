#pragma once
#include <fmt/format.h>
#include <opencv2/core/utility.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/faults.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/base/threads.hpp"
#include "youden/bundle/predictor.hpp"
#include "youden/data/dataset.hpp"
#include "youden/data/load_source.hpp"
#include "youden/evaluate/assessment.hpp"
#include "youden/evaluate/scored_table.hpp"
#include "youden/run/dataset_row.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/fingerprint.hpp"
#include "youden/run/result_row.hpp"
#include "youden/run/slices.hpp"
#include "youden/sample/exclusions.hpp"
#include "youden/store/external.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/seen_samples.hpp"

namespace youden::run {

/// Labelled data from elsewhere for the models of a completed run.
struct ExternalRequest {
  Experiment experiment;  ///< the run's, with the other dataset
  std::string name;       ///< stored as part external:NAME
  bool again = false;     ///< replace such a part
};

struct ExternalOutcome {
  std::string part;
  bool reused = false;
  std::vector<std::string> warnings = {};
};

namespace detail {

/// The run's bundles, by replicate.
inline std::map<int, std::vector<std::filesystem::path>> models_by_replicate(store::Database& db,
                                                                             const store::RunRecord& run) {
  static const std::regex kNumbered("model-r([0-9]+)-f[0-9]+\\.safetensors");
  std::map<int, std::vector<std::filesystem::path>> out;
  for (const store::Artifact& a : store::read_artifacts(db, run.id)) {
    if (a.kind != "model") continue;
    std::smatch numbers;
    const std::string name = a.path.filename().string();
    out[std::regex_match(name, numbers, kNumbered) ? std::stoi(numbers[1]) : 0].push_back(a.path);
  }
  if (run.status == "completed" && !out.empty()) return out;
  throw base::ConfigError({fmt::format("run {} is {} and has {} models", run.id, run.status, out.size()),
                           db.path().string(), "evaluate a completed run: youden resume " + std::to_string(run.id)});
}

/// Every label must be a class that the models tell apart.
inline void require_known_labels(const sample::Manifest& manifest, const std::vector<std::string>& classes) {
  std::map<std::string, std::size_t> unknown;
  for (const sample::Sample& s : manifest.samples) {
    if (std::find(classes.begin(), classes.end(), s.label) == classes.end()) ++unknown[s.label];
  }
  base::Faults faults;
  for (const auto& [label, n] : unknown) {
    faults.add(fmt::format("the run knows no class '{}', which {} of the samples {}", base::excerpt(label), n,
                           n == 1 ? "has" : "have"),
               {},
               faults.empty() ? "say which class it is, or drop it: dataset.labels='{" + classes.front() + ": [" +
                                    base::excerpt(label) + "], drop: []}'; the classes are " + base::join(classes, ", ")
                              : "");
  }
  faults.raise<base::DataError>("labels that the run does not know:");
}

/// Refuses samples that the run learnt from; names patients of whom it has other films.
inline std::vector<std::string> require_unseen(const store::SeenSamples& seen, const sample::Manifest& manifest) {
  base::Faults faults;
  std::set<std::string> patients;
  for (const sample::Sample& s : manifest.samples) {
    if (const auto it = seen.content.find(s.sha256); it != seen.content.end()) {
      faults.add("'" + s.id + "' was in the run's " + (it->second == "val" ? "validation" : "training") + " part",
                 s.path,
                 faults.empty() ? "leave such samples out: what a model learnt from says nothing about others" : "");
    } else if (seen.patients.contains({s.patient, s.source})) {
      patients.insert(s.patient);
    }
  }
  if (!faults.empty()) {
    base::Fault all = faults.summary("of the samples were seen by the run:", 10);
    throw base::DataError(all);
  }
  std::vector<std::string> warnings;
  if (!patients.empty()) {
    std::vector<std::string> few(patients.begin(), patients.end());
    if (few.size() > 5) few.resize(5);
    warnings.push_back(
        fmt::format("the run learnt from other films of {} of the patients, by id and, where known, source: {}{}",
                    patients.size(), base::join(few, ", "), patients.size() > 5 ? ", …" : ""));
  }
  return warnings;
}

/// One replicate's predictions and results.
inline void add_replicate(store::ExternalPart& out, const ExternalRequest& request, const store::RunRecord& run,
                          const data::Dataset& dataset, const bundle::Predictor& predictor, int replicate) {
  const std::vector<sample::Sample>& samples = dataset.manifest().samples;
  const std::vector<double> p = predictor.probabilities(dataset);
  const std::vector<std::string>& classes = predictor.classes();
  evaluate::ScoredTable table{.classes = classes};
  const auto positive = std::find(classes.begin(), classes.end(), predictor.positive());
  if (positive != classes.end()) table.positive = static_cast<std::size_t>(positive - classes.begin());
  table.threshold[0] = predictor.threshold();
  table.patient = dataset.manifest().patients();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto label = std::find(classes.begin(), classes.end(), samples[i].label);
    table.truth.push_back(static_cast<int>(label - classes.begin()));
    for (std::size_t c = 0; c < classes.size(); ++c) {
      const double probability = p[i * classes.size() + c];
      if (!table.binary() || c == table.positive) table.score.push_back(probability);
      out.predictions.push_back({replicate, run.folds > 1 ? -1 : 0, out.part, samples[i].id, classes[c], probability});
    }
  }
  evaluate::AssessmentSettings settings{.metrics = request.experiment.metrics,
                                        .prevalence = request.experiment.prevalence,
                                        .unit = run.unit,
                                        .seed = run.seed,
                                        .sampling = stat::parse_sampling(request.experiment.sampling),
                                        .threads = base::usable_threads()};
  for (const std::string& name : request.experiment.slices) {
    base::Faults absent;
    require_slices({name}, dataset.manifest(), absent);
    if (!absent.empty()) continue;
    table.covariates[name] = slice_values(dataset.manifest(), name);
    settings.slices.push_back(name);
  }
  for (evaluate::Assessed& a : evaluate::assess(table, settings)) {
    out.results.push_back(result_row(std::move(a), replicate, out.part));
  }
}

}  // namespace detail

/// Scores the dataset by the run's models at their frozen thresholds and stores it as `external:NAME`. With several
/// folds their probabilities are averaged, as `predict` does, a replicate at a time. Throws DataError for labels that
/// the run does not know and for samples that it learnt from, ConfigError for a name that stands for other data.
inline ExternalOutcome evaluate_external(store::Database& db, const store::RunRecord& run,
                                         const ExternalRequest& request, base::Progress& progress) {
  ExternalOutcome outcome{.part = "external:" + request.name};
  const auto models = detail::models_by_replicate(db, run);
  const bundle::Predictor first(models.begin()->second);
  auto [source, manifest, common, bits] =
      data::load_source(request.experiment.dataset, static_cast<std::uint64_t>(request.experiment.seed),
                        image::Decoding{.size = first.size(), .range = first.range()});
  detail::require_known_labels(manifest, first.classes());
  cv::setNumThreads(1);  // our workers take a film each
  const auto dataset = data::Dataset::open(
      source, std::move(manifest),
      {.skip_broken = common.on_error == "skip", .threads = base::usable_threads(), .bits = bits}, progress);
  const sample::Manifest& listed = dataset.manifest();

  const std::string hash = manifest_hash(listed);
  const auto known = store::external_dataset(db, run.id, outcome.part);
  if (known && !request.again) {
    if (*known != hash) {
      throw base::ConfigError({fmt::format("run {} has a part {} of other samples", run.id, outcome.part),
                               "command line",
                               "give this one another name with --as NAME, or replace it with --again"});
    }
    outcome.reused = true;
    return outcome;
  }
  outcome.warnings = detail::require_unseen(store::seen_samples(db, run.id), listed);
  for (const std::string& line : sample::exclusion_lines(listed.excluded))
    outcome.warnings.push_back("excluded: " + line);
  outcome.warnings.insert(outcome.warnings.end(), listed.notes.begin(), listed.notes.end());
  if (const auto deep = image::range_note(dataset.bit_counts(), dataset.size(), first.range()); !deep.empty())
    outcome.warnings.push_back(deep);
  for (const sample::Skipped& s : listed.skipped) outcome.warnings.push_back("skipped: " + s.reason);

  store::ExternalPart out{
      .part = outcome.part, .dataset = dataset_row(listed, hash, request.name), .predictions = {}, .results = {}};
  for (const auto& [replicate, files] : models) {
    if (replicate == models.begin()->first) {
      detail::add_replicate(out, request, run, dataset, first, replicate);
    } else {
      detail::add_replicate(out, request, run, dataset, bundle::Predictor(files), replicate);
    }
  }
  store::write_external(db, run.id, out);
  return outcome;
}

}  // namespace youden::run

#pragma once
#include <torch/cuda.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/augment/pipeline.hpp"
#include "youden/base/cache/cache.hpp"
#include "youden/base/cache/group.hpp"
#include "youden/base/progress.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/feature_key.hpp"
#include "youden/run/image_size.hpp"
#include "youden/run/inner_folds.hpp"
#include "youden/run/materials.hpp"
#include "youden/sample/part.hpp"
#include "youden/train/assemble.hpp"
#include "youden/train/calibration.hpp"
#include "youden/train/feature_cache.hpp"
#include "youden/train/feature_source.hpp"
#include "youden/train/image_pipeline.hpp"
#include "youden/train/make_fit.hpp"
#include "youden/train/rate.hpp"

namespace youden::run {

/// Everything an experiment needs, built and checked; nothing has been written yet. What is wrong with a document, its
/// data or its weights is thrown from here.
class Workbench {
 public:
  /// `threads` takes the document's place where a stored run is repeated: trained convolutions depend on it.
  Workbench(const config::Resolved& document, base::Progress& progress, std::optional<int> threads = {},
            bool use_cache = true)
      : experiment(with_threads(Experiment::from(document), threads)),
        cache(use_cache ? open_cache(experiment) : nullptr),
        materials(gather_remembering(progress)),
        device(choose_device()) {
    const Experiment& e = experiment;
    train::Recipe recipe{.backbone = e.backbone,
                         .head = e.head,
                         .freeze = {},
                         .batch_norm = e.train.batch_norm,
                         .classes = static_cast<std::int64_t>(materials.classes.size()),
                         .size = image_size(e),
                         .seed = static_cast<std::uint64_t>(e.seed),
                         .device = device,
                         .standardize = !e.train.exact() && registry::common<head::Head>(e.head).standardize};
    for (const train::PhaseOptions& p : e.train.stretches()) recipe.freeze.push_back(p.freeze);
    assembler = std::make_unique<train::Assembler>(std::move(recipe));
    if (const auto* m = config::value_of(e.normalize)) {
      normalization = train::Normalization::from(*m);
    } else {
      const auto& word = std::get<std::string>(e.normalize);
      normalization = train::Normalization::named(word == "auto" ? assembler->normalization() : word);
    }
    open_images();
    for (std::size_t p = 0; p < assembler->cuts().size(); ++p) {
      Cut& cut = cuts[assembler->cuts()[p]];
      if (cut.prefix) continue;
      cut.prefix = assembler->prefix(p);
      identify(*cut.prefix);
      open_features(cut);
    }
    for (std::size_t f = 0; f < materials.folds().size(); ++f) {
      make_fit(*cuts.at(assembler->cuts().front()).prefix, phases(), e.train, task(0, static_cast<int>(f)));  // checks
    }
  }

  /// What computes features up to one cut.
  struct Cut {
    std::unique_ptr<train::Model> prefix = {};
    std::unique_ptr<train::FeatureSource> features = {};
    std::optional<train::Calibration> calibration = {};
    train::FeatureCount earlier = {};  ///< what sources before this one counted
  };
  /// What no phase trains, and replicate 0's first head.
  [[nodiscard]] train::Model& prefix() const { return *cuts.at(assembler->cuts().back()).prefix; }
  /// What is trained one after the other, with the features for it.
  [[nodiscard]] std::vector<train::Phase> phases() const {
    std::vector<train::Phase> out;
    for (const train::PhaseOptions& p : experiment.train.stretches()) {
      const std::size_t cut = assembler->cuts()[out.size()];
      out.push_back({cut, cuts.at(cut).features.get(), p.epochs, p.lr.value_or(rate(cut))});
    }
    return out;
  }
  /// Of all cuts so far.
  [[nodiscard]] train::FeatureCount feature_count() const {
    train::FeatureCount sum;
    for (const auto& [stages, cut] : cuts) {
      sum += cut.earlier;
      if (cut.features) sum += cut.features->count();
    }
    return sum;
  }

  /// What one fold of one replicate trains on.
  [[nodiscard]] train::Task task(int replicate, int fold) const {
    const Experiment& e = experiment;
    const auto f = static_cast<std::size_t>(fold);
    train::Task t{
        .seed = static_cast<std::uint64_t>(e.seed),
        .replicate = static_cast<std::uint64_t>(replicate),
        .fold = static_cast<std::uint64_t>(fold),
        .threads = materials.threads,
        .classes = materials.classes.size(),
        .positive = materials.positive,
        .labels = materials.labels,
        .items = {},
        .train = materials.part(f, sample::Part::train, replicate),
        .val = materials.part(f, sample::Part::val, replicate),
        .inner = e.train.chooses_penalty() ? inner_folds(materials, e, replicate, fold) : std::vector<int>(),
        .curve = materials.part(f, e.train.curves == "test" ? sample::Part::test : sample::Part::val, replicate),
        .curve_name = e.train.curves,
        .metrics = e.metrics};
    if (const auto& chosen = e.train.select.metric; chosen && *chosen != "loss") {
      const auto same = [&](const config::Component& m) { return m.type == *chosen; };
      if (std::none_of(t.metrics.begin(), t.metrics.end(), same)) t.metrics.push_back({*chosen});
    }
    for (const sample::Sample& s : materials.dataset.manifest().samples) t.items.push_back(s.sha256);
    return t;
  }

  /// Before a fold is worked on. An int8 prefix takes its ranges from the fold's training images, and its features,
  /// which no other fold shares, start anew.
  void turn_to(int replicate, int fold) {
    const std::pair films(materials.division(replicate), fold);
    if (calibrated_ == films) return;
    calibrated_.reset();
    for (auto& [stages, cut] : cuts) {
      if (!cut.prefix->needs_calibration()) continue;
      cut.earlier += cut.features->count();
      cut.features.reset();
      cut.calibration = train::calibrate(*cut.prefix, *images,
                                         materials.part(static_cast<std::size_t>(fold), sample::Part::train, replicate),
                                         materials.threads);
      open_features(cut);
    }
    calibrated_ = films;
  }
  /// From here on films are seen with their centre black: `share` of each side. Features, and the ranges of an int8
  /// prefix, start anew.
  void black_out_centre(double share) {
    blackout_ = share;
    calibrated_.reset();
    for (auto& [stages, cut] : cuts) {
      cut.earlier += cut.features->count();
      cut.features.reset();
      cut.calibration.reset();
    }
    open_images();
    for (auto& [stages, cut] : cuts) open_features(cut);
  }
  /// Of the fold turned to, where the prefix computes in int8; null elsewhere.
  [[nodiscard]] const train::Calibration* calibration() const {
    const auto& last = cuts.at(assembler->cuts().back()).calibration;
    return last ? &*last : nullptr;
  }

  Experiment experiment;
  std::shared_ptr<base::Cache> cache;  ///< null = none
  Materials materials;
  torch::Device device;
  std::unique_ptr<train::Assembler> assembler;
  train::Normalization normalization;
  std::unique_ptr<train::ImagePipeline> images;
  std::map<std::size_t, Cut> cuts;  ///< by number of frozen stages

 private:
  /// The learning rate of what trains behind a cut.
  [[nodiscard]] double rate(std::size_t cut) const {
    const bool loaded = registry::common<backbone::Backbone>(experiment.backbone).weights.has_value();
    return train::learning_rate(experiment.train, loaded && cut < assembler->stages());
  }
  static std::shared_ptr<base::Cache> open_cache(const Experiment& e) {
    return e.cache && e.cache->bytes() > 0 ? std::make_shared<base::Cache>(e.cache->dir, e.cache->bytes()) : nullptr;
  }
  [[nodiscard]] Materials gather_remembering(base::Progress& progress) const {
    if (cache == nullptr) return gather(experiment, progress);
    data::FilmMemory memory(cache, film_key(experiment));
    return gather(experiment, progress, &memory);
  }
  /// Gives the prefix its hash, as the cache remembers it or as it is.
  void identify(train::Model& prefix) const {
    if (!prefix.has_prefix()) return prefix.fill();
    if (cache == nullptr) return prefix.know_hash(prefix.prefix_hash());
    base::CacheGroup known(cache, prefix_group());
    const base::RecordId id = base::RecordId::of(prefix_key(experiment, prefix), 0);
    std::vector<std::byte> bytes;
    if (known.read(id, bytes)) {
      return prefix.know_hash(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    }
    const std::string hash = prefix.prefix_hash();
    known.write(std::span(&id, 1), std::as_bytes(std::span(hash.data(), hash.size())));
    prefix.know_hash(hash);
  }
  void open_images() {
    const Experiment& e = experiment;
    images = std::make_unique<train::ImagePipeline>(materials.dataset, augment::Pipeline(e.augment.steps),
                                                    static_cast<std::uint64_t>(e.augment.seed.value_or(e.seed)),
                                                    normalization, image_size(e), blackout_);
  }
  void open_features(Cut& cut) const {
    const auto& augment = experiment.augment;
    const int* views = config::value_of(augment.views);
    cut.features =
        std::make_unique<train::FeatureSource>(*images, *cut.prefix,
                                               train::FeatureSource::Settings{.threads = materials.threads,
                                                                              .views = augment.steps.empty() ? 1
                                                                                       : views               ? *views
                                                                                                             : 0,
                                                                              .augments = !augment.steps.empty()},
                                               feature_cache(cut));
  }
  /// None for an int8 prefix that has no ranges yet.
  [[nodiscard]] std::unique_ptr<train::FeatureCache> feature_cache(const Cut& cut) const {
    const train::Model& prefix = *cut.prefix;
    const bool ready = prefix.has_prefix() && (!prefix.needs_calibration() || cut.calibration);
    if (cache == nullptr || !ready) return nullptr;
    return std::make_unique<train::FeatureCache>(cache,
                                                 feature_key(experiment, prefix, normalization, false, blackout_),
                                                 feature_key(experiment, prefix, normalization, true, blackout_));
  }
  static Experiment with_threads(Experiment e, std::optional<int> threads) {
    if (threads) e.threads = *threads;
    return e;
  }
  [[nodiscard]] torch::Device choose_device() const {
    const bool cuda = torch::cuda::is_available();
    if (experiment.device == "cuda" && !cuda) {
      throw base::ConfigError({"'device' is cuda, but this libtorch sees none", "device", "write device: auto"});
    }
    return {cuda && experiment.device != "cpu" ? torch::kCUDA : torch::kCPU};
  }

  std::optional<std::pair<std::size_t, int>> calibrated_;  ///< division, fold
  double blackout_ = 0;                                    ///< share of each film's sides
};

}  // namespace youden::run

#pragma once
#include <torch/cuda.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "youden/augment/pipeline.hpp"
#include "youden/base/progress.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/materials.hpp"
#include "youden/train/assemble.hpp"
#include "youden/train/calibration.hpp"
#include "youden/train/feature_source.hpp"
#include "youden/train/image_pipeline.hpp"
#include "youden/train/trainer.hpp"

namespace youden::run {

/// Everything an experiment needs, built and checked; nothing has been written yet. What is wrong with a document, its
/// data or its weights is thrown from here.
class Workbench {
 public:
  /// `threads` takes the document's place where a stored run is repeated: trained convolutions depend on it.
  Workbench(const config::Resolved& document, base::Progress& progress, std::optional<int> threads = {})
      : experiment(with_threads(Experiment::from(document), threads)),
        materials(gather(experiment, progress)),
        device(choose_device()) {
    const Experiment& e = experiment;
    const auto size = registry::common<data::Source>(e.dataset).size;
    assembler =
        std::make_unique<train::Assembler>(train::Recipe{.backbone = e.backbone,
                                                         .head = e.head,
                                                         .batch_norm = e.train.batch_norm,
                                                         .classes = static_cast<std::int64_t>(materials.classes.size()),
                                                         .size = size,
                                                         .seed = static_cast<std::uint64_t>(e.seed),
                                                         .device = device});
    prefix = assembler->make(0);
    if (const auto* m = config::value_of(e.normalize)) {
      normalization = train::Normalization::from(*m);
    } else {
      const auto& word = std::get<std::string>(e.normalize);
      normalization = train::Normalization::named(word == "auto" ? assembler->normalization() : word);
    }
    images = std::make_unique<train::ImagePipeline>(materials.dataset, augment::Pipeline(e.augment.steps),
                                                    static_cast<std::uint64_t>(e.augment.seed.value_or(e.seed)),
                                                    normalization, size);
    open_features();
    for (std::size_t f = 0; f < materials.folds.size(); ++f) {
      const train::Trainer checked(*prefix, *features, e.train, task(0, static_cast<int>(f)));
    }
  }

  /// What one fold of one replicate trains on.
  [[nodiscard]] train::Task task(int replicate, int fold) const {
    const Experiment& e = experiment;
    const auto f = static_cast<std::size_t>(fold);
    train::Task t{.seed = static_cast<std::uint64_t>(e.seed),
                  .replicate = static_cast<std::uint64_t>(replicate),
                  .fold = static_cast<std::uint64_t>(fold),
                  .threads = materials.threads,
                  .classes = materials.classes.size(),
                  .positive = materials.positive,
                  .labels = materials.labels,
                  .items = {},
                  .train = materials.part(f, data::Part::train),
                  .curve = materials.part(f, e.train.curves == "test" ? data::Part::test : data::Part::val),
                  .curve_name = e.train.curves,
                  .metrics = e.metrics};
    if (const auto& chosen = e.train.select.metric; chosen && *chosen != "loss") {
      const auto same = [&](const config::Component& m) { return m.type == *chosen; };
      if (std::none_of(t.metrics.begin(), t.metrics.end(), same)) t.metrics.push_back({*chosen});
    }
    for (const data::Sample& s : materials.dataset.manifest().samples) t.items.push_back(s.sha256);
    return t;
  }

  /// Before a fold is worked on. An int8 prefix takes its ranges from the fold's training images, and its features,
  /// which no other fold shares, start anew.
  void turn_to(int fold) {
    if (!prefix->needs_calibration() || calibrated_ == fold) return;
    calibrated_.reset();
    calibration = train::calibrate(*prefix, *images, materials.part(static_cast<std::size_t>(fold), data::Part::train),
                                   materials.threads);
    earlier_images_ = prefix_images();
    open_features();
    calibrated_ = fold;
  }

  /// Images pushed through the frozen prefix so far.
  [[nodiscard]] std::int64_t prefix_images() const { return earlier_images_ + features->prefix_images(); }

  Experiment experiment;
  Materials materials;
  torch::Device device;
  std::unique_ptr<train::Assembler> assembler;
  std::unique_ptr<train::Model> prefix;  ///< the frozen part of every model, and replicate 0's first head
  train::Normalization normalization;
  std::unique_ptr<train::ImagePipeline> images;
  std::unique_ptr<train::FeatureSource> features;
  std::optional<train::Calibration> calibration;  ///< of the fold turned to, where the prefix computes in int8

 private:
  void open_features() {
    const int* views = config::value_of(experiment.augment.views);
    const std::int64_t distinct = experiment.augment.steps.empty() ? 1 : views ? *views : 0;
    features = std::make_unique<train::FeatureSource>(
        *images, *prefix, train::FeatureSource::Settings{.threads = materials.threads, .views = distinct});
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

  std::optional<int> calibrated_;
  std::int64_t earlier_images_ = 0;
};

}  // namespace youden::run

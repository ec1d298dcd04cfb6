#pragma once
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "youden/stat/proportion.hpp"
#include "youden/store/claim.hpp"
#include "youden/store/run_writer.hpp"

namespace youden::test {

inline store::ResultRow proportion_row(const std::string& metric, std::int64_t k, std::int64_t n) {
  return {
      .part = "test", .class_name = "covid", .threshold = 0.5, .metric = metric, .estimate = stat::proportion(k, n)};
}

/// The tutorial's test part: 5 covid found, 1 of 5 normal films (s5) called covid; AUC undefined as a stand-in for
/// whatever could not be computed. s8 and s9 are trained on, and share a patient with nobody.
inline std::int64_t tutorial_run(store::Database& db, const std::string& name = "tutorial") {
  store::NewRun r{
      .name = name,
      .seed = 42,
      .fingerprint = "f-" + name,
      .config = {{"name", name},
                 {"threshold", 0.5},
                 {"augment", {{"views", "fresh"}, {"steps", {{{"type", "rotate"}, {"degrees", 15}}, "flip"}}}},
                 {"backbone", {{"type", "vgg16"}, {"freeze", "all"}, {"seed", nullptr}}}},
      .yaml = "name: " + name + "\n",
      .command_line = "youden train x.yaml",
      .params = {{"backbone.type", "vgg16"}, {"backbone.weights", "vgg16-imagenet.pth"}, {"dataset.size", 224}},
      .environment = {{"youden", "0.1.0"}, {"library_hash", "abc"}},
      .dataset = {"hash-" + name, "films", {}, {{"s12", "/films/s12", "the image is empty"}}},
      .positive = "covid",
      .classes = {"covid", "normal"}};
  std::vector<store::AssignmentRow> split;
  std::vector<store::PredictionRow> predictions;
  for (int i = 0; i < 12; ++i) {
    const std::string id = "s" + std::to_string(i);
    r.dataset.samples.push_back({.id = id,
                                 .path = "/nowhere/" + id,
                                 .sha256 = "sha" + id + name,
                                 .label = i < 5 || i == 10 ? "covid" : "normal",
                                 .patient = "p" + std::to_string(i),
                                 .covariates = {{"age", 30 + 2 * i}, {"sex", i % 3 == 0 ? "F" : "M"}}});
    split.push_back({.sample = id, .part = i < 10 ? "test" : "train"});
    if (i >= 10) continue;
    const double p = i < 6 ? 0.9 - 0.05 * i : 0.3 - 0.02 * i;
    predictions.push_back({.part = "test", .sample = id, .class_name = "covid", .probability = p});
    predictions.push_back({.part = "test", .sample = id, .class_name = "normal", .probability = 1 - p});
  }
  const auto run = store::claim_run(db, r, false).run;
  store::write_assignments(db, run, split);
  store::commit_epoch(db, run, 0, 0, 1, {{"train", "loss", 0.7}, {"test", "loss", 0.6}}, {});
  store::finish_fold(db, run, 0, 0, predictions, {});
  store::ResultRow undefined = proportion_row("auc", 1, 2);
  undefined.estimate = {.method = "logit-delong", .n = 10};
  store::write_results(db, run,
                       {proportion_row("accuracy", 9, 10), proportion_row("sensitivity", 5, 5),
                        proportion_row("specificity", 4, 5), undefined});
  store::finish(db, run, "completed", "", 1);
  return run;
}

}  // namespace youden::test

#pragma once
#include <fmt/format.h>

#include <string>
#include <vector>

#include "store/fixture.hpp"
#include "youden/compare/comparison.hpp"

namespace youden::test {

/// Twelve films: covid f0–f4, normal f5–f11. f0–f2 and f5–f7 are trained on, the others tested. No patient is known.
struct RunSpec {
  std::string name = "a";
  std::string positive = "covid";
  std::vector<std::string> classes = {"covid", "normal"};
  std::string part = "test";                       ///< what f3, f4, f8–f11 are
  std::vector<std::vector<double>> scores = {{}};  ///< [replicate]: of covid, for f3 f4 f8 f9 f10 f11
  std::string content = "";                        ///< prefix of the films' sha256: other content, other films
  std::vector<std::string> patients = {};          ///< of the twelve; empty: unknown
  std::string unit = "image";
  double threshold = 0.5;
  store::Json config = store::Json::object();
  double dropout = 0.5;
  bool with_val = false;  ///< f2 and f7 choose the epoch
  int copies = 1;         ///< of the tested films: as many films again, with the same scores
  std::string status = "completed";
};

inline const std::vector<int> kTested{3, 4, 8, 9, 10, 11};

inline std::int64_t add_scored_run(store::Database& db, const RunSpec& spec) {
  static int count = 0;
  store::NewRun r = small_run(spec.name, fmt::format("fingerprint {}", ++count), spec.dropout);
  r.dataset = {"hash of " + spec.content + fmt::format(" {}", spec.patients.empty()), "twelve", {}, {}};
  const auto name = [](int i, int copy) { return fmt::format("f{}", i) + (copy > 0 ? fmt::format("-{}", copy) : ""); };
  const auto is_tested = [](int i) { return std::find(kTested.begin(), kTested.end(), i) != kTested.end(); };
  for (int i = 0; i < 12 * spec.copies; ++i) {
    if (i >= 12 && !is_tested(i % 12)) continue;
    const std::string id = name(i % 12, i / 12);
    r.dataset.samples.push_back(
        {.id = id,
         .path = "/films/" + id + ".png",
         .sha256 = spec.content + "sha " + id,
         .label = i % 12 < 5 ? "covid" : "normal",
         .patient = spec.patients.empty() ? "" : spec.patients[static_cast<std::size_t>(i % 12)]});
  }
  r.positive = spec.positive;
  r.classes = spec.classes;
  r.unit = spec.unit;
  r.config.update(spec.config);
  r.replicates = static_cast<int>(spec.scores.size());
  const std::int64_t run = store::claim_run(db, r, false).run;
  std::vector<store::AssignmentRow> split;
  std::vector<store::PredictionRow> predictions;
  std::vector<store::ResultRow> results;
  for (int replicate = 0; replicate < r.replicates; ++replicate) {
    for (int i = 0; i < 12; ++i) {
      const bool val = spec.with_val && (i == 2 || i == 7);
      if (!is_tested(i)) split.push_back({replicate, 0, name(i, 0), val ? "val" : "train"});
    }
    for (std::size_t k = 0; k < kTested.size() * static_cast<std::size_t>(spec.copies); ++k) {
      const double p = spec.scores[static_cast<std::size_t>(replicate)][k % kTested.size()];
      const std::string id = name(kTested[k % kTested.size()], static_cast<int>(k / kTested.size()));
      split.push_back({replicate, 0, id, spec.part});
      predictions.push_back({replicate, 0, spec.part, id, "covid", p});
      predictions.push_back({replicate, 0, spec.part, id, "normal", 1 - p});
    }
    for (const char* metric : {"sensitivity", "accuracy", "auc", "f1"}) {
      store::ResultRow row = result(spec.part, metric, 0.5, 6, spec.threshold);
      row.replicate = replicate;
      row.unit = spec.unit;
      results.push_back(row);
    }
  }
  store::write_assignments(db, run, split);
  store::write_predictions(db, run, predictions);
  store::write_results(db, run, results);
  if (spec.with_val) store::write_results(db, run, {result("val", "sensitivity", 0.4, 2)});
  store::finish(db, run, spec.status, "", 1);
  return run;
}

}  // namespace youden::test

#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/compare/scored_part.hpp"
#include "youden/evaluate/model_comparison.hpp"
#include "youden/metric/facts.hpp"
#include "youden/sample/patient.hpp"
#include "youden/store/database.hpp"
#include "youden/store/datasets.hpp"
#include "youden/store/headline.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::compare {

/// One of the conditions under which a claim is supported.
struct Gate {
  std::string name;  ///< samples, training, interval, chosen, audit, replicates
  bool passed = false;
  std::string reason;  ///< what was found, either way
};

/// What one run contributes to a claim.
struct ClaimedRun {
  const store::RunRecord& run;
  const ScoredPart& part;
};

namespace detail {

inline std::string name_of(const store::RunRecord& run) { return "run " + std::to_string(run.id); }

/// Content and patients of what each fold was trained on, and of what it chose its epoch and threshold on.
struct SeenByFold {
  std::set<std::string> content = {};
  sample::PatientSet patients = {};
};
using SeenFolds = std::map<std::pair<int, int>, SeenByFold>;  // (replicate, fold)

inline SeenFolds read_seen(store::Database& database, std::int64_t run, const std::string& part) {
  SeenFolds out;
  store::detail::read_rows(
      database,
      "SELECT a.replicate, a.fold, s.sha256, coalesce(s.patient, ''), coalesce(s.source, '') FROM assignment a "
      "JOIN sample s ON s.dataset = a.dataset AND s.id = a.sample WHERE a.run = ? AND a.part = ?",
      [&](SQLite::Statement& row) {
        SeenByFold& fold = out[{row.getColumn(0).getInt(), row.getColumn(1).getInt()}];
        fold.content.insert(row.getColumn(2).getString());
        fold.patients.add({row.getColumn(3).getString(), row.getColumn(4).getString()});
        return 0;
      },
      run, part);
  return out;
}

struct Overlap {
  std::size_t films = 0;
  std::set<std::string> patients = {};
};

/// Scored samples that the model which scored them had seen. Fold −1 is the mean of all folds' models.
inline Overlap overlap(const SeenFolds& seen, const ScoredPart& part) {
  Overlap out;
  std::set<std::size_t> films;
  for (std::size_t r = 0; r < part.replicates.size(); ++r) {
    for (const auto& [key, fold] : seen) {
      if (key.first != static_cast<int>(r)) continue;
      for (std::size_t i = 0; i < part.samples.size(); ++i) {
        const int by = part.replicates[r].scores.fold[i];
        if (by >= 0 && by != key.second) continue;
        if (fold.content.contains(part.samples[i].sha256)) films.insert(i);
        if (fold.patients.contains(part.samples[i].patient)) out.patients.insert(part.samples[i].patient.id);
      }
    }
  }
  out.films = films.size();
  return out;
}

inline Gate gate_training(store::Database& database, const std::vector<ClaimedRun>& runs) {
  Gate gate{"training", true, "none of the samples, nor a patient of theirs, was in a training part"};
  const auto named = [](const ScoredSample& s) { return s.patient.known(); };
  for (const auto& [run, part] : runs) {
    if (gate.passed && std::none_of(part.samples.begin(), part.samples.end(), named)) {
      gate.reason = "none of the samples was in a training part; patients are unknown, so that theirs is unverifiable";
    }
    const Overlap found = overlap(read_seen(database, run.id, "train"), part);
    if (found.films == 0 && found.patients.empty()) continue;
    if (gate.passed) gate.reason.clear();
    gate.passed = false;
    gate.reason += (gate.reason.empty() ? "" : "; ") + name_of(run) + " was trained on " + std::to_string(found.films) +
                   " of the samples and on films of " + std::to_string(found.patients.size()) + " of their patients";
  }
  return gate;
}

/// Whether a run, its epoch or its threshold was chosen on the very samples that the claim rests on.
inline std::vector<std::string> choices_on_part(store::Database& database, const ClaimedRun& claimed,
                                                const std::string& metric, const std::vector<std::string>& shown) {
  const auto& [run, part] = claimed;
  std::vector<std::string> out;
  if (part.part == "val") out.push_back("the validation part is what " + name_of(run) + " chose on");
  const Overlap on_val = overlap(read_seen(database, run.id, "val"), part);
  if (part.part != "val" && (on_val.films > 0 || !on_val.patients.empty())) {
    out.push_back(std::to_string(on_val.films) + " of the samples and films of " +
                  std::to_string(on_val.patients.size()) + " of their patients were in the validation part of " +
                  name_of(run));
  }
  const config::Json& config = run.config;
  const config::Json threshold = config.is_object() ? config.value("threshold", config::Json(0.5)) : config::Json(0.5);
  const metric::Facts facts = metric::facts_of(metric);
  const bool has_val = !read_seen(database, run.id, "val").empty();
  if (part.part == "oof" && threshold.is_string() && !has_val && facts.hangs_on_threshold()) {
    out.push_back("the threshold of " + name_of(run) + " was chosen on these out-of-fold scores");
  }
  // Ranks by scores of one fold do not depend on its temperature; everything else does.
  const config::Json calibration =
      config.is_object() ? config.value("calibration", config::Json("none")) : config::Json("none");
  if (part.part == "oof" && calibration == "temperature" && !has_val && facts.hangs_on_scale()) {
    out.push_back("the temperature of " + name_of(run) + " was fitted on these out-of-fold scores");
  }
  const auto objectives = store::detail::read_rows(
      database, "SELECT DISTINCT s.objective FROM trial t JOIN sweep s ON s.id = t.sweep WHERE t.run = ?",
      [](SQLite::Statement& row) { return row.getColumn(0).getString(); }, run.id);
  for (const std::string& objective : objectives) {
    if (objective.starts_with(part.part + ".")) {
      out.push_back(name_of(run) + " is a trial of a sweep by " + objective);
    }
  }
  if (part.part == "test" && !run.test_hash.empty()) {
    const bool ranked_on_test = store::headline_part(store::read_pooled(database, run.id)) == "test";
    if (ranked_on_test && store::count_scored_by_others(database, run.test_hash, shown) > 0) {
      out.push_back(name_of(run) + " is one of " + std::to_string(store::count_scored(database, run.test_hash)) +
                    " scored on this test set, with nothing but it to choose among them by");
    }
  }
  if (part.part == "oof") {
    const std::string hash =
        store::guarded(database, [&, id = run.id] { return store::detail::hash_part(database.sqlite(), id, "oof"); });
    if (store::count_scored_by_others(database, hash, shown) > 0) {
      out.push_back(name_of(run) + " is one of " + std::to_string(store::count_scored(database, hash)) +
                    " cross-validated on these samples, which are ranked by the very values");
    }
  }
  return out;
}

inline Gate gate_chosen(store::Database& database, const std::vector<ClaimedRun>& runs, const std::string& metric,
                        const std::vector<std::string>& shown) {
  Gate gate{"chosen", true, "nothing was chosen on the samples"};
  std::string reasons;
  for (const ClaimedRun& claimed : runs) {
    for (const std::string& reason : choices_on_part(database, claimed, metric, shown)) {
      reasons += (reasons.empty() ? "" : "; ") + reason;
    }
  }
  if (!reasons.empty()) gate = {"chosen", false, reasons};
  return gate;
}

inline Gate gate_audit(store::Database& database, const std::vector<ClaimedRun>& runs) {
  std::string failed;
  std::string unknown;
  for (const auto& [run, part] : runs) {
    const auto findings = store::read_findings(database, run.id);
    std::set<std::string> rules;
    for (const store::FindingRow& f : findings) {
      if (f.severity == "fail") rules.insert(f.rule);
    }
    if (findings.empty()) unknown += (unknown.empty() ? "" : ", ") + name_of(run);
    for (const std::string& rule : rules) failed += (failed.empty() ? "" : "; ") + name_of(run) + " failed " + rule;
  }
  if (!failed.empty()) return {"audit", false, failed};
  if (!unknown.empty()) return {"audit", false, "not audited: " + unknown + "; train it with audit: warn or strict"};
  return {"audit", true, "no finding failed"};
}

inline Gate gate_replicates(const std::vector<ClaimedRun>& runs) {
  constexpr std::size_t kLeast = 5;
  std::string few;
  for (const auto& [run, part] : runs) {
    if (part.replicates.size() >= kLeast) continue;
    few += (few.empty() ? "" : ", ") + name_of(run) + " has " + std::to_string(part.replicates.size());
  }
  if (few.empty()) return {"replicates", true, "each run has 5 or more"};
  return {"replicates", false, few + "; 5 are needed to speak of recipes rather than of fitted models"};
}

inline Gate gate_samples(const ScoredPart& first, const ScoredPart& second, std::size_t shared) {
  const std::string counts = std::to_string(shared) + " of " + std::to_string(first.samples.size()) + " and " +
                             std::to_string(second.samples.size()) + " samples are shared";
  const bool same = shared > 0 && shared == first.samples.size() && shared == second.samples.size();
  return {"samples", same, same ? "both scored the same " + std::to_string(shared) + " samples" : counts};
}

inline Gate gate_interval(const std::vector<evaluate::ComparisonTest>& tests, const std::string& metric, double margin,
                          bool maximised) {
  const auto it = std::find_if(tests.begin(), tests.end(), [](const auto& t) { return t.claimed; });
  if (it == tests.end()) return {"interval", false, "there is no paired test of " + metric + " between these runs"};
  const stat::PairedTest& t = it->result;
  if (!t.low || !t.high) return {"interval", false, "the difference in " + metric + " has no interval"};
  const auto text = [](double v) {
    const std::string s = std::to_string(v);
    return s.substr(0, s.size() - 2);
  };
  const bool beyond = maximised ? *t.low > margin : *t.high < -margin;
  return {"interval", beyond,
          "the difference in " + metric + " is " + text(*t.difference) + ", its interval " + text(*t.low) + " to " +
              text(*t.high) + " by " + it->test + (beyond ? ", beyond " : ", not beyond ") +
              text(maximised ? margin : -margin)};
}

}  // namespace detail

/// Every gate that a claim "the first run is better in `metric` by more than `margin`" has to pass, in one order.
/// `first` and `second` are the parts as they are, before samples were matched; `shown`: uids of the runs on the table.
inline std::vector<Gate> claim_gates(store::Database& database, const ClaimedRun& first, const ClaimedRun& second,
                                     std::size_t shared, const std::vector<evaluate::ComparisonTest>& tests,
                                     const std::string& metric, double margin, bool maximised,
                                     const std::vector<std::string>& shown) {
  const std::vector<ClaimedRun> runs{first, second};
  return {detail::gate_samples(first.part, second.part, shared),
          detail::gate_training(database, runs),
          detail::gate_interval(tests, metric, margin, maximised),
          detail::gate_chosen(database, runs, metric, shown),
          detail::gate_audit(database, runs),
          detail::gate_replicates(runs)};
}

}  // namespace youden::compare

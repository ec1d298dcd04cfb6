#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/predictability.hpp"
#include "youden/base/philox.hpp"
#include "youden/base/progress.hpp"
#include "youden/run/control_training.hpp"
#include "youden/run/workbench.hpp"
#include "youden/sample/part.hpp"

namespace youden::run {

inline constexpr int kPermutations = 20;

/// Deals the labels of `members` out anew among their patients (`units`, a name for each sample): a patient's films get
/// the labels of another's, in order and from the start again where there are fewer.
inline void permute_labels(std::vector<int>& labels, const std::vector<std::string>& units,
                           const std::vector<std::size_t>& members, base::Stream stream) {
  std::map<std::string, std::vector<std::size_t>> patients;
  for (const std::size_t i : members) patients[units[i]].push_back(i);
  std::vector<std::vector<int>> dealt;
  for (const auto& [patient, films] : patients) {
    auto& own = dealt.emplace_back();
    for (const std::size_t i : films) own.push_back(labels[i]);
  }
  stream.shuffle(dealt);
  std::size_t next = 0;
  for (const auto& [patient, films] : patients) {
    const std::vector<int>& from = dealt[next++];
    for (std::size_t k = 0; k < films.size(); ++k) labels[films[k]] = from[k % from.size()];
  }
}

/// Sorted values at a share of their range, linear between neighbours.
inline double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * (static_cast<double>(sorted.size()) - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - std::floor(at)) * (sorted[high] - sorted[low]);
}

/// What 20 permutations say. Whatever is learned from labels dealt out by chance, in the training and in the validation
/// part, cannot know the held-out films' true labels: their AUCs scatter around ½. Where ½ lies outside the central
/// 95 % of them, that is, where practically all of them err to one side, true labels reach the model by another way
/// than training, and no number of the run can be trusted. (Single permutations may lie far from ½, on either side: a
/// network that sees one strong difference between films sorts by it, upwards or downwards.) The same 20 say how good
/// the run is against chance: p = (1 + those as good) / 21.
inline audit::Finding judge_permutations(std::vector<double> aucs, std::optional<double> own, sample::Part part) {
  audit::Finding out{.rule = "permuted-control", .text = {}};
  out.evidence = {{"part", sample::name_of(part)}, {"permutations", aucs.size()}, {"aucs", aucs}};
  if (aucs.empty()) {
    out.severity = audit::Severity::warn;
    out.text = "undefined: the held-out films are of one class";
    return out;
  }
  double mean = 0;
  for (const double a : aucs) mean += a / static_cast<double>(aucs.size());
  std::sort(aucs.begin(), aucs.end());
  const double low = quantile(aucs, 0.025);
  const double high = quantile(aucs, 0.975);
  out.value = mean;
  out.evidence["low"] = low;
  out.evidence["high"] = high;
  out.text = fmt::format("{} trainings on permuted labels: mean AUC {:.3f}, 95 % of them in [{:.3f}, {:.3f}]",
                         aucs.size(), mean, low, high);
  if (low > 0.5 || high < 0.5) {
    out.severity = audit::Severity::fail;
    out.text += "; ½ lies outside: true labels reach the model by another way than training";
  }
  if (!own) return out;
  const auto as_good = std::count_if(aucs.begin(), aucs.end(), [&](double a) { return a >= *own; });
  const double p = static_cast<double>(1 + as_good) / static_cast<double>(1 + aucs.size());
  out.evidence["run_auc"] = *own;
  out.evidence["p"] = p;
  out.text += fmt::format("; the run itself: {:.3f}, p = {:.3f}", *own, p);
  if (p > 0.05 && out.severity == audit::Severity::pass) {
    out.severity = audit::Severity::warn;
    out.text += ": it cannot be told from chance";
  }
  return out;
}

/// The run once more on each of 20 permutations of its labels. `own`: the run's AUC on the same part.
inline audit::Finding permuted_control(Workbench& bench, std::optional<double> own, base::Progress& progress) {
  const Materials& m = bench.materials;
  const sample::Part part = control_part(m);
  const int folds = static_cast<int>(m.folds().size());
  std::vector<ControlScores> scores(kPermutations, ControlScores(m));
  for (int f = 0; f < folds; ++f) {  // by fold first: an int8 prefix is calibrated for each
    bench.turn_to(0, f);
    for (int p = 0; p < kPermutations; ++p) {
      progress.update("control permuted", static_cast<std::size_t>(f * kPermutations + p),
                      static_cast<std::size_t>(folds * kPermutations));
      train::Task task = bench.task(0, f);
      for (const sample::Part learned : {sample::Part::train, sample::Part::val}) {
        if (learned == part) continue;
        const base::Stream stream({.seed = task.seed,
                                   .purpose = "permuted-labels",
                                   .replicate = static_cast<std::uint64_t>(p),
                                   .fold = static_cast<std::uint64_t>(f),
                                   .item = sample::name_of(learned)});
        permute_labels(task.labels, m.units, m.part(static_cast<std::size_t>(f), learned), stream);
      }
      scores[static_cast<std::size_t>(p)].add(f, train_control(bench, std::move(task), part));
    }
  }
  std::vector<double> aucs;
  for (const ControlScores& s : scores) {
    if (const auto auc = s.auc().value) aucs.push_back(*auc);
  }
  return judge_permutations(std::move(aucs), own, part);
}

}  // namespace youden::run

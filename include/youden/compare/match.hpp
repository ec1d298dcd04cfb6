#pragma once
#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/faults.hpp"
#include "youden/compare/scored_part.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::compare {

/// Samples of two parts that hold the same bytes: positions in one and in the other. Copies of a film within a part are
/// paired in their order.
inline std::vector<std::pair<std::size_t, std::size_t>> match_samples(const ScoredPart& first,
                                                                      const ScoredPart& second) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < first.samples.size() && j < second.samples.size()) {  // both are sorted by content
    const int order = first.samples[i].sha256.compare(second.samples[j].sha256);
    if (order == 0) out.emplace_back(i, j);
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
  return out;
}

/// The samples at `positions`, in that order.
inline ScoredPart take(const ScoredPart& part, const std::vector<std::size_t>& positions) {
  ScoredPart out{.part = part.part};
  for (const std::size_t i : positions) out.samples.push_back(part.samples[i]);
  for (const ReplicateScores& from : part.replicates) {
    ReplicateScores to;
    to.scores.score.resize(from.scores.score.size());
    for (const std::size_t i : positions) {
      to.scores.fold.push_back(from.scores.fold[i]);
      to.scores.decided.push_back(from.scores.decided[i]);
      to.threshold.push_back(from.threshold[i]);
      for (std::size_t c = 0; c < from.scores.score.size(); ++c) {
        to.scores.score[c].push_back(from.scores.score[c][i]);
      }
    }
    out.replicates.push_back(std::move(to));
  }
  return out;
}

/// Gives `part`, of a run whose classes stand in another order, the order of `wanted`.
inline void reorder_classes(ScoredPart& part, const std::vector<std::string>& own,
                            const std::vector<std::string>& wanted) {
  std::vector<int> place;  // own index → wanted index
  for (const std::string& name : own) {
    place.push_back(static_cast<int>(std::find(wanted.begin(), wanted.end(), name) - wanted.begin()));
  }
  const auto at = [&](int c) { return c < 0 ? c : place[static_cast<std::size_t>(c)]; };
  for (ScoredSample& s : part.samples) s.label = at(s.label);
  for (ReplicateScores& r : part.replicates) {
    auto score = r.scores.score;
    for (std::size_t c = 0; c < score.size(); ++c) score[static_cast<std::size_t>(place[c])] = r.scores.score[c];
    r.scores.score = std::move(score);
    for (int& d : r.scores.decided) d = at(d);
  }
}

/// Throws DataError naming the films that one run calls something else than the other.
inline void require_same_labels(const ScoredPart& first, const ScoredPart& second, const store::RunRecord& a,
                                const store::RunRecord& b) {
  base::Faults faults;
  const auto name = [&](int label) {
    return label < 0 ? std::string("?") : a.classes[static_cast<std::size_t>(label)];
  };
  for (std::size_t i = 0; i < first.samples.size(); ++i) {
    if (first.samples[i].label == second.samples[i].label) continue;
    faults.add("the same film is labelled '" + name(first.samples[i].label) + "' in run " + std::to_string(a.id) +
                   " and '" + name(second.samples[i].label) + "' in run " + std::to_string(b.id),
               first.samples[i].path);
  }
  faults.raise<base::DataError>("films have other labels in the other run:");
}

/// Whose films are averaged where `unit: patient` is compared, a name for each sample, empty where nobody is known: the
/// patient, and each fold apart that has some of the patient's films, as results are stored. Where the runs divide
/// these films differently, their folds have nothing in common, and a patient counts once.
inline std::vector<std::string> patients_by_fold(const ScoredPart& first, const ScoredPart& second) {
  std::vector<std::string> out = patients_of(first.samples);
  const std::size_t replicates = std::min(first.replicates.size(), second.replicates.size());
  for (std::size_t r = 0; r < replicates; ++r) {
    if (first.replicates[r].scores.fold != second.replicates[r].scores.fold) return out;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t r = 0; r < replicates && !out[i].empty(); ++r) {
      out[i] += " in fold " + std::to_string(first.replicates[r].scores.fold[i]);
    }
  }
  return out;
}

/// One row for each of `units`: the mean probability of their films, decided by the threshold; a film of nobody known
/// stands for itself.
inline ScoredPart mean_by(const std::vector<std::string>& units, const ScoredPart& part, int positive) {
  std::map<std::string, std::size_t> place;
  std::vector<std::vector<std::size_t>> films;
  for (std::size_t i = 0; i < part.samples.size(); ++i) {
    const bool alone = units[i].empty();
    const auto [it, fresh] = alone ? std::pair(place.end(), true) : place.try_emplace(units[i], films.size());
    if (fresh) films.emplace_back();
    films[alone ? films.size() - 1 : it->second].push_back(i);
  }
  std::vector<std::size_t> firsts;
  for (const auto& mine : films) firsts.push_back(mine.front());
  ScoredPart out = take(part, firsts);
  for (std::size_t r = 0; r < out.replicates.size(); ++r) {
    for (std::size_t c = 0; c < out.replicates[r].scores.score.size(); ++c) {
      for (std::size_t p = 0; p < films.size(); ++p) {
        double sum = 0;
        for (const std::size_t i : films[p]) sum += part.replicates[r].scores.score[c][i];
        out.replicates[r].scores.score[c][p] = sum / static_cast<double>(films[p].size());
      }
    }
    decide(out.replicates[r], positive);
  }
  return out;
}

}  // namespace youden::compare

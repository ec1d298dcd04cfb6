#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/report/run_data.hpp"

namespace youden::report {

/// Labels and scores of one line in a chart.
struct Series {
  std::string label;
  std::string part;
  bool main = true;                         ///< false: one fold of several, drawn thin
  std::vector<std::uint8_t> positive = {};  ///< 1 = of the class that the score is for
  std::vector<double> score = {};

  [[nodiscard]] std::int64_t positives() const {
    std::int64_t n = 0;
    for (const auto p : positive) n += p;
    return n;
  }
  [[nodiscard]] std::int64_t negatives() const { return static_cast<std::int64_t>(positive.size()) - positives(); }
};

/// Two classes: the positive one, each part (all folds together, and the main part's folds), each replicate of the main
/// part. More classes: each class of the main part against the others.
inline std::vector<Series> chart_series(const RunData& d) {
  std::vector<Series> out;
  const auto take = [&](Series s, const std::string& class_name, int replicate, int fold) {
    for (const store::ScoredRow& row : d.units.at(s.part)) {
      if (row.class_name != class_name || row.replicate != replicate || (fold >= 0 && row.fold != fold)) continue;
      s.positive.push_back(row.y ? 1 : 0);
      s.score.push_back(row.score);
    }
    if (!s.score.empty()) out.push_back(std::move(s));
  };
  if (d.parts.empty()) return out;
  const std::string main = d.main_part();
  if (!d.binary()) {
    for (const std::string& name : d.run.classes) take({.label = name, .part = main}, name, 0, -1);
    return out;
  }
  const std::string& positive = d.run.positive;
  std::set<int> replicates;
  std::set<int> folds;
  for (const auto& row : d.units.at(main)) {
    replicates.insert(row.replicate);
    folds.insert(row.fold);
  }
  for (const std::string& part : d.parts) {
    if (part == "train") continue;
    if (part != main || replicates.size() < 2) {
      take({.label = part_words(part), .part = part}, positive, 0, -1);
      continue;
    }
    for (const int r : replicates) {
      if (r >= 10) break;  // ten lines can still be told apart
      take({.label = fmt::format("{}, replicate {}", part_words(part), r), .part = part}, positive, r, -1);
    }
  }
  if (folds.size() > 1 && folds.size() <= 20 && replicates.size() == 1) {
    for (const int f : folds) take({.label = fmt::format("fold {}", f), .part = main, .main = false}, positive, 0, f);
  }
  return out;
}

}  // namespace youden::report

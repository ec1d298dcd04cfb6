#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/compare/scored_part.hpp"
#include "youden/sample/part.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::compare {

/// Which part of each run is compared, and why.
struct PartChoice {
  std::vector<std::string> parts;  ///< one a run
  std::string reason;
};

/// `wanted`, else the first of out-of-fold, test and validation that all runs have predictions of; else each run's own
/// first. Throws ConfigError for a run that is not completed, has no predictions, or lacks the wanted part.
inline PartChoice choose_parts(store::Database& database, const std::vector<store::RunRecord>& runs,
                               const std::string& wanted = {}) {
  std::vector<std::vector<std::string>> known;
  for (const store::RunRecord& run : runs) {
    known.push_back(scored_parts(database, run.id));
    if (run.status == "completed" && !known.back().empty()) continue;
    throw base::ConfigError({"run " + std::to_string(run.id) + " is " + run.status +
                                 (known.back().empty() ? " and has no predictions" : ", its results are not final"),
                             database.path().string(),
                             run.status == "completed" ? "compare runs whose split has a test, oof or val part"
                                                       : "finish it first: youden resume " + std::to_string(run.id)});
  }
  const auto has = [&](std::size_t i, std::string_view part) {
    return std::find(known[i].begin(), known[i].end(), part) != known[i].end();
  };
  const auto all_have = [&](std::string_view part) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!has(i, part)) return false;
    }
    return true;
  };
  if (!wanted.empty()) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (has(i, wanted)) continue;
      throw base::ConfigError({"run " + std::to_string(runs[i].id) + " has no predictions of part '" + wanted + "'",
                               "command line", "its parts: " + base::join(known[i], ", ")});
    }
    return {std::vector<std::string>(runs.size(), wanted), "as asked for"};
  }
  for (const sample::Part each : sample::kHeldOut) {
    const std::string_view part = sample::name_of(each);
    if (!all_have(part)) continue;
    const char* reason = part == "oof"    ? "out-of-fold: every sample was held out once"
                         : part == "test" ? "not every run has an out-of-fold part"
                                          : "not every run has an out-of-fold part, nor a test part";
    return {std::vector<std::string>(runs.size(), std::string(part)), reason};
  }
  PartChoice choice{{}, "the runs have no part in common, so each stands with its own"};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::string own = known[i].front();
    const auto it = std::find_if(sample::kHeldOut.begin(), sample::kHeldOut.end(),
                                 [&](sample::Part part) { return has(i, sample::name_of(part)); });
    if (it != sample::kHeldOut.end()) own = sample::name_of(*it);
    choice.parts.push_back(own);
  }
  return choice;
}

}  // namespace youden::compare

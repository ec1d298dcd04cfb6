#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/evaluate/model_comparison.hpp"
#include "youden/evaluate/score_file.hpp"
#include "youden/stat/groups.hpp"

namespace youden::evaluate {

/// Two tables of scores of the same samples, compared as two models.
struct ScoreFilePair {
  std::vector<std::pair<std::size_t, std::size_t>> rows = {};  ///< of one and of the other, what is matched
  std::string matched_by;                                      ///< "id" or "order"
  std::vector<ComparisonTest> tests = {};
};

namespace detail {

inline ComparedSamples compared_samples(const ScoredTable& table, const std::vector<std::string>& patient) {
  ComparedSamples out{.label = table.truth, .group = stat::number_groups(patient), .classes = table.classes.size()};
  if (table.binary()) out.positive = static_cast<int>(table.positive);
  return out;
}

inline ModelScores model_scores(const ScoredTable& table) {
  ModelScores out{.fold = table.fold, .score = std::vector<std::vector<double>>(table.classes.size()), .decided = {}};
  for (std::size_t i = 0; i < table.rows(); ++i) {
    out.decided.push_back(table.decided(i));
    for (std::size_t c = 0; c < table.columns(); ++c) {
      out.score[table.binary() ? table.positive : c].push_back(table.score[i * table.columns() + c]);
    }
  }
  return out;
}

inline void require_same_classes(const ScoreFile& a, const ScoreFile& b) {
  const bool same = a.table.classes == b.table.classes && a.table.positive == b.table.positive;
  if (same) return;
  throw base::DataError({"the tables tell different classes apart: " + base::join(a.table.classes, ", ") + " and " +
                             base::join(b.table.classes, ", "),
                         b.name, "compare tables of the same classes and the same --positive"});
}

}  // namespace detail

/// Rows are matched by id where both tables have one, else by their order, which takes the same number of rows. Throws
/// DataError naming every row whose label is another one in the other table. Tables without a common id are compared
/// unpaired.
inline ScoreFilePair compare_score_files(const ScoreFile& a, const ScoreFile& b, const ComparisonSettings& settings) {
  detail::require_same_classes(a, b);
  ScoreFilePair out{.matched_by = !a.id.empty() && !b.id.empty() ? "id" : "order"};
  if (out.matched_by == "id") {
    std::map<std::string, std::size_t> place;
    for (std::size_t j = 0; j < b.id.size(); ++j) place.emplace(b.id[j], j);
    for (std::size_t i = 0; i < a.id.size(); ++i) {
      if (const auto it = place.find(a.id[i]); it != place.end()) out.rows.emplace_back(i, it->second);
    }
  } else if (a.table.rows() != b.table.rows()) {
    throw base::DataError({"without ids rows are matched by their order, but the tables have " +
                               std::to_string(a.table.rows()) + " and " + std::to_string(b.table.rows()) + " rows",
                           b.name, "name the column that tells rows apart: --id COL"});
  } else {
    for (std::size_t i = 0; i < a.table.rows(); ++i) out.rows.emplace_back(i, i);
  }
  if (out.rows.empty()) {
    out.tests = compare_unpaired(detail::compared_samples(a.table, a.table.patient), detail::model_scores(a.table),
                                 detail::compared_samples(b.table, b.table.patient), detail::model_scores(b.table),
                                 settings.bootstrap.level);
    return out;
  }
  base::Faults faults;
  std::vector<std::size_t> in_a;
  std::vector<std::size_t> in_b;
  for (const auto& [i, j] : out.rows) {
    in_a.push_back(i);
    in_b.push_back(j);
    if (a.table.truth[i] == b.table.truth[j]) continue;
    const auto label = [](const ScoreFile& f, std::size_t row) {
      return f.table.classes[static_cast<std::size_t>(f.table.truth[row])];
    };
    faults.add("the label is '" + label(b, j) + "', in the other table '" + label(a, i) + "'", b.places[j],
               "there " + a.places[i]);
  }
  faults.raise<base::DataError>("rows are labelled otherwise in the other table:");
  const ScoredTable first = a.table.select(in_a);
  const ScoredTable second = b.table.select(in_b);
  const ModelScores one = detail::model_scores(first);
  const ModelScores other = detail::model_scores(second);
  out.tests = compare_models(detail::compared_samples(first, first.knows_patients() ? first.patient : second.patient),
                             std::span(&one, 1), std::span(&other, 1), settings);
  return out;
}

}  // namespace youden::evaluate

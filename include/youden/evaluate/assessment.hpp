#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/evaluate/assessed.hpp"
#include "youden/evaluate/assessor.hpp"
#include "youden/evaluate/scored_table.hpp"

namespace youden::evaluate {

/// Of fewer, an interval is so wide that a difference between slices says little: ±15 points at 90 %.
inline constexpr std::int64_t kSmallSlice = 20;
inline constexpr const char* kSmallSliceMark = " (small slice)";

namespace detail {

/// Whether few of a class that occurs stand behind a slice; patients count where they are known.
inline bool is_small(const ScoredTable& table) {
  const ScoredTable units =
      table.knows_patients() && table.patients_of_several_classes().empty() ? table.by_patient() : table;
  std::vector<std::int64_t> n(table.classes.size());
  for (const int t : units.truth) ++n[static_cast<std::size_t>(t)];
  return std::any_of(n.begin(), n.end(), [](std::int64_t of) { return of > 0 && of < kSmallSlice; });
}

}  // namespace detail

/// Every number that a table of predictions has: the one place where a run's results and `youden evaluate FILE` come
/// from.
///
///     ScoredTable table{.classes = {"covid", "normal"}, .positive = 0, .truth = {0, 0, 1}, .score = {.9, .4, .2}};
///     table.patient = {"p1", "p1", "p2"};            // optional, as are fold, threshold and covariates
///     for (const Assessed& row : assess(table, {.seed = 42})) …
///
/// Two classes: rows of the positive class. More: each class against the rest, their averages
/// (metric/class_average.hpp) and, under no class, what has a value over all of them. Several folds: rows over all
/// (fold −1) and of each. Both units where patients are known and none has films of several classes; choose by `unit`.
/// Metrics come from the registry: link its stub (youden_link_components) or include their headers. Throws DataError
/// for a table that makes no sense, and naming patients where settings.unit is patient but some have no class of their
/// own.
inline std::vector<Assessed> assess(const ScoredTable& table, const AssessmentSettings& settings) {
  table.require_sense();
  std::vector<Assessed> out;
  const auto add = [&](const ScoredTable& part, const std::string& unit, const std::string& slice, int fold) {
    std::set<double> thresholds;
    std::set<std::string> patients;
    for (std::size_t i = 0; i < part.rows(); ++i) thresholds.insert(part.threshold_of(part.fold_of(i)));
    for (const std::string& p : part.patient) {
      if (!p.empty()) patients.insert(p);
    }
    const bool small = !slice.empty() && detail::is_small(part);
    for (Assessed& row : detail::Assessor(part, settings, !slice.empty()).rows()) {
      row.unit = unit;
      row.slice = slice;
      row.fold = fold;
      if (part.binary() && thresholds.size() == 1) row.threshold = *thresholds.begin();
      if (!patients.empty()) row.n_patients = static_cast<std::int64_t>(patients.size());
      if (small) row.estimate.method += kSmallSliceMark;
      out.push_back(std::move(row));
    }
  };
  const bool by_patient = table.knows_patients() && table.patients_of_several_classes().empty();
  const auto add_units = [&](const ScoredTable& part, const std::string& slice, int fold) {
    add(part, "image", slice, fold);
    if (by_patient || settings.unit == "patient") add(part.by_patient(), "patient", slice, fold);
  };
  const auto where = [&](auto take) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < table.rows(); ++i) {
      if (take(i)) rows.push_back(i);
    }
    return table.select(rows);
  };

  add_units(table, {}, -1);
  const std::set<int> folds(table.fold.begin(), table.fold.end());
  if (folds.size() > 1) {
    for (const int f : folds) add_units(where([&](std::size_t i) { return table.fold[i] == f; }), {}, f);
  }
  for (const std::string& name : settings.slices) {
    const auto column = table.covariates.find(name);
    if (column == table.covariates.end()) {
      throw base::DataError({"'slices' names '" + name + "', which the table does not have", "slices"});
    }
    const std::set<std::string> values(column->second.begin(), column->second.end());
    for (const std::string& value : values) {
      add_units(where([&](std::size_t i) { return column->second[i] == value; }),
                name + "=" + (value.empty() ? "(unknown)" : value), -1);
    }
  }
  return out;
}

}  // namespace youden::evaluate

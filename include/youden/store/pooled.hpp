#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/stat/estimate.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// One number a metric and part: over all folds and replicates, in the run's unit, over all samples.
struct PooledResult {
  stat::Estimate estimate;
  std::optional<double> threshold = {};
  std::optional<std::int64_t> n_patients = {};
  int replicates = 1;             ///< that the value is a mean of
  std::optional<double> sd = {};  ///< of the value over the replicates (n − 1)
};
/// One training of a run.
struct OneFold {
  int replicate = 0;
  int fold = 0;
};
/// part → metric → value
using PooledResults = std::map<std::string, std::map<std::string, PooledResult>>;

namespace detail {

struct KeyedResult {
  std::string class_name;
  std::int64_t replicate;
  std::int64_t fold;
  PooledResult result;
};

/// The row over all folds (−1), or that of the only fold; nothing where several folds were never pooled.
inline std::optional<PooledResult> over_folds(const std::vector<KeyedResult>& rows, std::int64_t replicate) {
  const KeyedResult* only = nullptr;
  for (const KeyedResult& row : rows) {
    if (row.replicate != replicate) continue;
    if (row.fold == -1) return row.result;
    if (only != nullptr) return {};
    only = &row;
  }
  return only == nullptr ? std::nullopt : std::optional(only->result);
}

/// The row over all replicates (−1), or that of the only one; else the mean, for which no interval is claimed.
inline std::optional<PooledResult> over_replicates(const std::vector<KeyedResult>& rows) {
  if (auto joint = over_folds(rows, -1)) return joint;
  std::map<std::int64_t, PooledResult> each;
  for (const KeyedResult& row : rows) {
    if (const auto one = over_folds(rows, row.replicate)) each[row.replicate] = *one;
  }
  if (each.empty()) return {};
  PooledResult mean = each.begin()->second;
  if (each.size() == 1) return mean;
  mean.estimate.low.reset();
  mean.estimate.high.reset();
  mean.threshold.reset();
  mean.estimate.method = "mean of " + std::to_string(each.size()) + " replicates";
  mean.replicates = static_cast<int>(each.size());
  const auto n = static_cast<double>(each.size());
  double sum = 0;
  for (const auto& [replicate, one] : each) {
    if (!one.estimate.value) {
      mean.estimate.value.reset();
      return mean;
    }
    sum += *one.estimate.value;
  }
  double squares = 0;
  for (const auto& [replicate, one] : each)
    squares += (*one.estimate.value - sum / n) * (*one.estimate.value - sum / n);
  mean.estimate.value = sum / n;
  mean.sd = std::sqrt(squares / (n - 1));
  return mean;
}

/// SQL: the class whose rows are a run's headline beside those over all classes (''). The positive one; of several
/// classes without one the macro average (metric/class_average.hpp).
inline constexpr const char* kHeadlineClass =
    "coalesce(run.positive, CASE WHEN EXISTS (SELECT 1 FROM json_each(run.classes) WHERE value = 'macro') "
    "THEN 'macro average' ELSE 'macro' END)";

/// Of the positive class where a metric has one, else over all classes, else their macro average. `only`: of one
/// training, not of the run.
inline PooledResults read_pooled(SQLite::Database& db, std::int64_t run, std::optional<OneFold> only = {}) {
  SQLite::Statement row(
      db,
      "SELECT part, metric, class, replicate, fold, value, low, high, level, method, n, n_patients, "
      "threshold, run.positive IS NULL FROM result JOIN run ON run.id = result.run WHERE result.run = ?1 "
      "AND slice = '' AND result.unit = run.unit AND class IN ('', " +
          std::string(kHeadlineClass) + ") AND (?2 IS NULL OR (replicate = ?2 AND fold = ?3))");
  using Number = std::optional<std::int64_t>;
  bind_all(row, run, only ? Number(only->replicate) : Number(), only ? Number(only->fold) : Number());
  std::map<std::pair<std::string, std::string>, std::vector<KeyedResult>> groups;
  bool averaged = false;
  while (row.executeStep()) {
    PooledResult r{
        {optional_double(row.getColumn(5)), optional_double(row.getColumn(6)), optional_double(row.getColumn(7)),
         row.getColumn(8).getDouble(), row.getColumn(9).getString(), row.getColumn(10).getInt64()},
        optional_double(row.getColumn(12))};
    if (!row.getColumn(11).isNull()) r.n_patients = row.getColumn(11).getInt64();
    averaged = row.getColumn(13).getInt() != 0;
    groups[{row.getColumn(0).getString(), row.getColumn(1).getString()}].push_back(
        {row.getColumn(2).getString(), row.getColumn(3).getInt64(), row.getColumn(4).getInt64(), std::move(r)});
  }
  PooledResults out;
  for (auto& [key, rows] : groups) {
    // Where both are there: the positive class goes before all classes, all classes before their average.
    const auto preferred = [&](const KeyedResult& r) { return r.class_name.empty() == averaged; };
    if (std::any_of(rows.begin(), rows.end(), preferred)) std::erase_if(rows, std::not_fn(preferred));
    if (auto pooled = over_replicates(rows)) out[key.first][key.second] = std::move(*pooled);
  }
  return out;
}

}  // namespace detail
}  // namespace youden::store

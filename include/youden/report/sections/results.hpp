#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/sections/headline.hpp"
#include "youden/report/words.hpp"

namespace youden::report {

namespace detail {

/// value, low, high, method, n
inline void add_estimate(std::vector<Cell>& row, const stat::Estimate& e) {
  row.push_back(Cell::value(e.value));
  for (const auto& limit : {e.low, e.high})
    row.push_back(limit ? Cell::value(limit) : Cell{.html = "–", .number = true});
  row.push_back({.html = escape(e.method) + (too_wide(e) ? " <span class=\"flag warn\">wide</span>" : "")});
  row.push_back(Cell::integer(e.n));
}

/// Mean and standard deviation of each metric over folds, or over replicates.
inline std::string spread_table(const RunData& d, const std::string& part, bool folds) {
  std::map<std::string, std::vector<double>> values;
  std::map<std::string, int> undefined;
  for (const auto& r : d.rows) {
    const bool wanted = folds ? r.fold >= 0 && r.replicate == 0 : r.fold == -1 && r.replicate >= 0;
    if (!wanted || r.part != part || !r.slice.empty() || r.unit != d.run.unit) continue;
    if (!r.class_name.empty() && r.class_name != d.run.positive) continue;
    if (r.estimate.value)
      values[r.metric].push_back(*r.estimate.value);
    else
      ++undefined[r.metric];
  }
  HtmlTable table(fmt::format("{}: spread over {}", capitalised(part_words(part)), folds ? "folds" : "replicates"),
                  {"metric", "mean", "sd", "least", "most", "n", "undefined"});
  for (const auto& [metric, v] : values) {
    const auto n = static_cast<double>(v.size());
    double mean = 0;
    for (const double x : v) mean += x / n;
    double squares = 0;
    for (const double x : v) squares += (x - mean) * (x - mean);
    const auto sd = v.size() > 1 ? std::optional(std::sqrt(squares / (n - 1))) : std::nullopt;
    table.add({Cell::text(metric_title(metric)), Cell::value(mean), Cell::value(sd),
               Cell::value(*std::min_element(v.begin(), v.end())), Cell::value(*std::max_element(v.begin(), v.end())),
               Cell::integer(static_cast<std::int64_t>(v.size())), Cell::integer(undefined[metric])});
  }
  return table.empty() ? "" : table.html();
}

inline std::string part_table(const RunData& d, const std::string& part) {
  const auto& metrics = d.results.at(part);
  const std::string looks = part == "test" ? looks_words(d) : "";
  const double level = metrics.empty() ? 0.95 : metrics.begin()->second.estimate.level;
  HtmlTable table(fmt::format("{}, by {}, {:g} % intervals{}", capitalised(part_words(part)), d.run.unit, 100 * level,
                              looks.empty() ? "" : "; " + looks),
                  {"metric", "value", "low", "high", "interval", "n", "patients", "better"});
  std::vector<std::string> order = headline_metrics(d, part);
  for (const auto& [id, r] : metrics) {
    if (std::find(order.begin(), order.end(), id) == order.end()) order.push_back(id);
  }
  for (const std::string& id : order) {
    const store::PooledResult& r = metrics.at(id);
    const auto words = d.metric_words.find(id);
    const auto direction = d.metric_direction.find(id);
    std::vector<Cell> row{{.html = escape(metric_title(id))}};
    if (words != d.metric_words.end())
      row[0].html = fmt::format("<span title=\"{}\">{}</span>", escape(words->second), row[0].html);
    add_estimate(row, r.estimate);
    row.push_back(r.n_patients ? Cell::integer(*r.n_patients) : Cell{.html = "–", .number = true});
    const std::string better = direction == d.metric_direction.end() ? "" : direction->second;
    row.push_back(Cell::text(better == "max" ? "higher" : better == "min" ? "lower" : "–"));
    table.add(std::move(row));
  }
  return table.html();
}

inline std::string class_table(const RunData& d, const std::string& part) {
  HtmlTable table(capitalised(part_words(part)) + ": each class against the others",
                  {"class", "metric", "value", "low", "high", "interval", "n"});
  for (const auto& r : d.rows) {
    const bool whole = r.fold == -1 && r.replicate <= 0 && r.slice.empty() && r.unit == d.run.unit;
    if (!whole || r.part != part || r.class_name.empty()) continue;
    std::vector<Cell> row{Cell::text(r.class_name), Cell::text(metric_title(r.metric))};
    add_estimate(row, r.estimate);
    table.add(std::move(row));
  }
  return table.empty() ? "" : table.html();
}

}  // namespace detail

/// Every metric of every part with interval, method and n; by class where there are several; spread of folds and
/// replicates.
inline Section results_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "results", .title = "Results", .html = {}};
  for (const std::string& part : d.parts) {
    if (!d.results.contains(part)) continue;
    std::string tables = detail::part_table(d, part);
    if (!d.binary()) tables += detail::class_table(d, part);
    if (d.run.folds > 1) tables += detail::spread_table(d, part, true);
    if (d.run.replicates > 1) tables += detail::spread_table(d, part, false);
    s.html += part == d.main_part() ? tables : details(escape(capitalised(part_words(part))), tables);
  }
  return s;
}

}  // namespace youden::report

#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/metric/roc.hpp"
#include "youden/report/curves.hpp"
#include "youden/report/page/figure.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/series.hpp"
#include "youden/report/words.hpp"

namespace youden::report {

namespace detail {

/// Names of the compared runs, told apart by their numbers.
inline std::string run_title(const RunData& d) { return fmt::format("{} (run {})", d.run.name, d.run.id); }

inline std::string side_by_side(const std::vector<RunData>& runs) {
  HtmlTable table("Side by side", {"run", "part", "Youden’s J", "sensitivity", "specificity", "ROC AUC", "accuracy",
                                   "n+/n−", "scored on its test set"});
  for (const RunData& d : runs) {
    const std::string part = d.main_part();
    const std::string prefix = fmt::format("#r{}-summary", d.run.id);
    std::vector<Cell> row{{.html = fmt::format("<a href=\"{}\">{}</a>", prefix, escape(run_title(d)))},
                          Cell::text(part_words(part))};
    for (const char* id : {"youden_j", "sensitivity", "specificity", "auc", "accuracy"}) {
      const auto* r = d.result(part, id);
      row.push_back(r == nullptr ? Cell{.html = "–", .number = true}
                                 : Cell{.html = estimate_text(r->estimate),
                                        .sort = r->estimate.value ? fmt::format("{:.17g}", *r->estimate.value) : "",
                                        .number = true});
    }
    const auto* positives = d.result(part, "sensitivity");
    const auto* negatives = d.result(part, "specificity");
    row.push_back(positives == nullptr || negatives == nullptr
                      ? Cell{.html = "–"}
                      : Cell{.html = fmt::format("{}/{}", positives->estimate.n, negatives->estimate.n)});
    row.push_back(d.run.test_hash.empty() ? Cell{.html = "no test part"}
                  : d.looks > 1           ? Cell{.html = fmt::format("best of {} if picked by it", d.looks),
                                                 .sort = std::to_string(d.looks)}
                                          : Cell{.html = "this run only", .sort = "1"});
    table.add(std::move(row));
  }
  return table.html();
}

inline std::string differences(const std::vector<RunData>& runs) {
  std::set<std::string> keys;
  for (const RunData& d : runs) {
    for (const auto& [key, value] : d.params.items()) keys.insert(key);
  }
  keys.erase("name");
  std::vector<std::string> columns{"setting"};
  for (const RunData& d : runs) columns.push_back(run_title(d));
  HtmlTable table("Settings that differ", columns);
  for (const std::string& key : keys) {
    std::set<std::string> values;
    for (const RunData& d : runs) values.insert(plain(setting(d, key)));
    if (values.size() == 1) continue;
    std::vector<Cell> row{Cell::text(key)};
    for (const RunData& d : runs) row.push_back(Cell::text(plain(setting(d, key))));
    table.add(std::move(row));
  }
  if (table.empty()) return paragraph("Their settings are the same but for the name.");
  return table.html();
}

/// The main line of each run, over each other.
inline Figure overlaid_roc(const std::vector<RunData>& runs) {
  Figure f{.id = "compare-roc", .title = "ROC curves", .kind = "roc"};
  f.x = {{"title", "1 − specificity"}, {"min", 0}, {"max", 1}};
  f.y = {{"title", "sensitivity"}, {"min", 0}, {"max", 1}};
  int color = 0;
  for (const RunData& d : runs) {
    if (!d.binary()) continue;
    for (Series& s : chart_series(d)) {
      if (!s.main || s.part != d.main_part()) continue;
      const metric::RocCurve curve = metric::roc(s.positive, s.score);
      if (curve.positives == 0 || curve.negatives == 0) continue;
      s.label = run_title(d) + ", " + s.label;
      f.series.push_back(line(s, color, roc_points(curve)));
    }
    ++color;
    if (const auto* auc = d.result(d.main_part(), "auc"))
      f.words += fmt::format("{}{}: AUC {}.", f.words.empty() ? "" : " ", run_title(d), estimate_text(auc->estimate));
  }
  if (!f.series.empty()) f.series.push_back(reference("chance", {{0, 0, nullptr}, {1, 1, nullptr}}));
  return f;
}

/// Whether all runs are judged by the same films, by content.
inline bool same_films(const std::vector<RunData>& runs) {
  const auto films = [](const RunData& d) {
    std::set<std::string> out;
    if (d.parts.empty()) return out;
    for (const auto& row : d.scored.at(d.main_part())) out.insert(row.sha256);
    return out;
  };
  const auto first = films(runs.front());
  return std::all_of(runs.begin() + 1, runs.end(), [&](const RunData& d) { return films(d) == first; });
}

}  // namespace detail

/// Several runs: numbers beside each other, what was set differently, curves over each other.
inline Section comparison_section(const std::vector<RunData>& runs) {
  Section s{.id = "compare", .title = "Comparison", .html = {}};
  if (!detail::same_films(runs)) {
    s.html =
        "<p class=\"note\">These runs are not judged by the same films; a difference between them may come from the "
        "films alone.</p>\n";
  }
  s.html += detail::side_by_side(runs) + detail::differences(runs);
  if (const Figure f = detail::overlaid_roc(runs); !f.series.empty()) {
    s.html += "<div class=\"charts\">\n" + f.html() + "</div>\n";
    s.charts[f.id] = f.json();
  }
  return s;
}

}  // namespace youden::report

#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/compare/comparison.hpp"
#include "youden/compare/notes.hpp"
#include "youden/report/curves.hpp"
#include "youden/report/page/figure.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/series.hpp"
#include "youden/report/thumbnails.hpp"
#include "youden/report/words.hpp"
#include "youden/stat/roc.hpp"

namespace youden::report {

namespace detail {

/// Names of the compared runs, told apart by their numbers.
inline std::string run_title(const RunData& d) { return fmt::format("{} (run {})", d.run.name, d.run.id); }

inline std::string side_by_side(const std::vector<RunData>& runs) {
  const std::vector<std::string> metrics =
      runs.front().binary() ? std::vector<std::string>{"youden_j", "sensitivity", "specificity", "auc"}
                            : std::vector<std::string>{"accuracy"};
  std::vector<std::string> columns{"run", "part"};
  for (const std::string& id : metrics) columns.push_back(metric_title(id));
  columns.insert(columns.end(), {"n+/n−", "scored on its test set"});
  HtmlTable table("Side by side", columns);
  for (const RunData& d : runs) {
    const std::string part = d.main_part();
    const std::string prefix = fmt::format("#r{}-summary", d.run.id);
    std::vector<Cell> row{{.html = fmt::format("<a href=\"{}\">{}</a>", prefix, escape(run_title(d)))},
                          Cell::text(part_words(part))};
    for (const std::string& id : metrics) {
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
      const stat::RocCurve curve = stat::roc(s.positive, s.score);
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

inline std::string p_text(const std::optional<double>& p) {
  return !p ? "–" : *p < 0.0001 ? fmt::format("{:.1e}", *p) : fmt::format("{:.4f}", *p);
}

inline std::string test_table(const compare::Comparison& c) {
  HtmlTable table(
      "Tests of the difference, first − other, 95 % intervals; p adjusted for all tests of this table (Holm)",
      {"runs", "metric", "test", "difference", "low", "high", "p", "p adjusted", "n"});
  for (const compare::PairComparison& pair : c.pairs) {
    for (const evaluate::ComparisonTest& t : pair.tests) {
      const std::string marks =
          std::string(t.assumes_independent_films ? " *" : "") + (t.first_replicates_only ? " †" : "");
      std::vector<Cell> row{Cell::text(fmt::format("{} − {}", c.runs.front().id, c.runs[pair.other].id)),
                            Cell::text(metric_title(t.metric)), Cell::text(t.test + marks),
                            Cell::value(t.result.difference)};
      for (const auto& limit : {t.result.low, t.result.high})
        row.push_back(limit ? Cell::value(limit) : Cell{.html = "–", .number = true});
      for (const auto& p : {t.result.p, t.p_holm})
        row.push_back({.html = p_text(p), .sort = p ? fmt::format("{:.17g}", *p) : "", .number = true});
      row.push_back(Cell::integer(t.n));
      table.add(std::move(row));
    }
  }
  return table.empty() ? "" : table.html();
}

/// Films that some run calls otherwise than the first, with what each run said.
inline std::string flipped_films(const compare::Comparison& c, Thumbnails& thumbnails) {
  if (c.flipped.empty()) return paragraph("No film is called otherwise by one of the runs.");
  constexpr std::size_t kMost = 24;
  std::string out = fmt::format("<h3>Called otherwise ({})</h3>\n<ul class=\"films\">\n", c.flipped.size());
  for (std::size_t k = 0; k < std::min(c.flipped.size(), kMost); ++k) {
    const compare::FlippedSample& f = c.flipped[k];
    const store::SampleRow film{.id = f.sample, .path = f.path, .sha256 = f.sha256, .label = f.label};
    std::string said;
    for (std::size_t i = 0; i < f.scores.size(); ++i) {
      if (!f.scores[i]) continue;
      said += fmt::format("<div{}>run {}: {} ({:.3f})</div>", f.decisions[i] == f.label ? "" : " class=\"wrong\"",
                          c.runs[i].id, escape(f.decisions[i]), *f.scores[i]);
    }
    out += fmt::format("<li>{}<div class=\"film-pair\">{}</div>{}<div class=\"soft\">{}</div></li>\n",
                       thumbnails.html(film, f.sample + ": " + f.label), escape(f.label), said, escape(f.sample));
  }
  out += "</ul>\n";
  if (c.flipped.size() > kMost) {
    out += paragraph(
        fmt::format("{} more; <code>youden compare --format json</code> lists them all.", c.flipped.size() - kMost),
        "soft");
  }
  return out + paragraph("In brackets the probability of " +
                             escape(c.runs.front().positive.empty() ? "the true class" : c.runs.front().positive) + ".",
                         "soft");
}

inline std::string tests_and_flips(const compare::Comparison& c, Thumbnails& thumbnails) {
  std::string notes;
  for (const std::string& note : compare::comparison_notes(c)) notes += "<li>" + escape(note) + "</li>\n";
  return "<h3>Does it differ by more than chance?</h3>\n" + test_table(c) + "<ul class=\"small\">\n" + notes +
         "</ul>\n" + flipped_films(c, thumbnails);
}

}  // namespace detail

/// Several runs against the first: numbers, settings, curves, and, where they can be tested, paired tests and flipped
/// films. `fault`: why they cannot; `comparison` is then null.
inline Section comparison_section(const std::vector<RunData>& runs, const compare::Comparison* comparison,
                                  const std::string& fault, Thumbnails& thumbnails) {
  Section s{.id = "compare", .title = "Comparison", .html = {}};
  s.html = detail::side_by_side(runs);
  if (comparison == nullptr) {
    s.html += "<p class=\"note\">These runs cannot be tested against each other: " + escape(fault) + "</p>\n";
  }
  s.html += detail::differences(runs);
  if (const Figure f = detail::overlaid_roc(runs); !f.series.empty()) {
    s.html += "<div class=\"charts\">\n" + f.html() + "</div>\n";
    s.charts[f.id] = f.json();
  }
  if (comparison != nullptr) s.html += detail::tests_and_flips(*comparison, thumbnails);
  return s;
}

}  // namespace youden::report

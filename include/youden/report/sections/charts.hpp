#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/report/curves.hpp"
#include "youden/report/page/figure.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/series.hpp"
#include "youden/report/words.hpp"
#include "youden/stat/decision_curve.hpp"
#include "youden/stat/precision_recall.hpp"
#include "youden/stat/reliability.hpp"
#include "youden/stat/roc.hpp"

namespace youden::report {

namespace detail {

/// The threshold of the stored decisions; empty where folds have their own.
inline std::optional<double> stored_threshold(const RunData& d, const std::string& part) {
  const auto* r = d.result(part, "sensitivity");
  return r == nullptr ? std::nullopt : r->threshold;
}

/// Where the stored decisions stand on the ROC curve; null where that is undefined.
inline Json operating_mark(const RunData& d) {
  const std::string part = d.main_part();
  const auto t = stored_threshold(d, part);
  const auto* sensitivity = d.result(part, "sensitivity");
  const auto* specificity = d.result(part, "specificity");
  if (!d.binary() || !t || specificity == nullptr || !sensitivity->estimate.value || !specificity->estimate.value)
    return nullptr;
  Json point = {rounded(1 - *specificity->estimate.value), rounded(*sensitivity->estimate.value), *t};
  return {{"label", "operating point"}, {"color", 5}, {"mark", true}, {"points", Json::array({std::move(point)})}};
}

inline Figure roc_figure(const RunData& d, const std::vector<Series>& series, const std::string& prefix) {
  Figure f{.id = prefix + "roc", .title = "ROC curve", .kind = "roc"};
  f.x = {{"title", "1 − specificity"}, {"min", 0}, {"max", 1}};
  f.y = {{"title", "sensitivity"}, {"min", 0}, {"max", 1}};
  HtmlTable table("Sensitivity at chosen specificities", {"curve", "specificity at least", "sensitivity", "threshold"});
  int color = 0;
  for (const Series& s : series) {
    const stat::RocCurve curve = stat::roc(s.positive, s.score);
    if (curve.positives == 0 || curve.negatives == 0) continue;
    f.series.push_back(line(s, color++, roc_points(curve)));
    if (!s.main) continue;
    for (const double wanted : {0.99, 0.95, 0.9, 0.8, 0.5}) {
      const auto after = std::partition_point(curve.points.begin(), curve.points.end(),
                                              [&](const auto& p) { return *curve.specificity(p) >= wanted; });
      const stat::RocPoint& best = *(after - 1);
      table.add({Cell::text(s.label), Cell::value(wanted, 2), Cell::value(curve.sensitivity(best)),
                 std::isinf(best.threshold) ? Cell{.html = "above every score", .number = true}
                                            : Cell::value(best.threshold, 4)});
    }
  }
  if (f.series.empty()) return f;
  f.series.push_back(reference("chance", {{0, 0, nullptr}, {1, 1, nullptr}}));
  if (Json mark = operating_mark(d); !mark.is_null()) f.series.push_back(std::move(mark));
  if (d.binary()) {
    f.series.push_back({{"label", "threshold tried"},
                        {"color", 3},
                        {"mark", true},
                        {"slider", true},
                        {"points", Json::array({Json::array({0, 0, nullptr})})}});
  }
  if (const auto* auc = d.result(d.main_part(), "auc")) {
    f.words = fmt::format("{}: AUC {} ({}).", capitalised(part_words(d.main_part())), estimate_text(auc->estimate),
                          auc->estimate.method);
  }
  if (d.run.folds > 1) {
    f.words +=
        " Scores of different folds are not on one scale: the AUC is the mean over folds; the thick line pools them.";
  }
  f.table = table.html();
  return f;
}

inline Figure precision_recall_figure(const RunData& d, const std::vector<Series>& series, const std::string& prefix) {
  Figure f{.id = prefix + "pr", .title = "Precision and recall", .kind = "pr"};
  f.x = {{"title", "recall (sensitivity)"}, {"min", 0}, {"max", 1}};
  f.y = {{"title", "precision (PPV)"}, {"min", 0}, {"max", 1}};
  HtmlTable table("Precision at chosen recalls", {"curve", "recall at least", "precision", "threshold"});
  int color = 0;
  for (const Series& s : series) {
    const auto curve = stat::precision_recall(s.positive, s.score);
    if (curve.empty() || s.negatives() == 0) continue;
    Json one = line(s, color++, precision_recall_points(curve));
    one["step"] = "after";  // a recall between two points costs the precision of the next one
    f.series.push_back(std::move(one));
    if (!s.main) continue;
    for (const double wanted : {0.5, 0.8, 0.9, 0.95, 1.0}) {
      const auto p = std::find_if(curve.begin(), curve.end(), [&](const auto& q) { return q.recall >= wanted; });
      table.add({Cell::text(s.label), Cell::value(wanted, 2), Cell::value(p->precision), Cell::value(p->threshold, 4)});
    }
  }
  if (f.series.empty()) return f;
  if (d.binary()) {
    const Series& s = series.front();
    const Json share = rounded(static_cast<double>(s.positives()) / static_cast<double>(s.positive.size()));
    f.series.push_back(reference("share of positives", {{0, share, 0}, {1, share, 0}}));
  }
  if (const auto* ap = d.result(d.main_part(), "average_precision")) {
    f.words =
        fmt::format("{}: average precision {}. ", capitalised(part_words(d.main_part())), estimate_text(ap->estimate));
  }
  f.words += "Precision follows the share of positives, which in practice is another one.";
  f.table = table.html();
  return f;
}

inline Figure calibration_figure(const RunData& d, const std::vector<Series>& series, const std::string& prefix) {
  Figure f{.id = prefix + "calibration", .title = "Calibration", .kind = "calibration"};
  f.x = {{"title", "mean probability in the bin"}, {"min", 0}, {"max", 1}};
  f.y = {{"title", "share that is positive"}, {"min", 0}, {"max", 1}};
  HtmlTable table("Fifteen bins of equal width", {"curve", "probabilities", "n", "mean probability", "share positive"});
  int color = 0;
  for (const Series& s : series) {
    if (!s.main) continue;
    Json points = Json::array();
    for (const auto& bin : stat::reliability(s.positive, s.score)) {
      if (bin.n == 0) continue;
      points.push_back({rounded(bin.mean_probability), rounded(bin.share), bin.n});
      table.add({Cell::text(s.label),
                 {.html = fmt::format("{:.3f} – {:.3f}", bin.low, bin.high), .sort = fmt::format("{}", bin.low)},
                 Cell::integer(bin.n),
                 Cell::value(bin.mean_probability),
                 Cell::value(bin.share)});
    }
    if (!points.empty()) f.series.push_back(line(s, color++, std::move(points)));
  }
  if (f.series.empty()) return f;
  f.series.push_back(reference("perfect", {{0, 0, 0}, {1, 1, 0}}));
  std::string numbers;
  for (const char* id : {"brier", "log_loss", "ece_positive", "calibration_slope", "calibration_intercept"}) {
    if (const auto* r = d.result(d.main_part(), id))
      numbers += (numbers.empty() ? "" : ", ") + metric_title(id) + " " + estimate_text(r->estimate);
  }
  if (!numbers.empty()) f.words = capitalised(part_words(d.main_part())) + ": " + numbers + ". ";
  f.words += "A bin without films has no point; one with few says little.";
  f.table = table.html();
  return f;
}

inline Figure decision_figure(const RunData& d, const std::vector<Series>& series, const std::string& prefix) {
  Figure f{.id = prefix + "decision", .title = "Decision curve", .kind = "decision"};
  if (!d.binary()) return f;
  HtmlTable table("Net benefit per film", {"curve", "threshold probability", "model", "call all"});
  double most = 0.02;
  int color = 0;
  Json all = Json::array();
  for (const Series& s : series) {
    if (!s.main || s.positives() == 0) continue;
    Json points = Json::array();
    for (const auto& p : stat::decision_curve(s.positive, s.score, stat::decision_thresholds())) {
      points.push_back({rounded(p.threshold), rounded(p.model)});
      if (color == 0) all.push_back({rounded(p.threshold), rounded(p.treat_all)});
      most = std::max({most, p.model, p.treat_all});
      const auto percent = std::lround(100 * p.threshold);
      if (percent != 1 && percent != 5 && percent % 20 != 10) continue;
      table.add(
          {Cell::text(s.label), Cell::value(p.threshold, 2), Cell::value(p.model, 4), Cell::value(p.treat_all, 4)});
    }
    if (!points.empty()) f.series.push_back(line(s, color++, std::move(points)));
  }
  if (f.series.empty()) return f;
  f.x = {{"title", "threshold probability"}, {"min", 0}, {"max", 1}};
  f.y = {{"title", "net benefit"}, {"min", rounded(-0.25 * most)}, {"max", rounded(1.05 * most)}};
  Json everybody = reference("call all", std::move(all));
  everybody["color"] = 4;
  f.series.push_back(std::move(everybody));
  f.series.push_back(reference("call none", {{0.01, 0}, {0.99, 0}}));
  f.words =
      "What calling by the model is worth, against calling every film and none, by the probability from which a call "
      "pays; at the share of positives in these data.";
  f.table = table.html();
  return f;
}

inline std::string operating_box(const RunData& d, const std::string& prefix) {
  return fmt::format(
      "<div class=\"operating\" data-operating=\"{0}operating\"><label for=\"{0}threshold\">Try a threshold</label> "
      "<input type=\"range\" id=\"{0}threshold\" min=\"0\" max=\"1\" step=\"0.001\" value=\"{1:.4f}\"> "
      "<output for=\"{0}threshold\" aria-label=\"Numbers at this threshold\" aria-live=\"polite\"></output><p "
      "class=\"soft small\">For looking only{2}. A "
      "threshold picked on these films makes their numbers too good; let the run choose it on validation or "
      "out-of-fold "
      "scores (<code>threshold: youden</code>).</p></div>\n",
      prefix, stored_threshold(d, d.main_part()).value_or(0.5), d.run.replicates > 1 ? ", in the first replicate" : "");
}

}  // namespace detail

/// ROC, precision-recall, calibration and decision curves, and a slider for thresholds.
inline Section charts_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "curves", .title = "Curves", .html = {}};
  const std::vector<Series> series = chart_series(d);
  for (const Figure& f : {detail::roc_figure(d, series, prefix), detail::precision_recall_figure(d, series, prefix),
                          detail::calibration_figure(d, series, prefix), detail::decision_figure(d, series, prefix)}) {
    if (f.series.empty()) continue;
    s.html += f.html();
    s.charts[f.id] = f.json();
  }
  if (s.html.empty()) return s;
  s.html = "<div class=\"charts\">\n" + s.html + "</div>\n";
  if (s.charts.contains(prefix + "roc") && d.binary()) {
    s.html += detail::operating_box(d, prefix);
    s.data[prefix + "operating"] = {
        {"predictions", prefix + "predictions"}, {"part", d.main_part()}, {"chart", prefix + "roc"}};
  }
  return s;
}

}  // namespace youden::report

#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/metric/facts.hpp"
#include "youden/report/curves.hpp"
#include "youden/report/page/figure.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/words.hpp"

namespace youden::report {

namespace detail {

/// Mean over folds and replicates by epoch, of one metric and part.
using MeanCurve = std::map<int, std::pair<double, int>>;

inline Figure history_figure(const RunData& d, const std::string& metric, const std::string& prefix) {
  std::map<std::string, MeanCurve> curves;
  std::set<std::pair<int, int>> repeats;
  for (const auto& h : d.history) {
    if (h.metric != metric || h.part == "calibration") continue;
    repeats.insert({h.replicate, h.fold});
    if (!h.value) continue;
    auto& [sum, n] = curves[h.part][h.epoch];
    sum += *h.value;
    ++n;
  }
  Figure f{.id = prefix + "history-" + metric,
           .title = metric == "loss" ? "Loss"
                    : metric == "lr" ? "Learning rate"
                                     : metric_title(metric),
           .kind = "history"};
  f.x = {{"title", "epoch"}, {"integer", true}};
  std::string axis = metric;
  std::replace(axis.begin(), axis.end(), '_', ' ');
  f.y = {{"title", axis}, {"min", 0}};
  if (metric::facts_of(metric).least < 0) f.y.erase("min");
  HtmlTable table("By epoch", {"epoch", "part", axis});
  static const std::vector<std::string> kColors{"train", "val", "test", "oof"};
  int last = 1;
  for (const auto& [part, curve] : curves) {
    Json points = Json::array();
    const int every = std::max(1, static_cast<int>(curve.size()) / 50);
    int row = 0;
    for (const auto& [epoch, sum] : curve) {
      const double mean = sum.first / sum.second;
      last = std::max(last, epoch);
      points.push_back({epoch, rounded(mean)});
      if (row++ % every == 0) table.add({Cell::integer(epoch), Cell::text(part_words(part)), Cell::value(mean, 4)});
    }
    const auto color = std::find(kColors.begin(), kColors.end(), part) - kColors.begin();
    f.series.push_back({{"label", part_words(part)}, {"color", color}, {"points", std::move(points)}});
  }
  f.x["min"] = last > 1 ? 1 : 0;
  f.x["max"] = std::max(last, 2);
  if (repeats.size() > 1) f.words = fmt::format("Mean of {} trainings (folds and replicates).", repeats.size());
  if (metric == "loss" && drew_test_curve(d))
    f.words += " The test part was drawn beside training, as the experiment asked.";
  f.table = table.html();
  return f;
}

}  // namespace detail

/// Learning curves of whatever the epochs stored, loss first.
inline Section history_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "history", .title = "Training", .html = {}};
  std::set<std::string> metrics;
  for (const auto& h : d.history) {
    if (h.part != "calibration") metrics.insert(h.metric);
  }
  std::vector<std::string> order;
  for (const char* first : {"loss", "accuracy", "auc", "sensitivity", "specificity"}) {
    if (metrics.erase(first) != 0) order.emplace_back(first);
  }
  const bool has_rate = metrics.erase("lr") != 0;
  order.insert(order.end(), metrics.begin(), metrics.end());
  if (has_rate) order.emplace_back("lr");
  std::string more;
  for (const std::string& metric : order) {
    const Figure f = detail::history_figure(d, metric, prefix);
    if (f.series.empty()) continue;
    (metric == "loss" || metric == "accuracy" ? s.html : more) += f.html();
    s.charts[f.id] = f.json();
  }
  const auto grid = [](const std::string& figures) { return "<div class=\"charts\">\n" + figures + "</div>\n"; };
  if (!s.html.empty()) s.html = grid(s.html);
  if (!more.empty())
    s.html +=
        "<details class=\"screen\"><summary>Every other value of the epochs</summary>\n" + grid(more) + "</details>\n";
  return s;
}

}  // namespace youden::report

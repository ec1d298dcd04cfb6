#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/config/json.hpp"
#include "youden/report/page/figure.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/words.hpp"
#include "youden/sweep/importance.hpp"
#include "youden/sweep/standing.hpp"

namespace youden::report {

using config::Json;

/// A sweep as its sections show it: completed trials with a value, in the order of their numbers.
struct SweepData {
  sweep::Standing standing;
  std::vector<std::string> keys;    ///< that trials set, in the space's order
  std::vector<std::size_t> trials;  ///< indices into standing.trials
  std::int64_t scored = 0;          ///< completed runs on the test set that the ranking was taken from; else 0

  static SweepData read(store::Database& database, std::int64_t id) {
    SweepData d{.standing = sweep::Standing::read(database, id), .keys = {}, .trials = {}};
    for (const auto& t : d.standing.trials) {
      for (const auto& [key, value] : t.params.items()) {
        if (std::find(d.keys.begin(), d.keys.end(), key) == d.keys.end()) d.keys.push_back(key);
      }
    }
    d.trials = d.standing.ranking;
    std::sort(d.trials.begin(), d.trials.end());
    if (const auto* best = d.standing.best(); best != nullptr && d.standing.exploratory) {
      d.scored = store::count_scored(database, store::read_run(database, *best->run).test_hash);
    }
    return d;
  }
  [[nodiscard]] const store::TrialRecord& trial(std::size_t i) const { return standing.trials[trials[i]]; }
  [[nodiscard]] double value(std::size_t i) const { return *trial(i).values.front(); }
  /// `oof auc, lower limit`: what was measured.
  [[nodiscard]] const std::string& objective(std::size_t o = 0) const { return standing.sweep.objectives[o]; }
};

namespace detail {

/// Where a value stands on its axis, 0 at the bottom to 1 at the top: numbers by size (by their logarithm where they
/// span more than a factor of 30), others one step each.
class SweepAxis {
 public:
  SweepAxis(const SweepData& d, const std::string& key) {
    numbers_ = true;
    for (std::size_t i = 0; i < d.trials.size(); ++i) {
      const auto it = d.trial(i).params.find(key);
      if (it == d.trial(i).params.end()) continue;
      numbers_ = numbers_ && it->is_number();
      if (std::find(values_.begin(), values_.end(), *it) == values_.end()) values_.push_back(*it);
    }
    if (!numbers_ || values_.empty()) return;
    const auto less = [](const Json& a, const Json& b) { return a.get<double>() < b.get<double>(); };
    low_ = std::min_element(values_.begin(), values_.end(), less)->get<double>();
    high_ = std::max_element(values_.begin(), values_.end(), less)->get<double>();
    logarithmic_ = low_ > 0 && high_ / low_ > 30;
  }
  [[nodiscard]] double at(const Json& value) const {
    if (!numbers_) {
      const auto index = static_cast<double>(std::find(values_.begin(), values_.end(), value) - values_.begin());
      return values_.size() < 2 ? 0.5 : index / static_cast<double>(values_.size() - 1);
    }
    if (high_ == low_) return 0.5;
    const double v = value.get<double>();
    return logarithmic_ ? std::log(v / low_) / std::log(high_ / low_) : (v - low_) / (high_ - low_);
  }
  [[nodiscard]] bool numbers() const { return numbers_; }
  [[nodiscard]] bool logarithmic() const { return logarithmic_; }
  [[nodiscard]] const std::vector<Json>& values() const { return values_; }

 private:
  std::vector<Json> values_;
  bool numbers_ = false;
  bool logarithmic_ = false;
  double low_ = 0;
  double high_ = 0;
};

/// Of each trial, 0 for the worst to 1 for the best.
inline std::vector<double> goodness(const SweepData& d) {
  std::vector<double> out;
  for (std::size_t i = 0; i < d.trials.size(); ++i) out.push_back(d.value(i));
  const auto [low, high] = std::minmax_element(out.begin(), out.end());
  const double from = *low;
  const double range = *high - from;
  for (double& v : out) {
    const double share = range > 0 ? (v - from) / range : 1;
    v = d.standing.sweep.maximised.front() ? share : 1 - share;
  }
  return out;
}

/// One line a trial across all parameters, ending at its objective; the better, the warmer.
inline Figure parallel_figure(const SweepData& d) {
  Figure f{.id = "sweep-parallel", .title = "Trials across their parameters", .kind = "parallel"};
  Json labels = Json::array();
  for (const std::string& key : d.keys) labels.push_back(key);
  labels.push_back(d.objective());
  f.x = {{"title", ""}, {"min", 0}, {"max", d.keys.size()}, {"labels", labels}, {"integer", true}};
  f.y = {{"title", "low to high"}, {"min", 0}, {"max", 1}, {"bare", true}};
  std::vector<SweepAxis> axes;
  for (const std::string& key : d.keys) axes.emplace_back(d, key);
  std::vector<std::size_t> order(d.trials.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const std::vector<double> good_of = goodness(d);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return good_of[a] < good_of[b]; });
  constexpr std::size_t kMost = 300;  // of the best; more lines are a carpet
  const std::size_t from = order.size() > kMost ? order.size() - kMost : 0;
  for (std::size_t o = from; o < order.size(); ++o) {
    const std::size_t i = order[o];
    Json points = Json::array();
    for (std::size_t k = 0; k < d.keys.size(); ++k) {
      const auto it = d.trial(i).params.find(d.keys[k]);
      if (it != d.trial(i).params.end()) points.push_back({k, axes[k].at(*it), plain(*it)});
    }
    const double good = good_of[i];
    const bool maximised = d.standing.sweep.maximised.front();
    points.push_back({d.keys.size(), maximised ? good : 1 - good, fmt::format("{:.4f}", d.value(i))});
    f.series.push_back(
        {{"label", fmt::format("run {}", d.trial(i).run.value_or(0))}, {"shade", good}, {"points", points}});
  }
  f.words = fmt::format("{} trials. Each line is one; the warmer, the better. Numbers rise from bottom to top.",
                        order.size() - from);
  return f;
}

/// The objective over one parameter.
inline Figure slice_figure(const SweepData& d, std::size_t k) {
  const SweepAxis axis(d, d.keys[k]);
  Figure f{.id = fmt::format("sweep-slice-{}", k), .title = d.keys[k], .kind = "slice"};
  f.x = {{"title", d.keys[k]}};
  if (axis.logarithmic()) f.x["log"] = true;
  if (!axis.numbers()) {
    Json labels = Json::array();
    for (const Json& v : axis.values()) labels.push_back(plain(v));
    f.x.update({{"labels", labels},
                {"min", -0.5},
                {"max", static_cast<double>(axis.values().size()) - 0.5},
                {"integer", true}});
  }
  f.y = {{"title", d.objective()}};
  Json points = Json::array();
  for (std::size_t i = 0; i < d.trials.size(); ++i) {
    const auto it = d.trial(i).params.find(d.keys[k]);
    if (it == d.trial(i).params.end()) continue;
    const auto index = std::find(axis.values().begin(), axis.values().end(), *it) - axis.values().begin();
    const Json x = axis.numbers() ? *it : Json(index);
    points.push_back({x, d.value(i), plain(*it), d.trial(i).run.value_or(0)});
  }
  f.series.push_back({{"label", "trials"}, {"color", 0}, {"dots", true}, {"points", points}});
  f.words = fmt::format("{} trials.", points.size());
  return f;
}

/// Both objectives of each trial, the front joined.
inline Figure front_figure(const SweepData& d) {
  Figure f{.id = "sweep-front", .title = "Pareto front", .kind = "front"};
  f.x = {{"title", d.objective(0)}};
  f.y = {{"title", d.objective(1)}};
  Json all = Json::array();
  std::vector<std::pair<double, Json>> front;
  for (std::size_t i = 0; i < d.trials.size(); ++i) {
    const auto& t = d.trial(i);
    if (t.values.size() < 2 || !t.values[1]) continue;
    const Json point{*t.values[0], *t.values[1], t.run.value_or(0), sweep::params_text(t.params)};
    if (d.standing.front[d.trials[i]])
      front.emplace_back(*t.values[0], point);
    else
      all.push_back(point);
  }
  std::stable_sort(front.begin(), front.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Json joined = Json::array();
  for (auto& [x, point] : front) joined.push_back(std::move(point));
  f.words = fmt::format("{} of {} trials are on the front: no other is better in one objective and as good in both.",
                        joined.size(), joined.size() + all.size());
  f.series.push_back({{"label", "front"}, {"color", 0}, {"points", joined}});
  if (!all.empty()) f.series.push_back({{"label", "other trials"}, {"color", 1}, {"dots", true}, {"points", all}});
  return f;
}

inline void draw(Section& s, const Figure& f) {
  s.html += f.html();
  s.charts[f.id] = f.json();
}

}  // namespace detail

inline Section sweep_ranking_section(const SweepData& d) {
  Section s{.id = "ranking", .title = "Trials", .html = {}};
  const sweep::Standing& st = d.standing;
  s.html = paragraph(
      fmt::format("{} of {} trials completed, {} of them reused, {} failed. {} images went through the frozen "
                  "network.",
                  st.counted("completed"), st.trials.size(), st.reused, st.counted("failed"), st.prefix_images));
  if (st.exploratory) {
    s.html +=
        paragraph(fmt::format("<strong>Exploratory:</strong> there is no validation or out-of-fold part, so the trials "
                              "are ranked on the test set; best of {} scored on this test set. The best value "
                              "flatters.",
                              d.scored),
                  "note");
  } else {
    s.html +=
        paragraph("The best value of many is optimistic: judge the chosen trial by data that ranked nothing.", "soft");
  }
  std::vector<std::string> columns{"trial", "run"};
  for (const std::string& o : st.sweep.objectives) columns.push_back(o);
  if (st.sweep.objectives.size() > 1) columns.emplace_back("front");
  columns.insert(columns.end(), d.keys.begin(), d.keys.end());
  HtmlTable table("Trials, best first", columns);
  for (const std::size_t i : st.ranking) {
    const auto& t = st.trials[i];
    std::vector<Cell> row{Cell::integer(t.number), Cell::integer(t.run.value_or(0))};
    for (const auto& v : t.values) row.push_back(Cell::value(v, 4));
    if (st.sweep.objectives.size() > 1) row.push_back(Cell::text(st.front[i] ? "front" : ""));
    for (const std::string& key : d.keys) {
      const auto it = t.params.find(key);
      if (it == t.params.end())
        row.push_back(Cell::text(""));
      else if (it->is_number())
        row.push_back({.html = plain(*it), .sort = it->dump(), .number = true});
      else
        row.push_back(Cell::text(plain(*it)));
    }
    table.add(std::move(row));
  }
  s.html += table.html();
  HtmlTable failures("Trials that failed", {"trial", "parameters", "reason"});
  for (const auto& t : st.trials) {
    if (t.state == "failed") {
      failures.add({Cell::integer(t.number), Cell::text(sweep::params_text(t.params)), Cell::text(t.reason)});
    }
  }
  if (!failures.empty()) s.html += failures.html();
  return s;
}

inline Section sweep_importance_section(const SweepData& d) {
  Section s{.id = "importance", .title = "What mattered", .html = {}};
  if (d.trials.size() < 3) return s;
  HtmlTable table("Share of the objective's variance that each parameter explains by itself (omega squared)",
                  {"parameter", "share"});
  HtmlTable levels("By value", {"parameter", "value", "trials", "mean " + d.objective(), "best"});
  for (const std::string& key : d.keys) {
    std::vector<std::pair<Json, double>> trials;
    for (std::size_t i = 0; i < d.trials.size(); ++i) {
      const auto it = d.trial(i).params.find(key);
      if (it != d.trial(i).params.end()) trials.emplace_back(*it, d.value(i));
    }
    const sweep::Importance one = sweep::importance(key, trials, d.standing.sweep.maximised.front());
    table.add({Cell::text(key),
               {.html = one.share ? fmt::format("<meter min=\"0\" max=\"1\" value=\"{0:.3f}\">{0:.2f}</meter> {0:.2f}",
                                                *one.share)
                                  : "undefined",
                .sort = one.share ? fmt::format("{:.6f}", *one.share) : "",
                .number = true}});
    for (const sweep::Level& l : one.levels) {
      levels.add({Cell::text(key), Cell::text(l.text), Cell::integer(static_cast<std::int64_t>(l.n)),
                  Cell::value(l.mean, 4), Cell::value(l.best, 4)});
    }
  }
  s.html = table.html() + levels.html();
  return s;
}

/// Everything about a sweep. The runs themselves have pages of their own.
inline std::vector<Section> sweep_sections(const SweepData& d) {
  std::vector<Section> out;
  if (!d.trials.empty()) {
    Section charts{.id = "parallel", .title = "Parameters and results", .html = {}};
    if (d.standing.sweep.objectives.size() > 1) detail::draw(charts, detail::front_figure(d));
    detail::draw(charts, detail::parallel_figure(d));
    out.push_back(std::move(charts));
  }
  out.push_back(sweep_importance_section(d));
  if (d.trials.size() > 1) {
    Section slices{.id = "slices", .title = "One parameter at a time", .html = {}};
    for (std::size_t k = 0; k < d.keys.size(); ++k) detail::draw(slices, detail::slice_figure(d, k));
    out.push_back(std::move(slices));
  }
  out.push_back(sweep_ranking_section(d));
  return out;
}

}  // namespace youden::report

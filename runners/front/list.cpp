#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "youden/store/leaderboard.hpp"
#include "youden/store/pareto.hpp"
#include "youden/store/run_json.hpp"
#include "youden/store/sweeps.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using store::Json;

constexpr std::array<std::string_view, 4> kShown{"youden_j", "sensitivity", "specificity", "auc"};
constexpr std::size_t kMostKeys = 8;  // config keys that a terminal has room for

std::string number(const Json& value) {
  return value.is_number() ? fmt::format("{:.3f}", value.get<double>()) : "undefined";
}

/// `0.960 [0.863, 0.995]`; "-" for a run without results.
std::string with_interval(const Json& columns, const std::string& metric) {
  if (columns["part"].is_null()) return "-";
  if (!columns[metric + "_low"].is_number() || !columns[metric + "_high"].is_number()) return number(columns[metric]);
  return fmt::format("{} [{}, {}]", number(columns[metric]), number(columns[metric + "_low"]),
                     number(columns[metric + "_high"]));
}

std::string counts(const Json& columns) {
  if (!columns["n_positive"].is_number() || !columns["n_negative"].is_number()) return "-";
  return columns["n_positive"].dump() + "/" + columns["n_negative"].dump();
}

/// What "best of" means for values that were taken from a test set.
std::string test_set_notes(const store::Leaderboard& board) {
  std::map<std::string, std::vector<const store::RankedRun*>> sets;
  for (const store::RankedRun& r : board.runs) {
    if (r.columns["exploratory"] == 1)
      sets[r.columns["test_hash"].is_string() ? r.columns["test_hash"].get<std::string>() : ""].push_back(&r);
  }
  if (sets.empty()) return {};
  std::string out = "\n* ranked on test values, for want of validation or out-of-fold ones: exploratory";
  for (const auto& [hash, runs] : sets) {
    if (hash.empty()) continue;
    const std::string which =
        sets.size() == 1 ? "" : fmt::format("run {}{}: ", runs.front()->run, runs.size() > 1 ? " and others" : "");
    out += fmt::format("\n  {}best of {} scored on this test set", which, runs.front()->scored);
  }
  return out + "\n";
}

/// `reader=2 site=A`
std::string tags_text(const Json& tags) {
  std::string out;
  for (const auto& [name, value] : tags.items()) {
    out += (out.empty() ? "" : " ") + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return out;
}

/// Names of the tags that any of the runs has.
std::set<std::string> tag_names(const store::Leaderboard& board) {
  std::set<std::string> out;
  for (const store::RankedRun& r : board.runs) {
    for (const auto& [name, value] : r.tags.items()) out.insert(name);
  }
  return out;
}

/// What a sweep adds to its runs: the objectives that ranked them, and whether no other is better in both.
struct SweepView {
  store::SweepRecord sweep;
  std::map<std::int64_t, store::Scores> values;
  std::set<std::int64_t> front = {};

  static SweepView read(store::Database& database, std::int64_t id) {
    SweepView v{.sweep = store::read_sweep(database, id), .values = {}};
    std::vector<store::Scores> points;
    std::vector<std::int64_t> runs;
    for (const auto& t : store::read_trials(database, id)) {
      if (t.state != "completed" || !t.run || t.values.size() != v.sweep.objectives.size()) continue;
      v.values[*t.run] = t.values;
      points.push_back(t.values);
      runs.push_back(*t.run);
    }
    const auto on_front = store::pareto_front(points, v.sweep.maximised);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (on_front[i]) v.front.insert(runs[i]);
    }
    return v;
  }
  [[nodiscard]] bool two() const { return sweep.objectives.size() > 1; }
  [[nodiscard]] Json value(std::int64_t run, std::size_t objective) const {
    const auto it = values.find(run);
    return it == values.end() || !it->second[objective] ? Json() : Json(*it->second[objective]);
  }
  /// Best first by the first objective; trials without one last.
  void sort(std::vector<store::RankedRun>& runs) const {
    std::stable_sort(runs.begin(), runs.end(), [&](const auto& a, const auto& b) {
      const Json x = value(a.run, 0);
      const Json y = value(b.run, 0);
      if (x.is_null() || y.is_null()) return !x.is_null() && y.is_null();
      return sweep.maximised.front() ? x > y : x < y;
    });
  }
};

void print_text(const store::Leaderboard& board, const store::LeaderboardQuery& q, const SweepView* sweep) {
  if (board.runs.empty()) {
    fmt::print("{}\n",
               q.where.empty() && !q.sweep ? "no run yet; `youden train EXPERIMENT.yaml` makes one" : "no run matches");
    return;
  }
  const bool extra =
      std::find(kShown.begin(), kShown.end(), q.sort) == kShown.end() && q.sort != "run" && q.sort != "name";
  store::Table table{{"run", "name"}};
  if (extra) table.columns.push_back(q.sort);
  if (sweep != nullptr) {
    table.columns.insert(table.columns.end(), sweep->sweep.objectives.begin(), sweep->sweep.objectives.end());
    if (sweep->two()) table.columns.emplace_back("front");
  }
  for (const char* title : {"J", "sensitivity", "specificity", "AUC", "n+/n−", "part", "status"}) {
    table.columns.emplace_back(title);
  }
  const std::size_t keys = std::min(board.differing.size(), kMostKeys);
  table.columns.insert(table.columns.end(), board.differing.begin(),
                       board.differing.begin() + static_cast<std::ptrdiff_t>(keys));
  const bool tagged = !tag_names(board).empty();
  if (tagged) table.columns.emplace_back("tags");
  for (const store::RankedRun& r : board.runs) {
    const Json& c = r.columns;
    std::vector<Json> row{r.run, c["name"]};
    if (extra) row.push_back(c[q.sort]);
    for (std::size_t o = 0; sweep != nullptr && o < sweep->sweep.objectives.size(); ++o) {
      row.emplace_back(number(sweep->value(r.run, o)));
    }
    if (sweep != nullptr && sweep->two()) row.emplace_back(sweep->front.contains(r.run) ? "front" : "");
    row.emplace_back(c["part"].is_null() ? "-" : number(c["youden_j"]));
    row.emplace_back(with_interval(c, "sensitivity"));
    row.emplace_back(with_interval(c, "specificity"));
    row.emplace_back(c["part"].is_null() ? "-" : number(c["auc"]));
    row.emplace_back(counts(c));
    row.emplace_back(c["part"].is_null() ? "-" : c["part"].get<std::string>() + (c["exploratory"] == 1 ? "*" : ""));
    row.push_back(c["status"]);
    for (std::size_t k = 0; k < keys; ++k) row.push_back(r.params.value(board.differing[k], Json()));
    if (tagged) row.emplace_back(tags_text(r.tags));
    table.rows.push_back(std::move(row));
  }
  fmt::print("{}{}", table.text(), test_set_notes(board));
  if (keys < board.differing.size()) {
    fmt::print("\n{} more config keys differ; --format csv shows them all\n", board.differing.size() - keys);
  }
}

void print_csv(const store::Leaderboard& board, Json columns) {
  for (const std::string& key : board.differing) columns.push_back(key);
  const std::set<std::string> tags = tag_names(board);
  Json titles = columns;
  for (const std::string& name : tags) titles.push_back("tag." + name);
  fmt::print("{}", store::csv_line(titles));
  for (const store::RankedRun& r : board.runs) {
    Json line = Json::array();
    for (const Json& name : columns) {
      const auto key = name.get<std::string>();
      line.push_back(r.columns.contains(key) ? r.columns[key] : r.params.value(key, Json()));
    }
    for (const std::string& name : tags) line.push_back(r.tags.value(name, Json()));
    fmt::print("{}", store::csv_line(line));
  }
}

Json to_json(store::Database& database, const store::Leaderboard& board, const SweepView* sweep) {
  Json runs = Json::array();
  for (const store::RankedRun& r : board.runs) {
    const Json& c = r.columns;
    Json one{{"run", r.run}, {"uid", c["uid"]}, {"name", c["name"]}, {"status", c["status"]}, {"part", c["part"]}};
    one["exploratory"] = c["exploratory"] == 1;
    one["metrics"] = store::to_json(store::read_pooled(database, r.run));
    one["n_positive"] = c["n_positive"];
    one["n_negative"] = c["n_negative"];
    one["scored_on_this_test_set"] = r.scored > 0 ? Json(r.scored) : Json();
    one["created"] = c["created"];
    one["seconds"] = c["elapsed_s"];
    one["tags"] = r.tags;
    if (sweep != nullptr) {
      one["objectives"] = Json::object();
      for (std::size_t o = 0; o < sweep->sweep.objectives.size(); ++o) {
        one["objectives"][sweep->sweep.objectives[o]] = sweep->value(r.run, o);
      }
      one["front"] = sweep->front.contains(r.run);
    }
    one["config"] = Json::object();
    for (const std::string& key : board.differing) one["config"][key] = r.params.value(key, Json());
    runs.push_back(std::move(one));
  }
  return {{"runs", std::move(runs)}, {"differing", board.differing}};
}

}  // namespace

int command_list(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(in, "[--where EXPR] [--sort METRIC] [--limit N] [--sweep S]",
                 "Ranks runs by their headline values: out-of-fold, else validation, else (exploratory) test.\n"
                 "EXPR is SQL over the columns of the leaderboard, metric ids and config keys in brackets.\n\n"
                 "examples:\n"
                 "  youden list\n"
                 "  youden list --where \"sensitivity > .95 and [head.dropout] < .5\" --sort specificity\n"
                 "  youden list --where \"name like 'covid%' and status = 'completed'\" --sort auc --limit 10\n"
                 "  youden list --where \"[tag.site] = 'north'\"\n"
                 "  youden list --sweep 3                        # its trials, by its objective\n"
                 "  youden list --sort brier --format csv > runs.csv");
  store::LeaderboardQuery q;
  std::int64_t sweep = 0;
  args.options.add_options()("where", po::value(&q.where)->value_name("EXPR"), "only runs for which this holds")(
      "sort", po::value(&q.sort)->value_name("METRIC")->default_value(q.sort),
      "metric id, a limit (auc_low), a leaderboard column, a config key or a tag; best first")(
      "limit", po::value(&q.limit)->value_name("N")->default_value(q.limit), "at most this many runs")(
      "sweep", po::value(&sweep)->value_name("S"), "only the runs of this sweep");
  if (!args.parse(0)) return 0;
  if (q.limit < 1) throw base::ConfigError({fmt::format("--limit is {}; it is 1 or more", q.limit), "command line"});
  if (args.has("sweep")) q.sweep = sweep;
  auto database = store::Database::open_read_only(in.db);
  std::optional<SweepView> view;
  if (q.sweep) view = SweepView::read(database, *q.sweep);
  const auto limit = static_cast<std::size_t>(q.limit);
  const bool by_objective = view && args.values["sort"].defaulted();
  if (by_objective) q.limit = std::numeric_limits<std::int64_t>::max();  // cut where they are in the sweep's order
  store::Leaderboard board = store::rank_runs(database, q);
  if (by_objective) {
    view->sort(board.runs);
    if (board.runs.size() > limit) board.runs.resize(limit);
  }
  const SweepView* sweep_view = view ? &*view : nullptr;
  if (in.format == Format::json) {
    fmt::print("{}\n", to_json(database, board, sweep_view).dump(2, ' ', false, config::kAnyBytes));
  } else if (in.format == Format::csv) {
    print_csv(board, store::column_names(database, "leaderboard"));
  } else {
    print_text(board, q, sweep_view);
  }
  return 0;
}

}  // namespace youden::runner

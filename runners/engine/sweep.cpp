#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "stored_experiment.hpp"
#include "work.hpp"
#include "youden/base/clock.hpp"
#include "youden/base/progress.hpp"
#include "youden/registry/registry.hpp"
#include "youden/store/table.hpp"
#include "youden/sweep/nested_choice.hpp"
#include "youden/sweep/plan.hpp"
#include "youden/sweep/session.hpp"
#include "youden/sweep/standing.hpp"
#include "youden/sweep/worker.hpp"

namespace youden::runner {
namespace {

/// Set in the environment of a worker: the sweep that it works on.
constexpr const char* kWorkerOf = "YOUDEN_SWEEP_WORKER";

std::string trial_command(const Invocation& in, const std::string& exp, const std::vector<std::string>& settings) {
  Invocation alone = in;
  alone.command = "train";
  alone.args = {exp};
  alone.args.insert(alone.args.end(), settings.begin(), settings.end());
  return command_line(alone);
}

struct Asked {
  std::string exp;
  std::vector<std::string> words;  ///< settings and comma lists

  [[nodiscard]] config::Resolved compose(const std::vector<std::string>& settings, const std::string& db) const {
    config::Resolved document = resolve_experiment(registry::catalog(), exp, settings, db);
    check_experiment(document);
    return document;
  }
};

/// The worker's side: no word on stdout, trials from the database until there are none.
int work(const Asked& asked, const sweep::Plan& plan, const Invocation& in, std::int64_t id) {
  const std::string yaml = experiment_text(asked.exp, in.db);
  const auto settings = sweep::comma_lists(asked.words).settings;
  auto db = store::Database::open_read_only(in.db);
  const std::string begun_with = store::read_sweep(db, id).fingerprint;
  // The file is read again for each trial: presets depend on what the trial sets. It must not have changed meanwhile.
  const auto require_unchanged = [&] {
    bool same = false;
    try {
      same = sweep::sweep_fingerprint(asked.compose(settings, in.db).config) == begun_with;
    } catch (const base::ConfigError&) {
      same = false;
    }
    if (!same) {
      throw base::StoreError({"the experiment was changed since this sweep began", asked.exp,
                              "bring it back, or begin a new sweep with name=another-name"},
                             base::Exit::bad_input);
    }
  };
  std::string command;
  sweep::Worker worker(
      in.db, id, plan.objectives,
      [&](const std::vector<std::string>& trial) {
        require_unchanged();
        std::vector<std::string> all = settings;
        all.insert(all.end(), trial.begin(), trial.end());
        command = trial_command(in, asked.exp, all);
        return asked.compose(all, in.db);
      },
      [&](const config::Resolved& document, const std::function<void(std::int64_t)>& claimed) {
        try {
          const run::Outcome done = run_trial(
              {.experiment = document, .db = in.db, .command_line = command, .yaml = yaml, .claimed = claimed});
          return sweep::TrialOutcome{done.run, done.reused, done.prefix_images};
        } catch (const run::Busy& e) {
          throw sweep::Busy({e.what()});
        }
      });
  worker.work();
  return 0;
}

std::string values_of(const sweep::Parameter& p) {
  constexpr double kListed = 1000;
  const auto values = p.count() <= kListed ? p.grid() : std::vector<config::Json>{};
  std::vector<std::string> texts;
  for (const auto& v : values) texts.push_back(v.is_string() ? v.get<std::string>() : v.dump());
  constexpr std::size_t kShown = 12;
  std::string out;
  if (values.empty()) {
    out = p.kind == sweep::Parameter::Kind::choice
              ? fmt::format("{} values", p.choices.size())
              : fmt::format("{:g} to {:g}{}", p.low, p.high,
                            p.kind == sweep::Parameter::Kind::log_uniform ? ", by its logarithm" : "");
  } else if (values.size() > kShown) {
    out = fmt::format("{} to {} ({} values)", texts.front(), texts.back(), texts.size());
  } else {
    out = base::join(texts, ", ");
  }
  return p.when.empty() ? out : out + " (where " + p.when + " is " + config::Json(p.when_values).dump() + ")";
}

/// What it will cost: the first trials of a few groups are measured, the others taken to be like them.
config::Json cost_of(const Asked& asked, const sweep::Plan& plan, const Invocation& in) {
  struct Group {
    const store::TrialRecord* leader = nullptr;
    std::size_t trials = 0;
    double epochs = 0;  ///< of all its trials
  };
  std::map<std::string, Group> groups;
  std::size_t alone = 0;
  for (const auto& t : plan.trials) {
    Group& g = groups[t.feature_group.empty() ? "alone " + std::to_string(alone++) : t.feature_group];
    if (g.leader == nullptr || t.epochs > g.leader->epochs) g.leader = &t;
    ++g.trials;
    g.epochs += t.epochs;
  }
  constexpr std::size_t kMeasured = 3;
  double first = 0;
  double others = 0;
  double first_measured = 0;
  double each_measured = 0;
  std::size_t measured = 0;
  for (const auto& [name, g] : groups) {
    if (measured < kMeasured) {
      auto settings = sweep::comma_lists(asked.words).settings;
      for (std::string& s : sweep::settings_of(g.leader->params)) settings.push_back(std::move(s));
      const config::Json one = plan_of(asked.compose(settings, in.db));
      const double leader = std::max(g.leader->epochs, 1);
      first_measured = (first_measured * static_cast<double>(measured) + one.at("seconds").get<double>() / leader) /
                       static_cast<double>(measured + 1);
      each_measured =
          (each_measured * static_cast<double>(measured) + one.at("cached_seconds").get<double>() / leader) /
          static_cast<double>(measured + 1);
      ++measured;
    }
    first += first_measured * g.leader->epochs;
    others += each_measured * (g.epochs - g.leader->epochs);
  }
  return {{"first_seconds", first}, {"other_seconds", others}};
}

int dry_run(const Asked& asked, const sweep::Plan& plan, const Invocation& in, int workers) {
  const config::Json cost = cost_of(asked, plan, in);
  const double first = cost.at("first_seconds").get<double>();
  const double others = cost.at("other_seconds").get<double>();
  if (in.format == Format::json) {
    config::Json trials = config::Json::array();
    for (const auto& t : plan.trials) trials.push_back(t.params);
    config::Json j{{"name", plan.base.config.at("name")},
                   {"dry_run", true},
                   {"trials", plan.trials.size()},
                   {"feature_groups", plan.groups()},
                   {"seconds", first + others},
                   {"first_seconds", first},
                   {"other_seconds", others},
                   {"params", trials}};
    fmt::print("{}\n", j.dump(2, ' ', false, config::kAnyBytes));
    return 0;
  }
  std::size_t width = 0;
  for (const auto& p : plan.space.parameters()) width = std::max(width, p.key.size());
  fmt::print("{}: nothing was written\n\n", plan.base.config.at("name").get<std::string>());
  for (const auto& p : plan.space.parameters()) fmt::print("  {:<{}}  {}\n", p.key, width, values_of(p));
  fmt::print("\n{} trials, {} {} of frozen features; trials are ranked by", plan.trials.size(), plan.groups(),
             plan.groups() == 1 ? "set" : "sets");
  for (const auto& o : plan.objectives) fmt::print(" {}", o.text);
  fmt::print("\nthe first of each set about {}, the other {} trials about {}{}\n", base::duration_text(first),
             plan.trials.size() - plan.groups(), base::duration_text(others),
             workers > 1 ? fmt::format(" shared by {} workers", workers) : "");
  return 0;
}

void print_standing(store::Database& db, const sweep::Plan& plan, const sweep::Standing& s, const Invocation& in) {
  const sweep::Objective& objective = plan.objectives.front();
  const auto nested = s.open() ? std::nullopt : sweep::nested_choice(db, s, objective);
  if (in.format == Format::json) {
    config::Json j = sweep::standing_json(db, s);
    j["nested"] = nested ? sweep::to_json(*nested, objective) : config::Json();
    fmt::print("{}\n", j.dump(2, ' ', false, config::kAnyBytes));
    return;
  }
  const bool several = s.sweep.objectives.size() > 1;
  store::Table table{{"trial", "run"}};
  for (const std::string& o : s.sweep.objectives) table.columns.push_back(o);
  if (several) table.columns.emplace_back("front");
  std::vector<std::string> keys;
  for (const auto& t : s.trials) {
    for (const auto& [key, value] : t.params.items()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  table.columns.insert(table.columns.end(), keys.begin(), keys.end());
  constexpr std::size_t kShown = 20;
  const std::size_t shown = in.format == Format::csv ? s.ranking.size() : std::min(s.ranking.size(), kShown);
  for (std::size_t r = 0; r < shown; ++r) {
    const auto& t = s.trials[s.ranking[r]];
    std::vector<store::Json> row{t.number, t.run ? store::Json(*t.run) : store::Json()};
    for (const auto& v : t.values) {
      row.push_back(!v                         ? store::Json()
                    : in.format == Format::csv ? store::Json(*v)
                                               : store::Json(fmt::format("{:.4f}", *v)));
    }
    if (several) row.emplace_back(s.front[s.ranking[r]] ? "*" : "");
    for (const std::string& key : keys) row.push_back(t.params.contains(key) ? t.params.at(key) : store::Json());
    table.rows.push_back(std::move(row));
  }
  if (in.format == Format::csv) {
    fmt::print("{}", table.csv());
    return;
  }
  fmt::print(
      "sweep {}  {}  {}\n{} of {} trials completed ({} reused), {} failed, {} open; {} images through the frozen "
      "network; {}\n",
      s.sweep.id, s.sweep.name, s.sweep.state, s.counted("completed"), s.trials.size(), s.reused, s.counted("failed"),
      s.counted("pending") + s.counted("running"), s.prefix_images, base::duration_text(s.sweep.seconds));
  if (!table.rows.empty()) fmt::print("\n{}", table.text());
  if (s.ranking.size() > shown) fmt::print("… and {} more\n", s.ranking.size() - shown);
  for (const auto& t : s.trials) {
    if (t.state == "failed")
      fmt::print("\ntrial {} failed ({}):\n  {}\n", t.number, sweep::params_text(t.params), t.reason);
  }
  if (const auto* best = s.best()) {
    const store::RunRecord run = store::read_run(db, *best->run);
    if (s.exploratory) {
      fmt::print("\nexploratory: ranked on the test part, for there is no other; best of {} scored on this test set\n",
                 store::count_scored(db, run.test_hash));
    } else if (s.ranking.size() > 1) {
      fmt::print("\nthe first is the best of {} by {}, which flatters it: judge it by data that ranked nothing\n",
                 s.ranking.size(), s.sweep.objectives.front());
    }
    if (nested) {
      fmt::print(
          "chosen anew in each fold by its own validation part, the held-out films give {}: that judges the "
          "choice as well\n",
          sweep::nested_text(*nested));
    }
    fmt::print("\nthe best: {} show {};  all: {} list --sweep {}\n", in.program, *best->run, in.program, s.sweep.id);
  }
}

int watch(const Asked& asked, const sweep::Plan& plan, const Invocation& in, std::size_t workers) {
  auto db = store::Database::open(in.db);
  const store::OpenedSweep opened = store::open_sweep(
      db, sweep::record_of(plan, command_line(in), experiment_text(asked.exp, in.db)), plan.trials, !plan.keeps_points);
  const store::SweepRecord record = store::read_sweep(db, opened.id);
  if (opened.created) {
    spdlog::info("sweep {}: {} trials, {} set(s) of frozen features", opened.id, plan.trials.size(), plan.groups());
  } else {
    spdlog::info("sweep {} goes on: {} trials added, {} dropped, {} that failed are tried again", opened.id,
                 opened.added, opened.dropped, opened.retried);
  }
  const base::Stopwatch stopwatch;
  const auto finish = [&] { store::close_session(db, opened.id, stopwatch.seconds()); };
  if (sweep::Standing::read(db, opened.id).open()) {
    ::setenv(kWorkerOf, std::to_string(opened.id).c_str(), 1);
    std::vector<std::string> words{in.program, "sweep", asked.exp};
    words.insert(words.end(), asked.words.begin(), asked.words.end());
    words.insert(words.end(), {"--db", std::filesystem::absolute(in.db).string()});
    sweep::Crew crew(std::filesystem::read_symlink("/proc/self/exe"), words,
                     std::filesystem::absolute(in.db).parent_path() / "sweeps" / record.uid, workers);
    try {
      sweep::Session(db, opened.id, crew).watch();
    } catch (const base::Error&) {
      try {
        finish();
      } catch (const std::exception& e) {  // a database that cannot take the note must not hide the first reason
        spdlog::debug("the session's seconds were not recorded: {}", e.what());
      }
      throw;
    }
  }
  finish();
  const sweep::Standing standing = sweep::Standing::read(db, opened.id);
  print_standing(db, plan, standing, in);
  const bool nothing = standing.counted("completed") == 0 && standing.counted("failed") > 0;
  return nothing ? static_cast<int>(base::Exit::failed) : 0;
}

std::int64_t find(store::Database& db, const sweep::Plan& plan) {
  if (const auto id = store::find_sweep(db, plan.fingerprint)) return *id;
  std::vector<std::string> known;
  for (const auto& s : store::read_sweeps(db)) known.push_back(fmt::format("{} {}", s.id, s.name));
  throw base::ConfigError({"this sweep has not begun", db.path().string(),
                           known.empty() ? "there is none in this database" : "there are: " + base::join(known, ", ")});
}

}  // namespace

int command_sweep(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(
      in, "EXP [key=value…] [key=a,b,c…] [--trials N] [-j N] [--dry-run | --status | --cancel]",
      "Trains every trial of the experiment's `sweep:` section; keys with commas are varied too. What is frozen is\n"
      "computed once for all trials that share it. The same command goes on where it was interrupted, and may\n"
      "be given in other terminals to help; a wider grid or more trials extend the sweep.\n\n"
      "examples:\n"
      "  youden sweep experiments/covid19.yaml head.dropout=0.3,0.5 train.lr=1e-3,1e-4\n"
      "  youden sweep experiments/covid19.yaml backbone=vgg16,mobilenet_v2 -j 2\n"
      "  youden sweep experiments/covid19-sweep.yaml --trials 20 sweep.sampler=sobol\n"
      "  youden sweep experiments/covid19-sweep.yaml --dry-run");
  int trials = 0;
  int workers = 1;
  args.options.add_options()("trials", po::value(&trials)->value_name("N"), "how many (sweep.trials)")(
      "jobs,j", po::value(&workers)->value_name("N")->default_value(1), "processes that work on it here")(
      "dry-run", "print trials, sets of features and cost; write nothing")("status", "how it stands; start nothing")(
      "cancel", "drop the trials that have not begun");
  if (!args.parse(-1)) return 0;
  if (workers < 1 || workers > 256) {
    throw base::ConfigError({fmt::format("-j is {}; it is 1 to 256", workers), "command line"});
  }
  Asked asked{args.first("the experiment"), std::vector(args.words.begin() + 1, args.words.end())};
  if (asked.exp.starts_with("run:")) {  // @last would be another run after the first trial
    auto db = store::Database::open_read_only(in.db);
    asked.exp = "run:" + std::to_string(store::find_run(db, asked.exp.substr(4)));
  }
  if (args.has("trials")) asked.words.push_back("sweep.trials=" + std::to_string(trials));
  const sweep::Plan plan = sweep::make_plan(
      asked.words, [&](const std::vector<std::string>& settings) { return asked.compose(settings, in.db); });
  if (const char* id = std::getenv(kWorkerOf)) return work(asked, plan, in, std::strtoll(id, nullptr, 10));
  if (args.has("dry-run")) return dry_run(asked, plan, in, workers);
  if (args.has("status") || args.has("cancel")) {
    auto db = args.has("cancel") ? store::Database::open(in.db) : store::Database::open_read_only(in.db);
    const std::int64_t id = find(db, plan);
    if (args.has("cancel")) spdlog::info("{} trials dropped", store::cancel_sweep(db, id));
    print_standing(db, plan, sweep::Standing::read(db, id), in);
    return 0;
  }
  return watch(asked, plan, in, static_cast<std::size_t>(workers));
}

}  // namespace youden::runner

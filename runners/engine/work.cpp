#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>

#include "work.hpp"

#include "invocation.hpp"
#include "youden/report/history_plot.hpp"
#include "youden/run/dry_run.hpp"
#include "youden/run/external_evaluation.hpp"
#include "youden/run/training.hpp"
#include "youden/run/verify.hpp"
#include "youden/show/summary.hpp"
#include "youden/store/run_folder.hpp"
#include "youden/store/run_json.hpp"

namespace youden::runner {

void print_run(store::Database& db, const run::Outcome& outcome, const Invocation& in) {
  config::Json j = store::run_json(db, outcome.run);
  if (in.format == Format::json) {
    j["reused"] = outcome.reused;
    j["prefix_images"] = outcome.prefix_images;
    j["cached_features"] = outcome.cached_features;
    fmt::print("{}\n", j.dump(2, ' ', false, config::kAnyBytes));
    return;
  }
  fmt::print("{}\n", show::summary(db, outcome.run));
  for (const auto& [kind, path] : j["artifacts"].items()) {
    if (path.is_string()) fmt::print("{:<10} {}\n", kind, path.get<std::string>());
  }
  if (outcome.cached_features > 0) {
    fmt::print("{:<10} {} from the cache, {} computed\n", "features", outcome.cached_features, outcome.prefix_images);
  }
  fmt::print("run {} is in {}; see it with: {} show {}\n", outcome.run, in.db, in.program, outcome.run);
}

int run_and_report(run::Request request, const Invocation& in) {
  base::Progress progress;
  for (const std::string& note : request.experiment.notes) spdlog::info("{}", note);
  request.db = in.db;
  request.claimed = [format = in.format](std::int64_t run) {
    leave_words(fmt::format("interrupted; run {} keeps its last epoch\n    go on with: youden resume {}", run, run),
                format);
  };
  run::Training training(std::move(request), progress);
  for (const std::string& warning : training.warnings()) spdlog::warn("{}", warning);
  const run::Outcome outcome = training.go();
  if (outcome.reused) spdlog::info("already run {}; --again repeats it", outcome.run);
  return conclude(outcome, in);
}

namespace {

/// Draws a completed run's curves where it has none yet: a kill may have come between its last commit and this.
void draw_curves(const std::filesystem::path& path, std::int64_t run) {
  auto db = store::Database::open_read_only(path);
  const auto folder = store::run_folder(db, store::read_run(db, run).uid);
  const auto artifacts = store::read_artifacts(db, run);
  const bool drawn = std::any_of(artifacts.begin(), artifacts.end(), [](const auto& a) { return a.kind == "plot"; });
  if (drawn && run::leftovers(folder).empty()) return;
  try {
    auto writable = store::Database::reopen(path);
    run::remove_leftovers(writable, run, folder);
    if (!drawn) store::add_artifact(writable, run, "plot", report::plot_history(writable, run, folder));
  } catch (const base::StoreError& e) {
    spdlog::warn("{}", e.what());
  }
}

}  // namespace

int conclude(const run::Outcome& outcome, const Invocation& in) {
  draw_curves(in.db, outcome.run);
  auto db = store::Database::open_read_only(in.db);
  print_run(db, outcome, in);
  return 0;
}

run::Outcome run_trial(run::Request request) {
  base::Progress silent(true);
  const std::filesystem::path db = request.db;
  const run::Outcome outcome = run::Training(std::move(request), silent).go();
  draw_curves(db, outcome.run);
  return outcome;
}

config::Json plan_of(const config::Resolved& document) {
  base::Progress progress;
  return run::dry_run(document, progress);
}

void check_experiment(const config::Resolved& document) { run::Experiment::from(document); }

std::string command_line(const Invocation& in) {
  std::string out = in.program + " " + in.command;
  for (const std::string& word : in.args) {
    const bool plain = word.find_first_of(" \t\n\"'$&|;<>(){}[]*?#~`\\") == std::string::npos && !word.empty();
    out += " " + (plain ? word : "'" + word + "'");
  }
  return out;
}

void print_dry_run(const config::Resolved& document, const Invocation& in) {
  const config::Json plan = plan_of(document);
  fmt::print("{}",
             in.format == Format::json ? plan.dump(2, ' ', false, config::kAnyBytes) + "\n" : run::dry_run_text(plan));
}

ExternalDone evaluate_external(store::Database& db, const store::RunRecord& run, const config::Resolved& document,
                               const std::string& name, bool again) {
  base::Progress progress;
  auto done =
      run::evaluate_external(db, run, {run::Experiment::fields().parse(document.config), name, again}, progress);
  return {std::move(done.part), done.reused, std::move(done.warnings)};
}

std::optional<std::string> verify(store::Database& db, const store::RunRecord& run, const config::Resolved& document) {
  base::Progress progress;
  return run::verify(db, run, document, progress);
}

}  // namespace youden::runner

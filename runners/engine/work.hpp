#pragma once
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "youden/config/check.hpp"
#include "youden/run/request.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::runner {

// What the commands need of run/, compiled once in work.cpp: those headers cost a minute a translation unit.

/// Trains (or resumes), draws the plot, prints the result.
int run_and_report(run::Request request, const Invocation& in);
/// The plot of a completed run, where it is still to be drawn, and its result. Returns the exit code.
int conclude(const run::Outcome& outcome, const Invocation& in);
/// Results of a run on stdout, as text or as the JSON contract says.
void print_run(store::Database& db, const run::Outcome& outcome, const Invocation& in);
/// The plan of `train --dry-run`, on stdout.
void print_dry_run(const config::Resolved& document, const Invocation& in);
/// The first difference between a stored run and its repetition, or nothing.
std::optional<std::string> verify(store::Database& db, const store::RunRecord& run, const config::Resolved& document);
/// What `evaluate RUN --on DATASET` did.
struct ExternalDone {
  std::string part;
  bool reused = false;  ///< the very samples are there under that name
  std::vector<std::string> warnings = {};
};
/// Scores the dataset of `document` with the run's models and stores it as part external:NAME.
ExternalDone evaluate_external(store::Database& db, const store::RunRecord& run, const config::Resolved& document,
                               const std::string& name, bool again);
/// The command as it was typed, for the database.
std::string command_line(const Invocation& in);

}  // namespace youden::runner

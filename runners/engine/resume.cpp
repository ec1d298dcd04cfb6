#include <spdlog/spdlog.h>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "stored_experiment.hpp"
#include "work.hpp"
#include "youden/registry/registry.hpp"
#include "youden/run/stored_threads.hpp"

namespace youden::runner {

int command_resume(const Invocation& in) {
  Arguments args(in, "RUN",
                 "Continues an interrupted run; its numbers come out as if it had never stopped.\n\n"
                 "examples:\n"
                 "  youden resume 7\n"
                 "  youden resume @last");
  if (!args.parse(1)) return 0;
  auto db = store::Database::open_read_only(in.db);
  const auto id = store::find_run(db, args.first("the run"));
  const store::RunRecord run = store::read_run(db, id);
  if (run.status == "completed") {
    spdlog::info("run {} is completed; nothing is left to do", id);
    return conclude({.run = id, .reused = true}, in);
  }
  run::Request request{
      .experiment = stored_document(registry::catalog(), run), .db = {}, .command_line = run.command_line};
  request.threads = run::stored_threads(db, id);
  request.resume = id;
  return run_and_report(std::move(request), in);
}

}  // namespace youden::runner

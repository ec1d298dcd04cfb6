#include <fmt/format.h>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "stored_experiment.hpp"
#include "work.hpp"
#include "youden/registry/registry.hpp"

namespace youden::runner {

int command_rerun(const Invocation& in) {
  Arguments args(
      in, "RUN [--verify]",
      "Runs the stored configuration of a completed run again, from the images on.\n"
      "With --verify nothing is kept: every history value, prediction and model byte is compared with the stored\n"
      "one; exit 3 when any differs. Without it, the repetition is stored as a run of its own.\n\n"
      "example:\n"
      "  youden rerun 7 --verify");
  args.options.add_options()("verify", "compare with what was stored, keep nothing");
  if (!args.parse(1)) return 0;
  auto db = store::Database::open_read_only(in.db);
  const store::RunRecord run = store::read_run(db, store::find_run(db, args.first("the run")));
  if (!args.has("verify")) {
    run::Request request{.experiment = stored_document(registry::catalog(), run),
                         .db = {},
                         .command_line = command_line(in),
                         .again = true};
    return run_and_report(std::move(request), in);
  }
  if (run.status != "completed") {
    throw base::ConfigError({fmt::format("run {} is {}; only a completed run can be verified", run.id, run.status),
                             {},
                             fmt::format("finish it first: {} resume {}", in.program, run.id)});
  }
  const auto difference = verify(db, run, stored_document(registry::catalog(), run));
  if (in.format == Format::json) {
    fmt::print("{}\n", config::Json{{"run", run.id},
                                    {"identical", !difference},
                                    {"first_difference", difference ? config::Json(*difference) : config::Json()}}
                           .dump(2, ' ', false, config::kAnyBytes));
  } else {
    fmt::print("{}\n",
               difference ? "run " + std::to_string(run.id) + " differs: " + *difference
                          : fmt::format("run {} is identical: every history value, prediction and model byte", run.id));
  }
  return static_cast<int>(difference ? base::Exit::check_said_no : base::Exit::done);
}

}  // namespace youden::runner

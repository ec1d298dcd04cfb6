#include <fmt/format.h>

#include <string>
#include <vector>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "stored_experiment.hpp"
#include "work.hpp"
#include "youden/registry/registry.hpp"

namespace youden::runner {

int command_train(const Invocation& in) {
  Arguments args(in, "EXP [key=value…] [--again] [--dry-run]",
                 "Trains one experiment: all its folds and replicates. EXP is a file, or run:RUN with changes.\n\n"
                 "examples:\n"
                 "  youden train experiments/quickstart.yaml\n"
                 "  youden train experiments/covid19.yaml dataset.root=data/covid19 backbone.weights=null\n"
                 "  youden train run:7 head.dropout=0.3\n"
                 "  youden train experiments/quickstart.yaml --dry-run");
  args.options.add_options()("again", "run again even if the same experiment was completed")(
      "dry-run", "check everything and say what would be done; write nothing");
  if (!args.parse(-1)) return 0;
  const std::string exp = args.first("the experiment");
  run::Request request{.experiment = resolve_experiment(registry::catalog(), exp,
                                                        std::vector(args.words.begin() + 1, args.words.end()), in.db),
                       .db = {},
                       .command_line = command_line(in),
                       .yaml = experiment_text(exp, in.db),
                       .again = args.has("again")};
  if (args.has("dry-run")) {
    print_dry_run(request.experiment, in);
    return 0;
  }
  return run_and_report(std::move(request), in);
}

}  // namespace youden::runner

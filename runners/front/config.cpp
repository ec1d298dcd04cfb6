#include <fmt/format.h>

#include <string>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "stored_experiment.hpp"
#include "youden/base/streams.hpp"
#include "youden/config/print.hpp"

namespace youden::runner {

int command_config(const Invocation& in) {
  Arguments args(in, "EXP [key=value…]",
                 "Prints the resolved experiment as YAML; a comment says where each value was written.\n\n"
                 "examples:\n"
                 "  youden config experiments/covid19.yaml\n"
                 "  youden config experiments/covid19.yaml backbone=mobilenet_v2 train.epochs=5\n"
                 "  youden config run:7");
  if (!args.parse(-1)) return 0;
  const std::string exp = args.first("the experiment");
  const auto resolved =
      resolve_experiment(load_catalog(), exp, std::vector(args.words.begin() + 1, args.words.end()), in.db);
  for (const std::string& note : resolved.notes) base::print_err("note: {}\n", note);
  if (in.format == Format::json) {
    fmt::print("{}\n", resolved.config.dump(2, ' ', false, config::kAnyBytes));
  } else {
    fmt::print("{}", config::to_yaml(resolved));
  }
  return 0;
}

}  // namespace youden::runner

#include <fmt/format.h>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "youden/config/json_schema.hpp"

namespace youden::runner {

int command_schema(const Invocation& in) {
  Arguments args(in, "",
                 "Prints the JSON Schema of experiments, for completion and checking in an editor.\n\n"
                 "example:\n"
                 "  youden schema > configs/experiment.schema.json\n"
                 "and in an experiment's first lines:\n"
                 "  # yaml-language-server: $schema=../configs/experiment.schema.json");
  if (!args.parse(0)) return 0;
  const config::Catalog catalog = load_catalog();
  fmt::print("{}\n", config::JsonSchema(catalog).document().dump(2, ' ', false, config::kAnyBytes));
  return 0;
}

}  // namespace youden::runner

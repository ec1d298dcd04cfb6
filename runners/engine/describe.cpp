#include "arguments.hpp"
#include "engine_commands.hpp"
#include "youden/base/atomic_file.hpp"
#include "youden/registry/registry.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/versions.hpp"

namespace youden::runner {

/// Used by the build: writes what every component says of itself, and the build's versions, for the front.
int command_describe(const Invocation& in) {
  Arguments args(in, "FILE", "Writes the description of every component as JSON.");
  if (!args.parse(1)) return 0;
  config::Json description = registry::catalog().to_json();
  for (const auto& [name, version] : run::build_versions()) description["versions"][name] = version;
  base::write_atomically(args.first("the file"), description.dump(1) + "\n");
  return 0;
}

}  // namespace youden::runner

#include <string>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "engine_commands.hpp"
#include "youden/base/atomic_file.hpp"
#include "youden/registry/registry.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/versions.hpp"

namespace youden::runner {
namespace {

/// `words` after the command's name choose among its sub-commands.
config::Json description_of(const std::string& command, const std::vector<std::string>& words, const Invocation& in) {
  CommandDescription said;
  Invocation asking{.program = in.program, .command = command, .args = words, .db = in.db};
  asking.describe = &said;
  engine_commands().at(command)(asking);
  config::Json options = config::Json::array();
  for (const auto& option : said.options) options.push_back({{"name", option.name}, {"value", option.takes_value}});
  return {{"synopsis", said.synopsis}, {"help", said.help}, {"text", said.options_text}, {"options", options}};
}

}  // namespace

/// Used by the build: writes what every component and command says of itself, and the build's versions, for the front.
int command_describe(const Invocation& in) {
  Arguments args(in, "FILE", "Writes the description of every component as JSON.");
  if (!args.parse(1)) return 0;
  config::Json description = registry::catalog().to_json();
  for (const auto& [name, version] : run::build_versions()) description["versions"][name] = version;
  for (const auto& [name, function] : engine_commands()) description["commands"][name] = description_of(name, {}, in);
  for (const std::string& what : kSubcommands.at("data")) {  // each has options of its own
    description["commands"]["data " + what] = description_of("data", {what}, in);
  }
  base::write_atomically(args.first("the file"), description.dump(1) + "\n");
  return 0;
}

}  // namespace youden::runner

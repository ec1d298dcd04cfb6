#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "youden/base/error.hpp"
#include "youden/base/read_file.hpp"

namespace youden::runner {

config::Json load_description() {
  namespace fs = std::filesystem;
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const std::string own = program.stem().string() + "-components.json";
  const fs::path bin = program.parent_path();
  const fs::path share = bin / ".." / "share" / "youden";
  for (const fs::path& path : std::array{bin / own, bin / "components.json", share / own, share / "components.json"}) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) continue;
    try {
      return config::Json::parse(base::read_file<base::ConfigError>(path, {.what = "the list of components"}));
    } catch (const config::Json::exception&) {
      throw base::ConfigError({"the list of components is damaged", path.string(), "build or install Youden again"});
    }
  }
  throw base::ConfigError({"the list of components is missing", (bin / "components.json").string(),
                           "build or install Youden again: the build writes it"});
}

bool engine_would_go_on(const Invocation& in) {
  const auto is_option = [](const std::string& word) { return word.starts_with('-') && word.size() > 1; };
  if (std::none_of(in.args.begin(), in.args.end(), is_option)) return true;
  const config::Json commands = load_description().value("commands", config::Json::object());
  Invocation asked = in;
  std::string name = in.command;
  if (commands.contains(name + " " + in.args.front())) {
    name += " " + in.args.front();
    asked.args.erase(asked.args.begin());
  }
  if (!commands.contains(name)) return true;
  const config::Json& d = commands[name];
  CommandDescription said{.synopsis = d.at("synopsis"), .help = d.at("help"), .options_text = d.at("text")};
  for (const config::Json& option : d.at("options")) said.options.push_back({option.at("name"), option.at("value")});
  asked.command = name;
  return Arguments(asked, said).parse(-1);
}

config::Catalog load_catalog() { return config::Catalog::from_json(load_description()); }

}  // namespace youden::runner

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "front_commands.hpp"
#include "youden/base/error.hpp"

namespace youden::runner {

config::Json load_description() {
  namespace fs = std::filesystem;
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const std::string own = program.stem().string() + "-components.json";
  const fs::path bin = program.parent_path();
  const fs::path share = bin / ".." / "share" / "youden";
  for (const fs::path& path : std::array{bin / own, bin / "components.json", share / own, share / "components.json"}) {
    std::ifstream in(path);
    if (!in) continue;
    try {
      return config::Json::parse(in);
    } catch (const config::Json::exception&) {
      throw base::ConfigError({"the list of components is damaged", path.string(), "build or install Youden again"});
    }
  }
  throw base::ConfigError({"the list of components is missing", (bin / "components.json").string(),
                           "build or install Youden again: the build writes it"});
}

config::Catalog load_catalog() { return config::Catalog::from_json(load_description()); }

}  // namespace youden::runner

#include <array>
#include <filesystem>
#include <string>

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

config::Catalog load_catalog() { return config::Catalog::from_json(load_description()); }

}  // namespace youden::runner

#pragma once
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace youden::config {

/// Where paths and presets are looked up.
struct Project {
  std::filesystem::path root;                         ///< paths in YAML are relative to it
  std::vector<std::filesystem::path> preset_folders;  ///< in order of precedence

  /// configs/<group>/<name>.yaml of the first folder that has it.
  [[nodiscard]] std::optional<std::filesystem::path> preset(const std::string& group_and_name) const {
    std::error_code ignored;
    for (const auto& folder : preset_folders) {
      auto path = folder / (group_and_name + ".yaml");
      if (std::filesystem::is_regular_file(path, ignored)) return path;
    }
    return {};
  }
  [[nodiscard]] std::vector<std::string> preset_names(const std::string& group) const {
    std::set<std::string> names;
    std::error_code ignored;
    for (const auto& folder : preset_folders) {
      for (std::filesystem::directory_iterator it(folder / group, ignored), end; it != end; it.increment(ignored)) {
        if (it->path().extension() == ".yaml") names.insert(it->path().stem().string());
      }
    }
    return {names.begin(), names.end()};
  }
  [[nodiscard]] std::vector<std::string> preset_groups() const {
    std::set<std::string> names;
    std::error_code ignored;
    for (const auto& folder : preset_folders) {
      for (std::filesystem::directory_iterator it(folder, ignored), end; it != end; it.increment(ignored)) {
        if (it->is_directory(ignored)) names.insert(it->path().filename().string());
      }
    }
    return {names.begin(), names.end()};
  }
};

/// The nearest ancestor of `from` (itself included) that holds configs/.
inline std::optional<std::filesystem::path> ancestor_with_configs(const std::filesystem::path& from) {
  std::error_code ignored;
  for (auto dir = std::filesystem::weakly_canonical(from, ignored);; dir = dir.parent_path()) {
    if (std::filesystem::is_directory(dir / "configs", ignored)) return dir;
    if (dir == dir.parent_path()) return {};
  }
}

/// The project of an experiment file (may be empty: then of the working directory). Presets come from the project,
/// `$YOUDEN_CONFIGS`, then what was installed with the program or stands above it.
inline Project find_project(const std::filesystem::path& experiment) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path here = fs::current_path(ignored);
  std::optional<fs::path> root;
  if (!experiment.empty()) root = ancestor_with_configs(fs::absolute(experiment).parent_path());
  if (!root) root = ancestor_with_configs(here);

  Project project{.root = root.value_or(here), .preset_folders = {}};
  if (root) project.preset_folders.push_back(*root / "configs");
  if (const char* extra = std::getenv("YOUDEN_CONFIGS"); extra && *extra) project.preset_folders.emplace_back(extra);
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) {
    const fs::path bin = program.parent_path();
    project.preset_folders.push_back(bin / ".." / "share" / "youden" / "configs");
    if (const auto above = ancestor_with_configs(bin)) project.preset_folders.push_back(*above / "configs");
  }
  return project;
}

}  // namespace youden::config

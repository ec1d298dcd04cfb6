#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/partial.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::data {

/// Where `copy_films` puts each film below its folder: `<label>/<file name>`, a number before the extension where names
/// clash, whatever their case (file systems differ). Labels lose what a folder's name may not hold.
inline std::vector<std::string> copy_names(const std::vector<sample::Sample>& samples) {
  const auto safe = [](const std::string& label) {
    std::string out;
    for (const char c : label) out += c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ? '_' : c;
    return out.empty() || out.front() == '.' ? "_" + out : out;
  };
  std::set<std::string> taken;
  std::map<std::string, std::string> folders;
  for (const sample::Sample& s : samples) {
    if (folders.contains(s.label)) continue;
    std::string name = safe(s.label);
    for (int n = 2; !taken.insert(base::lower(name)).second; ++n) name = safe(s.label) + "-" + std::to_string(n);
    folders[s.label] = name;
  }
  std::vector<std::string> out;
  for (const sample::Sample& s : samples) {
    const std::filesystem::path file = std::filesystem::path(s.path).filename();
    std::string name = folders[s.label] + "/" + file.string();
    for (int n = 2; !taken.insert(base::lower(name)).second; ++n) {
      name = folders[s.label] + "/" + file.stem().string() + "-" + std::to_string(n) + file.extension().string();
    }
    out.push_back(name);
  }
  return out;
}

/// Throws ConfigError where `folder` is there and holds something: its films would mix with the new ones.
inline void require_empty_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return;
  if (!std::filesystem::is_directory(folder, error) || !std::filesystem::is_empty(folder, error)) {
    throw base::ConfigError({"the folder is there already and not empty", folder.string(),
                             "its films would mix with the new ones: name another folder, or remove this one"});
  }
}

/// The folder layout of source `image_folder`, `folder/<label>/<film>`. The folder appears whole or not at all. Throws
/// ConfigError where it holds something already, StoreError with the system's reason.
inline void copy_films(const std::vector<sample::Sample>& samples, const std::filesystem::path& folder,
                       base::Progress& progress) {
  namespace fs = std::filesystem;
  require_empty_folder(folder);
  fs::path target = fs::absolute(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  base::Partial partial(target, base::Readable::as_umask_says, base::Partial::Kind::folder);
  try {
    const auto names = copy_names(samples);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (base::interrupted()) throw base::Interrupted({"interrupted; nothing was copied", target.string()});
      fs::create_directories((partial.path() / names[i]).parent_path());
      fs::copy_file(samples[i].path, partial.path() / names[i]);
      progress.update("copies", i + 1, samples.size());
    }
    partial.commit();
  } catch (const fs::filesystem_error& e) {
    throw base::StoreError({"the films cannot be copied: " + e.code().message(),
                            (e.path1().empty() ? target : e.path1()).string(),
                            "check free space, and that the folder is writable"});
  }
}

}  // namespace youden::data

#pragma once
#include <fcntl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "youden/base/descriptor.hpp"
#include "youden/base/error.hpp"

namespace youden::runner {

/// The first bytes of a file, as many as there are of 4096; none of what cannot be opened or is no file.
inline std::string file_head(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  const base::Descriptor file(path, O_RDONLY | O_NONBLOCK);
  if (ignored || !file.is_open()) return {};
  std::string head(std::min<std::uintmax_t>(size, 4096), '\0');
  return file.read(0, std::as_writable_bytes(std::span(head))) ? head : std::string();
}

/// Refuses a place where something is that the command did not write: it would be lost. `own`: whether a file that
/// begins so is one of the command's; an empty one is anybody's. `instead`: what to do, "name another page with -o".
inline void require_replaceable(const std::filesystem::path& path, const std::function<bool(std::string_view)>& own,
                                const std::string& instead) {
  std::error_code ignored;
  const auto there = std::filesystem::symlink_status(path, ignored);
  if (!std::filesystem::exists(there)) return;
  if (!std::filesystem::is_regular_file(there)) {
    throw base::ConfigError({"this is there and no file", path.string(), instead});
  }
  if (std::filesystem::file_size(path, ignored) == 0 || own(file_head(path))) return;
  throw base::ConfigError({"this file is there already and not one that the command wrote", path.string(),
                           instead + ", or remove the file first"});
}

}  // namespace youden::runner

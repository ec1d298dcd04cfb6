#pragma once
#include <filesystem>
#include <string>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"

namespace youden::data {

/// The absolute path of what a table names, below `root`; a fault where it leads out of it. Lexical: links inside the
/// root are the owner's own.
inline std::string confined(const std::filesystem::path& root, const std::string& written, const std::string& place,
                            const std::string& remedy, base::Faults& faults) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path top = fs::absolute(root, ignored).lexically_normal();
  const fs::path path = (top / written).lexically_normal();
  const fs::path inside = path.lexically_relative(top);
  if (inside.empty() || *inside.begin() == ".." || inside == ".") {
    faults.add("the path '" + base::excerpt(written) + "' leads out of " + top.string(), place, remedy);
  }
  return path.string();
}

}  // namespace youden::data

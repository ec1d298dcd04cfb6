#pragma once
#include <cstdlib>
#include <string>

namespace youden::base {

/// `~` and `~/films` mean the home folder wherever a person writes a path; a shell sees to it only at a word's start.
/// Where there is no home, and for another user's (`~ann/films`), the text stays as it is.
inline std::string expand_home(const std::string& written) {
  if (written != "~" && !written.starts_with("~/")) return written;
  const char* home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? written : home + written.substr(1);
}

}  // namespace youden::base

#pragma once
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstddef>
#include <string>

namespace youden::base {

/// Cut to the width of stderr's terminal (80 where it has none), counting code points, so that no line wraps.
inline std::string clip_to_terminal(const std::string& line) {
  winsize size{};
  const std::size_t columns = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if ((static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U && ++seen > columns - 1) return line.substr(0, i);
  }
  return line;
}

}  // namespace youden::base

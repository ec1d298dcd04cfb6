#pragma once
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/streams.hpp"
#include "youden/base/terminal.hpp"

namespace youden::base {

/// A few lines at the bottom of a terminal (stderr) that are drawn anew in place; elsewhere only what `leave()` prints.
class LiveLines {
 public:
  LiveLines() : live_(::isatty(STDERR_FILENO) != 0) {}
  LiveLines(const LiveLines&) = delete;
  LiveLines& operator=(const LiveLines&) = delete;
  ~LiveLines() { wipe(); }

  void draw(const std::vector<std::string>& lines) {
    if (!live_) return;
    wipe();
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1;
    drawn_ = std::min<std::size_t>(lines.size(), known ? size.ws_row - 1U : 24U);  // what scrolled away cannot be wiped
    for (std::size_t i = 0; i < drawn_; ++i) base::print_err("{}\n", clip(lines[i]));
    std::fflush(stderr);
  }
  /// Prints a line that stays, above what is drawn.
  void leave(std::string_view line) {
    wipe();
    base::print_err("{}\n", line);
    std::fflush(stderr);
  }
  [[nodiscard]] bool live() const noexcept { return live_; }

 private:
  void wipe() {
    if (drawn_ > 0) base::print_err("\x1b[{}A\x1b[J", drawn_);
    drawn_ = 0;
  }
  static std::string clip(std::string line) {
    std::replace_if(
        line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return clip_to_terminal(line);
  }

  bool live_;
  std::size_t drawn_ = 0;
};

}  // namespace youden::base

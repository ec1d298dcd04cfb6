#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "youden/base/clock.hpp"
#include "youden/base/streams.hpp"
#include "youden/base/terminal.hpp"

namespace youden::base {

/// `1:07`, `2:03:09`, or `14 s` under a minute.
inline std::string duration_text(double seconds) {
  const auto s = std::lround(seconds);
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

/// A live bar on stderr when it is a terminal; otherwise silent until `finish_line`, which prints one plain line.
class Progress {
 public:
  explicit Progress(bool quiet = false) : quiet_(quiet), live_(::isatty(STDERR_FILENO) != 0) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { wipe(); }

  /// Redraws the bar, at most 10 times a second (always when done == total).
  void update(std::string_view label, std::size_t done, std::size_t total, std::string_view note = {}) {
    if (quiet_ || !live_) return;
    if (done < total && drawn_ && since_.seconds() < 0.1) return;
    since_ = {};
    drawn_ = true;
    constexpr std::size_t kWidth = 24;
    const std::size_t full = total == 0 ? kWidth : std::min(done, total) * kWidth / total;
    std::string line =
        fmt::format("{} [{:━<{}}{:·<{}}] {}/{} {}", label, "", full, "", kWidth - full, done, total, note);
    base::print_err("\r\x1b[K{}", clip_to_terminal(line));
    std::fflush(stderr);
  }
  /// Leaves `line` on the screen and starts afresh below it.
  void finish_line(std::string_view line) {
    if (quiet_) return;
    wipe();
    base::print_err("{}\n", line);
    std::fflush(stderr);
  }
  [[nodiscard]] bool live() const noexcept { return live_ && !quiet_; }

 private:
  void wipe() {
    if (!drawn_) return;
    base::print_err("\r\x1b[K");
    std::fflush(stderr);
    drawn_ = false;
  }

  bool quiet_;
  bool live_;
  bool drawn_ = false;
  Stopwatch since_;
};

}  // namespace youden::base

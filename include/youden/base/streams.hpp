#pragma once
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include "youden/base/interrupt.hpp"

namespace youden::base {

/// Called first in main(). A stream that was closed before the program began becomes /dev/null, so that no database is
/// opened as number 2 and written over by a warning; a reader that went away is an error of a write, not a death.
inline void settle_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    const int null = ::open("/dev/null", O_RDWR);  // gets the lowest number that is free, which is fd
    if (null > fd) ::close(null);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes (ulimit -f) is then a failed write, which has a message
}

/// Text for people on stderr. That nobody can read it stops nothing.
template <class... T>
void print_err(fmt::format_string<T...> format, T&&... values) {
  const std::string text = fmt::format(format, std::forward<T>(values)...);
  if (std::fwrite(text.data(), 1, text.size(), stderr) != text.size()) std::clearerr(stderr);
}

/// Called last in main(): results that did not reach stdout are no success. Returns the exit code.
inline int finish_output(int code) {
  end_in_peace();
  const bool lost = std::ferror(stdout) != 0;
  if (std::fflush(stdout) == 0 && !lost) return code;
  if (errno != EPIPE) print_err("error: the output could not be written: {}\n", std::strerror(errno));
  return code == 0 ? 1 : code;
}

}  // namespace youden::base

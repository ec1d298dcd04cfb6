#pragma once
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <system_error>
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

/// Called last in main(): results that did not reach stdout are no success. Returns the exit code. `failure`: what
/// ended the command. Where that is the write itself, it alone still knows the reason.
inline int finish_output(int code, const std::exception* failure = nullptr) {
  end_in_peace();
  const bool lost = std::ferror(stdout) != 0;
  int reason = std::fflush(stdout) == 0 ? 0 : errno;
  if (reason == 0 && !lost) return code;
  if (const auto* refused = dynamic_cast<const std::system_error*>(failure); refused != nullptr && reason == 0) {
    reason = refused->code().value();
  }
  if (reason != EPIPE) {
    print_err("error: the output could not be written{}\n",
              reason == 0 ? "" : std::string(": ") + std::strerror(reason));
  }
  return code == 0 ? 1 : code;
}

}  // namespace youden::base

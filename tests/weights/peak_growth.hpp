#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <fstream>
#include <functional>
#include <limits>
#include <string>

namespace youden::test {

inline std::size_t status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoull(line.substr(field.size() + 1)) * 1024;
  }
  return 0;
}

/// By how many bytes `work` makes a process of its own grow at its peak, whoever allocates; the largest number where
/// that process does not end well.
inline std::size_t peak_growth(const std::function<void()>& work) {
  int pipe[2];
  if (::pipe(pipe) != 0) return std::numeric_limits<std::size_t>::max();
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, SIG_DFL);
    const std::size_t before = status_bytes("VmSize");
    int code = 0;
    try {
      work();
    } catch (...) {
      code = 1;
    }
    const std::size_t growth = status_bytes("VmPeak") - before;
    if (::write(pipe[1], &growth, sizeof growth) != sizeof growth) code = 2;
    ::_exit(code);
  }
  ::close(pipe[1]);
  std::size_t growth = std::numeric_limits<std::size_t>::max();
  const bool told = ::read(pipe[0], &growth, sizeof growth) == sizeof growth;
  ::close(pipe[0]);
  int status = 1;
  ::waitpid(child, &status, 0);
  return told && status == 0 ? growth : std::numeric_limits<std::size_t>::max();
}

}  // namespace youden::test

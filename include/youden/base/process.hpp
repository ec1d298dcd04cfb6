#pragma once
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/interrupt.hpp"

namespace youden::base {

/// What a program left behind. `code` is 128 + signal where a signal ended it, as a shell says.
struct ProcessResult {
  bool started = false;  ///< false: there is no such program on the PATH, or it may not be run
  int code = -1;
  std::string out = {};
  std::string err = {};
};

/// Runs a program found on the PATH to its end, without a shell, with nothing on its stdin. `watch` sees what it has
/// said on stdout so far, about five times a second. An interrupt of ours ends it (SIGTERM); the caller asks
/// `interrupted()`. What either stream says beyond a megabyte is read and dropped.
inline ProcessResult run_process(std::vector<std::string> words,
                                 const std::function<void(const std::string& out)>& watch = {}) {
  constexpr std::size_t kMost = std::size_t{1} << 20U;
  ProcessResult result;
  std::array<int, 2> out{-1, -1};
  std::array<int, 2> err{-1, -1};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) return result;
  if (::pipe2(err.data(), O_CLOEXEC) != 0) {
    for (const int fd : out) ::close(fd);
    return result;
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t streams;
  ::posix_spawn_file_actions_init(&streams);
  ::posix_spawn_file_actions_addopen(&streams, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&streams, out[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&streams, err[1], STDERR_FILENO);
  pid_t child = -1;
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;  // signals that this process ignores (base/streams.hpp) are not to be ignored by another program
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::sigaddset(&defaults, SIGXFSZ);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  result.started = ::posix_spawnp(&child, argv[0], &streams, &attributes, argv.data(), environ) == 0;
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&streams);
  ::close(out[1]);
  ::close(err[1]);

  std::array<pollfd, 2> open{pollfd{out[0], POLLIN, 0}, pollfd{err[0], POLLIN, 0}};
  const std::array<std::string*, 2> said{&result.out, &result.err};
  bool told = false;
  while (result.started && (open[0].fd >= 0 || open[1].fd >= 0)) {
    ::poll(open.data(), open.size(), 200);
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (open[i].fd < 0 || open[i].revents == 0) continue;
      std::array<char, 4096> block{};
      const ssize_t n = ::read(open[i].fd, block.data(), block.size());
      if (n > 0 && said[i]->size() < kMost) said[i]->append(block.data(), static_cast<std::size_t>(n));
      if (n == 0 || (n < 0 && errno != EINTR)) open[i].fd = -1;
      open[i].revents = 0;
    }
    if (watch) watch(result.out);
    if (interrupted() && !told) {
      ::kill(child, SIGTERM);
      told = true;
    }
  }
  ::close(out[0]);
  ::close(err[0]);
  if (!result.started) return result;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace youden::base

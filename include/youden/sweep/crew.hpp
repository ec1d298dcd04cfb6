#pragma once
#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"

namespace youden::sweep {

/// The worker processes of one session. Each writes what it has to say into a file of its own; one that is killed is
/// replaced. They form a process group of their own each, so that a Ctrl-C reaches them once, by way of `stop()`.
class Crew {
 public:
  /// `program`: a path; `words`: its arguments, the name it goes by first. `logs`: a folder.
  Crew(std::filesystem::path program, std::vector<std::string> words, std::filesystem::path logs, std::size_t size)
      : program_(std::move(program)), words_(std::move(words)), logs_(std::move(logs)), workers_(size, -1) {
    std::filesystem::create_directories(logs_);
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() {
    stop();
    while (alive() > 0) wait_for_one();
  }

  void start() {
    for (std::size_t i = 0; i < workers_.size(); ++i) spawn(i);
  }
  /// Reaps those that have ended. Who neither finished nor was asked to stop has died, and is replaced where `replace`.
  /// Returns how many have died.
  std::size_t tend(bool replace) {
    std::size_t died = 0;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      int status = 0;
      if (workers_[i] < 0 || ::waitpid(workers_[i], &status, WNOHANG) != workers_[i]) continue;
      workers_[i] = -1;
      const bool in_order = WIFEXITED(status) && WEXITSTATUS(status) == 0;
      if (in_order || stopped_) continue;
      ++died;
      last_death_ = log(i);
      if (replace) spawn(i);
    }
    return died;
  }
  /// Asks all to stop after their step; they keep what they have.
  void stop() {
    if (std::exchange(stopped_, true)) return;
    for (const pid_t worker : workers_) {
      if (worker > 0) ::kill(worker, SIGTERM);
    }
  }
  [[nodiscard]] std::size_t size() const { return workers_.size(); }
  [[nodiscard]] std::size_t alive() const {
    return static_cast<std::size_t>(std::count_if(workers_.begin(), workers_.end(), [](pid_t w) { return w > 0; }));
  }
  /// The end of what the worker that died last had said.
  [[nodiscard]] std::string last_words() const {
    std::ifstream in(last_death_, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    constexpr std::size_t kMost = 2000;
    if (text.size() > kMost) text.erase(0, text.size() - kMost);
    return text;
  }

  /// In a worker: ends it when the process that started it does, however that ended.
  static void follow_parent() { ::prctl(PR_SET_PDEATHSIG, SIGTERM); }

 private:
  [[nodiscard]] std::filesystem::path log(std::size_t i) const {
    return logs_ / ("worker-" + std::to_string(i + 1) + ".log");
  }

  void spawn(std::size_t i) {
    std::vector<char*> argv;
    for (std::string& word : words_) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t streams;
    ::posix_spawn_file_actions_init(&streams);
    ::posix_spawn_file_actions_addopen(&streams, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&streams, STDERR_FILENO, log(i).c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    const int error = ::posix_spawn(&workers_[i], program_.c_str(), &streams, &attributes, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&streams);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) {
      workers_[i] = -1;
      throw base::RunError({std::string("cannot start a worker: ") + std::strerror(error), program_.string()});
    }
  }
  void wait_for_one() {
    for (pid_t& worker : workers_) {
      if (worker < 0) continue;
      while (::waitpid(worker, nullptr, 0) < 0 && errno == EINTR) {
      }
      worker = -1;
      return;
    }
  }

  std::filesystem::path program_;
  std::vector<std::string> words_;
  std::filesystem::path logs_;
  std::vector<pid_t> workers_;
  std::filesystem::path last_death_;
  bool stopped_ = false;
};

}  // namespace youden::sweep

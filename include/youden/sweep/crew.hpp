#pragma once
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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

 private:
  [[nodiscard]] std::filesystem::path log(std::size_t i) const {
    return logs_ / ("worker-" + std::to_string(i + 1) + ".log");
  }

  /// The child asks to be told (SIGTERM) when this process ends before it becomes the program, so that no moment is
  /// left in which a dead parent's worker would go on alone. A worker that was not interrupted yet, since it still
  /// loads, ends by that signal at once.
  void spawn(std::size_t i) {
    std::vector<char*> argv;
    for (std::string& word : words_) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string said = log(i).string();
    const pid_t parent = ::getpid();
    std::array<int, 2> fault{-1, -1};  // carries errno of what failed; closed by a successful exec
    if (::pipe2(fault.data(), O_CLOEXEC) != 0) cannot_start(errno);
    const pid_t child = ::fork();
    if (child == 0) become(argv.data(), said.c_str(), parent, fault[1]);
    const int fork_error = errno;
    ::close(fault[1]);
    int error = child < 0 ? fork_error : 0;
    if (child > 0) {
      while (::read(fault[0], &error, sizeof error) < 0 && errno == EINTR) {
      }
    }
    ::close(fault[0]);
    if (error == 0) {
      workers_[i] = child;
      return;
    }
    if (child > 0) {
      while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
    cannot_start(error);
  }
  /// Between fork and exec only what signal-safety(7) lists.
  [[noreturn]] void become(char* const* argv, const char* said, pid_t parent, int fault) const {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(1);
    ::setpgid(0, 0);
    const int in = ::open("/dev/null", O_RDONLY);
    const int out = ::open("/dev/null", O_WRONLY);
    const int log = ::open(said, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (in >= 0 && out >= 0 && log >= 0 && ::dup2(in, STDIN_FILENO) >= 0 && ::dup2(out, STDOUT_FILENO) >= 0 &&
        ::dup2(log, STDERR_FILENO) >= 0) {
      for (const int fd : {in, out, log}) {
        if (fd > STDERR_FILENO) ::close(fd);
      }
      ::execve(program_.c_str(), argv, environ);
    }
    const int error = errno;
    if (::write(fault, &error, sizeof error) < 0) ::_exit(126);
    ::_exit(127);
  }
  [[noreturn]] void cannot_start(int error) const {
    throw base::RunError({std::string("cannot start a worker: ") + std::strerror(error), program_.string()},
                         base::Exit::failed, base::Blame::machine);
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

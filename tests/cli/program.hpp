#pragma once
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "shared.hpp"

namespace youden::test {

using Json = nlohmann::json;

/// The program under test: `$YOUDEN_PROGRAM`, else the one of this build.
inline std::filesystem::path program_path() {
  if (const char* set = std::getenv("YOUDEN_PROGRAM")) return set;
  return std::filesystem::path(kBuildDir) / "youden";
}

/// What a process left behind. `code` is 128 + signal where a signal ended it, as a shell says.
struct Finished {
  int code = -1;
  std::string out = {};
  std::string err = {};

  /// stdout as exactly one JSON document; a document and more, or none, throws.
  [[nodiscard]] Json json() const { return Json::parse(out); }
  [[nodiscard]] bool says(const std::string& text) const { return err.find(text) != std::string::npos; }
};

struct Launch {
  std::vector<std::string> args;
  std::filesystem::path folder;                         ///< working directory and $HOME
  std::map<std::string, std::string> environment = {};  ///< of this process only PATH is handed down
  std::optional<rlim_t> file_limit = {};                ///< bytes that a file may grow to: a full disk
  std::filesystem::path input = "/dev/null";            ///< stdin
  std::filesystem::path program = {};                   ///< empty: the one that was built
  std::filesystem::path output = {};                    ///< stdout; empty: what Finished holds
};

/// A running `youden`; killed when the object goes away before it ended.
class Program {
 public:
  explicit Program(const Launch& launch) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    const std::string path = (launch.program.empty() ? program_path() : launch.program).string();
    std::map<std::string, std::string> variables = launch.environment;
    variables.emplace("HOME", launch.folder.string());
    if (const char* search = std::getenv("PATH")) variables.emplace("PATH", search);
    std::vector<std::string> environment;
    for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
    std::vector<std::string> args{path};
    args.insert(args.end(), launch.args.begin(), launch.args.end());
    auto argv = pointers(args);
    auto envp = pointers(environment);

    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
      ::dup2(::open(launch.input.c_str(), O_RDONLY), STDIN_FILENO);
      ::dup2(launch.output.empty() ? out[1] : ::open(launch.output.c_str(), O_WRONLY), STDOUT_FILENO);
      ::dup2(err[1], STDERR_FILENO);
      if (launch.file_limit) {
        const rlimit limit{*launch.file_limit, *launch.file_limit};
        ::setrlimit(RLIMIT_FSIZE, &limit);
      }
      if (::chdir(launch.folder.c_str()) == 0) ::execve(path.c_str(), argv.data(), envp.data());
      ::_exit(127);
    }
    ::close(out[1]);
    ::close(err[1]);
    pipes_ = {out[0], err[0]};
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    for (const int fd : pipes_) {
      if (fd >= 0) ::close(fd);
    }
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  void send(int signal) const { ::kill(pid_, signal); }

  /// Reads what the process says for up to `seconds`; true when it closed both streams, that is, ended.
  bool listen(double seconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (pipes_[0] >= 0 || pipes_[1] >= 0) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
      if (left < 0) return false;
      std::array<pollfd, 2> wanted{pollfd{pipes_[0], POLLIN, 0}, pollfd{pipes_[1], POLLIN, 0}};
      if (::poll(wanted.data(), wanted.size(), static_cast<int>(left)) < 0 && errno != EINTR) return false;
      for (std::size_t i = 0; i < 2; ++i) {
        if (pipes_[i] >= 0 && wanted[i].revents != 0) take(i);
      }
    }
    return true;
  }
  /// Waits until stderr holds `text`; false when the process ended before, or after `seconds`.
  bool wait_for(const std::string& text, double seconds = 60) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (said_.err.find(text) == std::string::npos) {
      if (listen(0.005) || std::chrono::steady_clock::now() > until) break;
    }
    return said_.err.find(text) != std::string::npos;
  }

  /// The end of the process; one that takes longer than any test should is killed (code 137).
  Finished wait(double seconds = 180) {
    if (!listen(seconds)) send(SIGKILL);
    listen(5);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    said_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return said_;
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (std::string& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
  }
  void take(std::size_t i) {
    std::array<char, 65536> block{};
    const ssize_t n = ::read(pipes_[i], block.data(), block.size());
    if (n > 0) {
      (i == 0 ? said_.out : said_.err).append(block.data(), static_cast<std::size_t>(n));
    } else if (n == 0 || errno != EINTR) {
      ::close(pipes_[i]);
      pipes_[i] = -1;
    }
  }

  pid_t pid_ = -1;
  std::array<int, 2> pipes_{-1, -1};
  Finished said_;
};

}  // namespace youden::test

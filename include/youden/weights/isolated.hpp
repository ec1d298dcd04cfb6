#pragma once
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/weights/named_tensor.hpp"

namespace youden::weights {

/// Reads tensors in a process of its own, for formats whose C library a hostile file can crash: there a crash, an
/// endless loop or a hunger for memory is a WeightsError here. The tensors come back through a pipe and are checked
/// like a file.
class Isolated {
 public:
  /// What `read` returns, or throws as WeightsError. `file_bytes` bounds what the tensors may take together.
  static std::vector<NamedTensor> tensors(const std::function<std::vector<NamedTensor>()>& read,
                                          std::uint64_t file_bytes, const std::string& where) {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw base::WeightsError({"no pipe to a process that reads the file", where, "close other programs"});
    }
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      confine(file_bytes);
      ::_exit(Writer{ends[1]}.answer(read) ? 0 : 1);
    }
    ::close(ends[1]);
    Isolated parent{child, ends[0], where};
    if (child < 0) parent.fail("no process to read the file in", "close other programs");
    return parent.receive(file_bytes);
  }

  Isolated(const Isolated&) = delete;
  Isolated& operator=(const Isolated&) = delete;
  ~Isolated() {
    ::close(pipe_);
    finish();
  }

 private:
  static constexpr std::uint32_t kMostText = 4000;
  static constexpr std::uint32_t kMostRank = 32;
  static constexpr std::uint32_t kMostTensors = 100'000;

  Isolated(pid_t child, int pipe, const std::string& where) : child_(child), pipe_(pipe), where_(where) {}

  [[noreturn]] void fail(const std::string& what, const std::string& remedy) const {
    throw base::WeightsError({what, where_, remedy});
  }

  /// A crash leaves no core and is nobody's handler's; time and memory are limited.
  static void confine(std::uint64_t file_bytes) {
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGXCPU, SIGTERM}) std::signal(signal, SIG_DFL);
    constexpr std::uint64_t kSpare = std::uint64_t{512} << 20U;
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const std::uint64_t most = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) + 4 * file_bytes + kSpare;
    limit(RLIMIT_AS, most);
    limit(RLIMIT_CPU, 120);  // a file of 600 MB takes two seconds
    limit(RLIMIT_CORE, 0);
  }
  template <class Resource>
  static void limit(Resource resource, std::uint64_t most) {
    rlimit now{};
    if (::getrlimit(resource, &now) != 0 || (now.rlim_cur != RLIM_INFINITY && now.rlim_cur < most)) return;
    now.rlim_cur = most;
    ::setrlimit(resource, &now);
  }

  /// The child's side: 'T' and a tensor, 'E' and a message, or 'Z', the end.
  struct Writer {
    int pipe;

    bool answer(const std::function<std::vector<NamedTensor>()>& read) const {
      try {
        for (const NamedTensor& t : read()) {
          if (!send("T", 1) || !text(t.name) || !number(static_cast<std::uint32_t>(t.dtype)) ||
              !number(static_cast<std::uint32_t>(t.shape.size())) ||
              !send(t.shape.data(), t.shape.size() * sizeof(std::int64_t)) || !send(t.bytes.data(), t.bytes.size())) {
            return false;
          }
        }
        return send("Z", 1);
      } catch (const base::WeightsError& error) {
        return send("E", 1) && text(error.what());
      } catch (const std::exception&) {  // no memory
        return false;
      }
    }
    bool number(std::uint32_t value) const { return send(&value, sizeof value); }
    bool text(const std::string& t) const {
      const std::string part = t.substr(0, kMostText);
      return number(static_cast<std::uint32_t>(part.size())) && send(part.data(), part.size());
    }
    bool send(const void* data, std::size_t size) const {
      const char* at = static_cast<const char*>(data);
      while (size > 0) {
        const ssize_t n = ::write(pipe, at, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += n;
        size -= static_cast<std::size_t>(n);
      }
      return true;
    }
  };

  std::vector<NamedTensor> receive(std::uint64_t room) {
    std::vector<NamedTensor> out;
    for (char kind = 0;;) {
      take(&kind, 1);
      if (kind == 'Z') return out;
      if (kind == 'E') throw base::WeightsError({text()});
      NamedTensor t{.name = text()};
      const std::uint32_t dtype = number(kDTypes.size() - 1);
      t.dtype = static_cast<DType>(dtype);
      t.shape.resize(number(kMostRank));
      take(t.shape.data(), t.shape.size() * sizeof(std::int64_t));
      const auto bytes = byte_count(t.dtype, t.shape);
      if (kind != 'T' || !bytes || *bytes > room || out.size() >= kMostTensors) crashed();
      room -= *bytes;
      t.bytes.resize(*bytes);
      take(t.bytes.data(), t.bytes.size());
      out.push_back(std::move(t));
    }
  }
  std::uint32_t number(std::uint32_t most) {
    std::uint32_t value = 0;
    take(&value, sizeof value);
    if (value > most) crashed();
    return value;
  }
  std::string text() {
    std::string out(number(kMostText), '\0');
    take(out.data(), out.size());
    return out;
  }
  void take(void* into, std::size_t size) {
    char* at = static_cast<char*>(into);
    while (size > 0) {
      const ssize_t n = ::read(pipe_, at, size);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) crashed();
      at += n;
      size -= static_cast<std::size_t>(n);
    }
  }
  [[noreturn]] void crashed() {
    const int status = finish();
    const std::string how = WIFSIGNALED(status) ? ", signal " + std::to_string(WTERMSIG(status)) : std::string();
    fail("the file is so damaged that its library gave up (in a process of its own" + how + ")", "fetch it again");
  }
  int finish() {
    int status = 0;
    if (child_ <= 0) return status;
    ::kill(child_, SIGKILL);  // after a whole answer it has ended, or is about to
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = -1;
    return status;
  }

  pid_t child_;
  int pipe_;
  std::string where_;
};

}  // namespace youden::weights

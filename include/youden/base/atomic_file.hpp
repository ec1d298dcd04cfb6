#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "youden/base/error.hpp"

namespace youden::base {

/// A file that appears whole under its name or not at all: written beside its place, synced, then renamed.
/// Destroyed without `commit()`, it leaves nothing behind. Throws StoreError with the path and the system's reason.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
    std::error_code ignored;
    std::filesystem::create_directories(target_.parent_path(), ignored);
    static std::atomic<unsigned> count{0};  // two threads may write the same target
    partial_ = target_.string() + "." + std::to_string(::getpid()) + "-" + std::to_string(count++) + ".partial";
    fd_ = ::open(partial_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (fd_ < 0) fail("cannot create");
  }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!partial_.empty()) ::unlink(partial_.c_str());
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("cannot write");
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
  }
  void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }

  void commit() {
    if (::fsync(fd_) != 0) fail("cannot sync");
    if (::close(std::exchange(fd_, -1)) != 0) fail("cannot close");
    if (::rename(partial_.c_str(), target_.c_str()) != 0) fail("cannot rename into place");
    partial_.clear();
    const auto parent = target_.parent_path();
    const int dir = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
      ::fsync(dir);
      ::close(dir);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& did) const {
    const int error = errno;
    throw StoreError({did + " the file: " + std::strerror(error), target_.string(),
                      error == ENOSPC ? "free some space and resume; what was committed is safe"
                                      : "check that the folder exists and is writable"});
  }

  std::filesystem::path target_;
  std::string partial_;
  int fd_ = -1;
};

inline void write_atomically(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace youden::base

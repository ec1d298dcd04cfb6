#pragma once
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "youden/base/partial.hpp"

namespace youden::base {

/// A file that appears whole under its name or not at all: written beside its place, synced, then renamed.
/// Destroyed without `commit()`, it leaves nothing behind. Throws StoreError with the path and the system's reason.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target, Readable readable = Readable::as_umask_says)
      : partial_(std::move(target), readable) {}

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(partial_.fd(), bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) partial_.fail("cannot write");
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
  }
  void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }

  void commit() { partial_.commit(); }

 private:
  Partial partial_;
};

inline void write_atomically(const std::filesystem::path& path, std::string_view text,
                             Readable readable = Readable::as_umask_says) {
  AtomicFile file(path, readable);
  file.write(text);
  file.commit();
}

}  // namespace youden::base

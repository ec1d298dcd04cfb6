#pragma once
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>

#include "youden/base/error.hpp"

namespace youden::weights {

/// A whole file as bytes, read-only and without a copy: what a reader looks at costs no memory of its own.
class MappedFile {
 public:
  /// Throws WeightsError where the file cannot be read.
  explicit MappedFile(const std::filesystem::path& path) {
    const auto fail = [&](const std::string& what) {
      throw base::WeightsError({what, path.string(), "check the path and its permissions"});
    };
    // O_NONBLOCK, or opening a FIFO would wait for ever.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) fail(std::string("cannot open the weight file: ") + std::strerror(errno));
    struct stat status {};
    const bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    size_ = regular ? static_cast<std::size_t>(status.st_size) : 0;
    void* at = size_ > 0 ? ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0) : nullptr;
    ::close(fd);
    if (!regular) fail("not a regular file");
    if (at == MAP_FAILED) fail(std::string("cannot map the weight file: ") + std::strerror(errno));
    data_ = static_cast<const std::byte*>(at);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace youden::weights

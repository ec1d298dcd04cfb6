#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"

namespace youden::image {

using Bytes = std::span<const std::byte>;

/// No film is larger; a wrong path (a disk image, an archive) should not fill the memory.
inline constexpr std::int64_t kMostFileBytes = std::int64_t{1} << 30;

/// The whole file. Throws DataError naming the path when it is missing, no regular file, empty, huge or unreadable.
inline std::vector<std::byte> read_bytes(const std::filesystem::path& path) {
  const auto fail = [&](const std::string& what, const std::string& remedy) {
    return base::DataError({what, path.string(), remedy});
  };
  // O_NONBLOCK: a named pipe must not make the run wait for a writer.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    if (errno == ENOENT || errno == ENOTDIR) throw fail("the image is missing", "check the path");
    throw fail(std::string("the image cannot be opened: ") + std::strerror(errno), "make it readable: chmod u+r FILE");
  }
  // Deleting its copies would take away `{fd}`. NOLINTNEXTLINE(cppcoreguidelines-special-member-functions)
  const struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } closer{fd};
  struct stat status {};
  ::fstat(fd, &status);
  if (S_ISDIR(status.st_mode)) throw fail("a folder stands where an image is expected", "name the image file itself");
  if (!S_ISREG(status.st_mode)) throw fail("not a regular file", "name an image file");
  if (status.st_size == 0) throw fail("the image is empty (0 bytes)", "fetch it again or remove it");
  if (status.st_size > kMostFileBytes) throw fail("the file is larger than 1 GiB", "is this an image?");

  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t n = ::read(fd, bytes.data() + got, bytes.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw fail(std::string("the image cannot be read: ") + std::strerror(errno), "check the disk");
    if (n == 0) throw fail("the image became shorter while it was read", "wait until it is written, then try again");
    got += static_cast<std::size_t>(n);
  }
  return bytes;
}

/// Reads numbers out of a file's bytes; whatever lies beyond the end is an empty optional, never an access.
class Reader {
 public:
  explicit Reader(Bytes bytes, bool big_endian = true) : bytes_(bytes), big_(big_endian) {}

  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t at, unsigned width) const {
    if (at > bytes_.size() || bytes_.size() - at < width) return std::nullopt;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i) {
      value = value << 8U | std::to_integer<std::uint64_t>(bytes_[at + (big_ ? i : width - 1 - i)]);
    }
    return value;
  }
  /// As `number`, with 0 beyond the end: for fields whose 0 is refused anyway.
  [[nodiscard]] std::uint64_t or_zero(std::uint64_t at, unsigned width) const { return number(at, width).value_or(0); }

  [[nodiscard]] bool has(std::uint64_t at, std::string_view text) const {
    return at <= bytes_.size() && bytes_.size() - at >= text.size() &&
           std::memcmp(bytes_.data() + at, text.data(), text.size()) == 0;
  }
  [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }
  [[nodiscard]] Bytes bytes() const { return bytes_; }

 private:
  Bytes bytes_;
  bool big_;
};

}  // namespace youden::image

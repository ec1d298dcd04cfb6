#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/descriptor.hpp"
#include "youden/base/error.hpp"

namespace youden::base {

/// What a reader expects of a file. The texts stand in its messages.
struct ReadRules {
  std::string what = "the file";                 ///< its name in messages, e.g. "the table"
  std::string absent = "check the path";         ///< remedy where it is not there
  std::uint64_t most = std::uint64_t{1} << 30U;  ///< bytes; a longer file is refused
  bool streams = false;                          ///< whether /dev/stdin and /dev/fd/N are read, too, whatever they are
};

/// Hands a file's content to `take(std::string_view)`, at most a megabyte at a time. Throws an `E` that names the path
/// and the system's reason: a read that fails, and a file that became shorter meanwhile, is an error and never an end
/// of the file, which iostreams do not tell apart. Folders, devices and pipes without a writer are refused at once.
template <class E, class Take>
void read_blocks(const std::filesystem::path& path, const ReadRules& rules, const Take& take) {
  const auto fail = [&](const std::string& fault, const std::string& remedy) {
    return E(Fault{rules.what + " " + fault, path.string(), remedy});
  };
  const bool stream = rules.streams && path.string().starts_with("/dev/");
  // O_NONBLOCK: a named pipe must not make the program wait for a writer.
  const Descriptor file(path, O_RDONLY | (stream ? 0 : O_NONBLOCK));
  if (!file.is_open()) {
    const int error = errno;
    throw fail("cannot be opened: " + std::string(std::strerror(error)),
               error == ENOENT ? rules.absent : "check the path and its permissions");
  }
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) throw fail("cannot be opened: " + std::string(std::strerror(errno)), {});
  if (S_ISDIR(status.st_mode)) throw fail("cannot be opened: it is a folder", "name a file");
  const bool regular = S_ISREG(status.st_mode);
  if (!regular && !stream) throw fail("is no regular file", "name a regular file");
  const auto require_bounded = [&](std::uint64_t bytes) {
    if (bytes <= rules.most) return;
    throw fail("is larger than " + std::to_string(rules.most >> 20U) + " MiB", "is this the file that you mean?");
  };
  require_bounded(regular ? static_cast<std::uint64_t>(status.st_size) : 0);
  // A small file takes a small block; one whose size is not known in advance, as /proc's, a page or more.
  constexpr std::uint64_t kPage = 4096;
  constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20U;
  const auto size = regular ? static_cast<std::uint64_t>(status.st_size) : kMegabyte;
  std::vector<char> block(static_cast<std::size_t>(std::clamp(size, kPage, kMegabyte)));
  std::uint64_t got = 0;
  for (;;) {
    const ssize_t n = ::read(file.fd(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      throw fail("cannot be read beyond byte " + std::to_string(got) + ": " + std::strerror(errno),
                 "check the disk, or fetch the file again; nothing of it was used");
    }
    if (n == 0) break;
    got += static_cast<std::uint64_t>(n);
    require_bounded(got);
    take(std::string_view(block.data(), static_cast<std::size_t>(n)));
  }
  if (regular && got < static_cast<std::uint64_t>(status.st_size)) {
    throw fail("became shorter while it was read", "wait until it is written, then try again");
  }
}

/// The whole file; throws as `read_blocks` does.
template <class E = DataError>
std::string read_file(const std::filesystem::path& path, const ReadRules& rules = {}) {
  std::string out;
  read_blocks<E>(path, rules, [&](std::string_view block) { out += block; });
  return out;
}

}  // namespace youden::base

#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <vector>

namespace youden::base {

/// Opens a regular file below `root` for reading, without following a link in any component of `rest` and without
/// waiting (a FIFO is none). −1 and errno where it is not such a file; `root` itself is taken as it is named.
inline int open_beneath(const std::filesystem::path& root, const std::filesystem::path& rest) {
  std::vector<std::filesystem::path> pieces;
  for (const auto& piece : rest) {
    if (piece == ".." || piece == "/" || piece.empty()) {
      errno = EXDEV;
      return -1;
    }
    if (piece != ".") pieces.push_back(piece);
  }
  int at = ::open(root.empty() ? "." : root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (std::size_t i = 0; at >= 0 && i < pieces.size(); ++i) {
    const int kind = i + 1 == pieces.size() ? O_NONBLOCK : O_DIRECTORY;
    const int next = ::openat(at, pieces[i].c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind);
    const int error = errno;
    ::close(at);
    errno = error;
    at = next;
  }
  struct stat status {};
  if (at >= 0 && (::fstat(at, &status) != 0 || !S_ISREG(status.st_mode))) {
    ::close(at);
    errno = EINVAL;
    return -1;
  }
  return at;
}

}  // namespace youden::base

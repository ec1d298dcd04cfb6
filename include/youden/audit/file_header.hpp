#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/threads.hpp"
#include "youden/image/decode.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::audit {

/// What a file says of its image, from its first 64 KiB where these say it: an audit before every training must not
/// read every film. Whether the file is sound is not looked at. Width 0 where it is no image or not there.
inline image::ImageHeader file_header(const std::string& path) {
  constexpr std::size_t kStart = 65536;
  std::vector<std::byte> start(kStart);
  struct stat status {};
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return {};
  const bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const ssize_t got = regular ? ::pread(fd, start.data(), start.size(), 0) : 0;
  ::close(fd);
  if (got <= 0) return {};
  start.resize(static_cast<std::size_t>(got));
  try {
    image::ImageHeader h = image::read_header(start, path);
    if (h.width <= 0 && static_cast<std::size_t>(status.st_size) > start.size()) h = image::read_header(path);
    h.bytes = static_cast<std::uint64_t>(status.st_size);
    h.damage.clear();  // the start of a sound file looks truncated
    return h;
  } catch (const base::DataError&) {
    return {};
  }
}

/// In the samples' order; width 0 where a film is drawn.
inline std::vector<image::ImageHeader> file_headers(const std::vector<sample::Sample>& samples, int threads) {
  std::vector<image::ImageHeader> out(samples.size());
  base::parallel_for(samples.size(), threads, [&](std::size_t i) {
    if (!samples[i].path.empty()) out[i] = file_header(samples[i].path);
  });
  return out;
}

}  // namespace youden::audit

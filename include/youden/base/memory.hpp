#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>

namespace youden::base {

/// Bytes this process may still take without pushing anything out: what the system calls available, bounded by the
/// cgroup's limit (v2, then v1).
inline std::size_t usable_memory() {
  std::size_t most = std::numeric_limits<std::size_t>::max();
  std::ifstream in("/proc/meminfo");
  std::string name;
  std::size_t kilobytes = 0;
  for (std::string rest; in >> name >> kilobytes; std::getline(in, rest)) {
    if (name != "MemAvailable:") continue;
    most = kilobytes * 1024;
    break;
  }
  for (const char* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    if (std::size_t limit = 0; std::ifstream(file) >> limit) return std::min(most, limit);
  }
  return most;
}

}  // namespace youden::base

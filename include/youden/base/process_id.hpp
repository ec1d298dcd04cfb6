#pragma once
#include <unistd.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "youden/base/text.hpp"

namespace youden::base {

inline std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// Of this start of the machine; another machine, and the same one after a reboot, have another.
inline const std::string& boot_id() {
  static const std::string kId = [] {
    std::string id;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
    return id;
  }();
  return kId;
}

namespace detail {

inline std::string link_target(const char* path) {
  std::array<char, 256> text{};
  const ssize_t n = ::readlink(path, text.data(), text.size());
  return n > 0 ? std::string(text.data(), static_cast<std::size_t>(n)) : std::string();
}

}  // namespace detail

/// The number of the pid namespace that this process counts in, the 4026531836 of `pid:[4026531836]`. Empty where
/// /proc shows another namespace than ours (`unshare --pid` without its own /proc): no pid can be judged there.
inline const std::string& pid_namespace() {
  static const std::string kNumber = [] {
    if (detail::link_target("/proc/self") != std::to_string(::getpid())) return std::string();
    std::string digits;
    for (const char c : detail::link_target("/proc/self/ns/pid")) {
      if (c >= '0' && c <= '9') digits += c;
    }
    return digits;
  }();
  return kNumber;
}

/// Clock ticks from boot to the start of a process, field 22 of /proc/PID/stat (proc(5)); empty when the process is
/// gone or a zombie. Tells it from a later process with the same pid.
inline std::string start_ticks(std::int64_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  const std::string stat((std::istreambuf_iterator<char>(in)), {});
  const auto name_end = stat.rfind(')');  // the name in parentheses may hold spaces and parentheses itself
  if (name_end == std::string::npos || name_end + 2 > stat.size()) return {};
  const auto fields = split(stat.substr(name_end + 2), ' ');  // fields[0] is field 3, the state
  if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X") return {};
  return fields[19];
}

/// A process as far as /proc knows it.
struct ProcessId {
  std::string boot;   ///< boot_id()
  std::string space;  ///< pid_namespace()
  std::int64_t pid = 0;
  std::string ticks;  ///< start_ticks()

  static ProcessId self() {
    const std::int64_t pid = ::getpid();
    return {boot_id(), pid_namespace(), pid, pid_namespace().empty() ? std::string() : start_ticks(pid)};
  }
  /// Whether its pid means the same process to us; what is not of this namespace and boot cannot be looked up.
  [[nodiscard]] bool is_ours_to_judge() const {
    return boot == boot_id() && space == pid_namespace() && !space.empty() && !ticks.empty();
  }
  /// For one that is ours to judge.
  [[nodiscard]] bool lives() const { return start_ticks(pid) == ticks; }
};

}  // namespace youden::base

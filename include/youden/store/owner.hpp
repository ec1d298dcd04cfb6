#pragma once
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "youden/base/text.hpp"

namespace youden::store {

/// After this long without a heartbeat, a run on another host counts as interrupted.
inline constexpr double kHeartbeatLimitS = 60;

/// The process that works on a run. The start time tells it from a later process with the same pid.
struct Owner {
  std::string host;
  std::int64_t pid = 0;
  std::string process_start = {};  ///< "<boot id>/<clock ticks since boot>"; empty: no such process
  bool operator==(const Owner&) const = default;
};

inline std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// Field 22 of /proc/PID/stat (proc(5)) behind the boot's id; empty when the process is gone or a zombie.
inline std::string process_start(std::int64_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  const std::string stat((std::istreambuf_iterator<char>(in)), {});
  const auto name_end = stat.rfind(')');  // the name in parentheses may hold spaces and parentheses itself
  if (name_end == std::string::npos) return {};
  const auto fields = base::split(stat.substr(name_end + 2), ' ');  // fields[0] is field 3, the state
  if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X") return {};
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  return boot + "/" + fields[19];
}

inline Owner this_process() { return {host_name(), ::getpid(), process_start(::getpid())}; }

/// Seconds since `utc` (as base::utc_now() writes it); empty when it cannot be read.
inline std::optional<double> seconds_since(const std::string& utc) {
  std::tm tm{};
  const char* rest = ::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%S", &tm);
  if (rest == nullptr) return {};
  const double then = static_cast<double>(::timegm(&tm)) + (*rest == '.' ? std::strtod(rest, nullptr) : 0.0);
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count() - then;
}

/// On this host a dead process is known at once; elsewhere the heartbeat decides.
inline bool is_alive(const Owner& owner, const std::string& heartbeat) {
  if (owner.host == host_name()) {
    return !owner.process_start.empty() && process_start(owner.pid) == owner.process_start;
  }
  const auto age = seconds_since(heartbeat);
  return age && *age <= kHeartbeatLimitS;
}

}  // namespace youden::store

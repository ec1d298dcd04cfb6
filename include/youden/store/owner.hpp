#pragma once
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "youden/base/process_id.hpp"
#include "youden/base/text.hpp"

namespace youden::store {

using base::host_name;

/// The process that works on a run. Boot, pid namespace and start time say which one its pid means.
struct Owner {
  std::string host;
  std::int64_t pid = 0;
  std::string process_start = {};  ///< "BOOT/TICKS/SPACE" (base::ProcessId); empty: no such process
  bool operator==(const Owner&) const = default;

  /// What older versions wrote has no pid namespace: taken to be ours.
  [[nodiscard]] base::ProcessId process() const {
    const auto pieces = base::split(process_start, '/');
    const auto piece = [&](std::size_t i) { return i < pieces.size() ? pieces[i] : std::string(); };
    return {piece(0), pieces.size() == 2 ? base::pid_namespace() : piece(2), pid, piece(1)};
  }
};

inline std::string process_start(std::int64_t pid) {
  const std::string ticks = base::pid_namespace().empty() ? "0" : base::start_ticks(pid);
  return ticks.empty() ? ticks : base::boot_id() + "/" + ticks + "/" + base::pid_namespace();
}
inline Owner this_process() {
  static const std::int64_t pid = ::getpid();
  if (pid != ::getpid()) return {host_name(), ::getpid(), process_start(::getpid())};  // after a fork
  static const std::string start = process_start(pid);
  return {host_name(), pid, start};
}

/// Seconds since `utc` (as base::utc_now() writes it); empty when it cannot be read.
inline std::optional<double> seconds_since(const std::string& utc) {
  std::tm tm{};
  const char* rest = ::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%S", &tm);
  if (rest == nullptr) return {};
  const double then = static_cast<double>(::timegm(&tm)) + (*rest == '.' ? std::strtod(rest, nullptr) : 0.0);
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count() - then;
}

/// A heartbeat comes every 20 s. One that we saw stand still for so long, by our own clock, has stopped.
inline constexpr double kStandsStillS = 50;
/// At a first look there are only the clocks of two hosts to compare, which may differ: a generous limit.
inline constexpr double kHeartbeatLimitS = 600;

/// What is known of a run's owner.
enum class Liveness {
  alive,
  silent,  ///< nothing was heard for long; whoever wants its work watches first whether the heartbeat moves
  dead
};

/// What this process has seen of others' heartbeats, by its own steady clock.
class HeartbeatLooks {
 public:
  static HeartbeatLooks& here() {
    static HeartbeatLooks looks;
    return looks;
  }
  struct Seen {
    double still_s = 0;  ///< since it moved last, or since the first look
    bool moved = false;
  };
  Seen look(const Owner& owner, const std::string& heartbeat) {
    const std::scoped_lock lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    auto [it, first] = seen_.try_emplace(owner.host + "/" + std::to_string(owner.pid) + "/" + owner.process_start);
    Entry& e = it->second;
    if (first || e.heartbeat != heartbeat) e = {heartbeat, now, !first};
    return {std::chrono::duration<double>(now - e.since).count(), e.moved};
  }

 private:
  struct Entry {
    std::string heartbeat;
    std::chrono::steady_clock::time_point since;
    bool moved = false;
  };
  std::mutex mutex_;
  std::map<std::string, Entry> seen_;
};

/// A process of this boot and pid namespace is known at once, and so is one of an earlier boot of this host. In another
/// namespace or on another host the heartbeat decides: whether it moves, not what its clock says.
inline Liveness liveness(const Owner& owner, const std::string& heartbeat, double stands_still_s = kStandsStillS) {
  if (owner.process_start.empty()) return Liveness::dead;
  const base::ProcessId process = owner.process();
  if (process.is_ours_to_judge()) return process.lives() ? Liveness::alive : Liveness::dead;
  if (owner.host == host_name() && process.boot != base::boot_id()) return Liveness::dead;
  const auto seen = HeartbeatLooks::here().look(owner, heartbeat);
  if (seen.still_s >= stands_still_s) return Liveness::dead;
  if (seen.moved) return Liveness::alive;
  const auto age = seconds_since(heartbeat);
  return age && *age <= kHeartbeatLimitS && *age >= -kHeartbeatLimitS ? Liveness::alive : Liveness::silent;
}
inline bool is_alive(const Owner& owner, const std::string& heartbeat) {
  return liveness(owner, heartbeat) == Liveness::alive;
}

}  // namespace youden::store

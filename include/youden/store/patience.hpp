#pragma once
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include "youden/base/interrupt.hpp"
#include "youden/base/text.hpp"

namespace youden::store {

/// Waits for as long as somebody holds the lock: a lock is its holder's until that process ends, and then it is free.
inline constexpr int kWaitForHolder = -1;

/// How one connection waits for a lock that another holds. SQLite asks it again and again; after some seconds it says
/// on stderr for whom it waits; Ctrl-C ends the waiting.
class Patience {
 public:
  Patience(std::filesystem::path database, int most_ms) : database_(std::move(database)), most_ms_(most_ms) {}

  void serve(sqlite3* db) { sqlite3_busy_handler(db, &ask, this); }

  /// True: wait on, some milliseconds have passed. `asked`: how often for this lock before.
  bool wait(int asked) {
    const auto now = std::chrono::steady_clock::now();
    if (asked == 0) {
      since_ = now;
      said_ = false;
    }
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - since_).count();
    if (most_ms_ >= 0 && waited >= most_ms_) return false;
    constexpr int kAfterInterrupt = 500;  // others may have been told to stop with us, and write their last word
    if (base::interrupted() && (waited >= kAfterInterrupt || said_)) return false;
    constexpr int kSilent = 5'000;
    if (!said_ && waited >= kSilent) {
      said_ = true;
      std::fprintf(stderr, "waiting for %s to let go of %s (Ctrl-C ends this)\n", holder().c_str(), database_.c_str());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(asked < 10 ? 1 + asked : 20));
    return true;
  }

 private:
  static int ask(void* self, int asked) { return static_cast<Patience*>(self)->wait(asked) ? 1 : 0; }

  /// By /proc/locks, whose lines end in `PID MAJOR:MINOR:INODE BEGIN END`. Opening the file itself to ask would drop
  /// our own locks on it.
  [[nodiscard]] std::string holder() const {
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
      if (line.find("WRITE") == std::string::npos || line.find("->") != std::string::npos) continue;
      for (const char* file : {"", "-shm"}) {
        struct stat status {};
        if (::stat((database_.string() + file).c_str(), &status) != 0) continue;
        const auto place = line.find(":" + std::to_string(status.st_ino) + " ");
        if (place == std::string::npos) continue;
        const auto end = line.rfind(' ', place);
        const auto begin = line.rfind(' ', end - 1);
        const std::int64_t pid = std::strtoll(line.c_str() + begin, nullptr, 10);
        if (pid <= 0 || pid == ::getpid()) continue;
        std::string name;
        std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/comm"), name);
        return "process " + std::to_string(pid) + (name.empty() ? "" : " (" + name + ")");
      }
    }
    return "another process";
  }

  std::filesystem::path database_;
  int most_ms_;
  std::chrono::steady_clock::time_point since_ = {};
  bool said_ = false;
};

}  // namespace youden::store

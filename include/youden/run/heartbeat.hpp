#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>

#include "youden/base/error.hpp"
#include "youden/store/run_writer.hpp"

namespace youden::run {

/// Tells other hosts every 20 s that this process still works on the run, however long an epoch takes.
class Heartbeat {
 public:
  Heartbeat(const std::filesystem::path& db, std::int64_t run)
      : thread_([this, db, run](const std::stop_token& stop) { beat(stop, db, run); }) {}

 private:
  void beat(const std::stop_token& stop, const std::filesystem::path& path, std::int64_t run) {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, stop, std::chrono::seconds(20), [] { return false; }) && !stop.stop_requested()) {
      try {
        auto db = store::Database::open(path);
        if (!store::heartbeat(db, run)) return;
      } catch (const base::Error&) {
        continue;  // the next epoch's commit reports what is wrong with the database
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace youden::run

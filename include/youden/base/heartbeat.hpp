#pragma once
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace youden::base {

/// Calls `beat` every 20 s, on a thread of its own, until it says false or this object goes: tells other hosts that
/// somebody still works, however long a step takes. What `beat` throws is passed over: the work itself will meet it.
class Heartbeat {
 public:
  explicit Heartbeat(std::function<bool()> beat)
      : thread_([this, beat = std::move(beat)](const std::stop_token& stop) { run(stop, beat); }) {}

 private:
  void run(const std::stop_token& stop, const std::function<bool()>& beat) {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, stop, std::chrono::seconds(20), [] { return false; }) && !stop.stop_requested()) {
      try {
        if (!beat()) return;
      } catch (const std::exception&) {
        continue;
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace youden::base

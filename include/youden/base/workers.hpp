#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace youden::base {

/// Threads that stay, and take tasks in the order in which these were posted. They start with the first one.
class Workers {
 public:
  /// `enter` runs once on each thread. Neither it nor a task may throw.
  explicit Workers(
      int threads, std::function<void()> enter = [] {})
      : wanted_(static_cast<std::size_t>(std::max(threads, 1))), enter_(std::move(enter)) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  /// Waits for the tasks that have begun; the others are dropped.
  ~Workers() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      tasks_.clear();
    }
    posted_.notify_all();
  }

  void post(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    while (threads_.size() < wanted_) threads_.emplace_back([this] { work(); });
    posted_.notify_one();
  }

 private:
  void work() {
    enter_();
    for (;;) {
      std::unique_lock lock(mutex_);
      posted_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }

  std::size_t wanted_;
  std::function<void()> enter_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
  bool closing_ = false;
  std::vector<std::jthread> threads_;  // last: joined while the rest is still there
};

}  // namespace youden::base

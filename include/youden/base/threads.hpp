#pragma once
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <exception>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace youden::base {

/// Threads this process may really use: CPU affinity, bounded by the cgroup's quota (v2, then v1). At least 1.
inline int usable_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  int n = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set)
                                                        : static_cast<int>(std::thread::hardware_concurrency());
  double quota = 0;
  double period = 0;
  if (std::string word; std::ifstream("/sys/fs/cgroup/cpu.max") >> word && word != "max") {
    std::ifstream in("/sys/fs/cgroup/cpu.max");
    in >> quota >> period;
  } else {
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") >> quota;
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_period_us") >> period;
  }
  if (quota > 0 && period > 0) n = std::min(n, static_cast<int>(std::ceil(quota / period)));
  return std::max(n, 1);
}

/// Runs `work(i)` for i in [0, count) on `threads` threads, items handed out in order. The first exception stops
/// the rest and is rethrown here. `enter()` runs once on each worker before its first item.
template <class Work, class Enter>
void parallel_for(std::size_t count, int threads, const Work& work, const Enter& enter) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto body = [&] {
    try {
      enter();
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  const std::size_t n = std::min(count, static_cast<std::size_t>(std::max(threads, 1)));
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < n; ++t) workers.emplace_back(body);
  }
  if (failure) std::rethrow_exception(failure);
}
template <class Work>
void parallel_for(std::size_t count, int threads, const Work& work) {
  parallel_for(count, threads, work, [] {});
}

}  // namespace youden::base

#pragma once
#include <csignal>

namespace youden::base {

/// Set by SIGINT or SIGTERM once `watch_interrupts()` was called; polled between steps. A second signal kills.
inline volatile std::sig_atomic_t g_interrupted = 0;

inline bool interrupted() noexcept { return g_interrupted != 0; }

inline void watch_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { g_interrupted = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace youden::base

#pragma once
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <ctime>
#include <string>
#include <utility>

namespace youden::base {

/// Set by SIGINT or SIGTERM once `watch_interrupts()` was called; polled between steps. A second signal kills.
inline volatile std::sig_atomic_t g_interrupted = 0;

inline bool interrupted() noexcept { return g_interrupted != 0; }

/// How long the step at hand may still take after a signal; then the process ends where it is, exit 130. Nothing is
/// lost by that: what was committed stands, and what was begun is found by the next command as after a power cut.
inline constexpr long kGraceNanoseconds = 700'000'000;

/// What is said where the step took longer: to people on stderr, and on stdout to a program that waits for a document.
struct LastWords {
  std::string err = "interrupted\n";
  std::string out = {};
};

namespace detail {

inline std::atomic<const LastWords*> g_last_words{nullptr};
inline timer_t g_grace{};

extern "C" inline void youden_end_now(int) {
  if (const LastWords* words = g_last_words.load()) {
    static_cast<void>(!::write(STDERR_FILENO, words->err.data(), words->err.size()));
    static_cast<void>(!::write(STDOUT_FILENO, words->out.data(), words->out.size()));
  }
  ::_exit(130);
}

extern "C" inline void youden_note_interrupt(int) {
  g_interrupted = 1;
  itimerspec after{};
  after.it_value.tv_nsec = kGraceNanoseconds;
  ::timer_settime(g_grace, 0, &after, nullptr);
}

}  // namespace detail

/// From here on these are the last words. Earlier ones stay in memory, since a handler may be reading them.
inline void leave_words(LastWords words) { detail::g_last_words.store(new LastWords(std::move(words))); }

inline void watch_interrupts() {
  if (detail::g_last_words.load() == nullptr) leave_words({});
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = detail::youden_end_now;
  ::sigaction(SIGALRM, &action, nullptr);
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGALRM;
  ::timer_create(CLOCK_MONOTONIC, &event, &detail::g_grace);
  action.sa_handler = detail::youden_note_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

/// The command has come to an end of its own, and says so itself: the grace is over.
inline void end_in_peace() noexcept {
  if (detail::g_last_words.load() == nullptr) return;
  const itimerspec never{};
  ::timer_settime(detail::g_grace, 0, &never, nullptr);
}

}  // namespace youden::base

#include "youden/base/interrupt.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>

using namespace youden::base;

namespace {

/// Runs `body` in a child of its own, so that its signals stay there; the status as waitpid gives it.
template <class Body>
int in_child(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);  // Boost.Test has handlers of its own
    std::signal(SIGTERM, SIG_DFL);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interrupt)

BOOST_AUTO_TEST_CASE(a_first_signal_is_only_noted) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const int status = in_child([signal] {
      watch_interrupts();
      const bool before = interrupted();
      ::raise(signal);
      return !before && interrupted() ? 7 : 1;
    });
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 7);
  }
  BOOST_TEST(!interrupted());
}

BOOST_AUTO_TEST_CASE(a_step_that_takes_too_long_ends_the_process_with_its_last_words) {
  int pipe_of[2];
  BOOST_REQUIRE(::pipe(pipe_of) == 0);
  const auto begun = std::chrono::steady_clock::now();
  const int status = in_child([&] {
    ::dup2(pipe_of[1], STDERR_FILENO);
    watch_interrupts();
    leave_words({.err = "go on with: resume 7\n"});
    ::raise(SIGTERM);
    for (int i = 0; i < 100; ++i) ::usleep(100'000);  // a signal ends a sleep, not a computation
    return 0;
  });
  const auto took = std::chrono::steady_clock::now() - begun;
  ::close(pipe_of[1]);
  std::string said(100, ' ');
  said.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(pipe_of[0], said.data(), said.size()))));
  ::close(pipe_of[0]);
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == 130);
  BOOST_TEST(said == "go on with: resume 7\n");
  BOOST_TEST(std::chrono::duration<double>(took).count() < 5);  // of ten; how fast it is, tools/faults measures
}

BOOST_AUTO_TEST_CASE(who_ends_in_time_says_its_own_words) {
  const int status = in_child([] {
    watch_interrupts();
    ::raise(SIGINT);
    end_in_peace();
    for (int i = 0; i < 10; ++i) ::usleep(100'000);
    return 7;
  });
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == 7);
}

BOOST_AUTO_TEST_CASE(a_second_signal_kills) {
  const int status = in_child([] {
    watch_interrupts();
    ::raise(SIGINT);
    ::raise(SIGINT);
    return 0;
  });
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGINT);
}

BOOST_AUTO_TEST_SUITE_END()

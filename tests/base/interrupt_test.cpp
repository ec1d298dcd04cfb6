#include "youden/base/interrupt.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

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

#include "youden/base/workers.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <latch>
#include <thread>
#include <vector>

using namespace youden::base;

BOOST_AUTO_TEST_SUITE(workers)

BOOST_AUTO_TEST_CASE(one_thread_takes_tasks_in_their_order) {
  std::vector<int> order;
  std::latch done(4);
  Workers workers(1);
  for (const int i : {3, 1, 2, 0}) {
    workers.post([&, i] {
      order.push_back(i);
      done.count_down();
    });
  }
  done.wait();
  BOOST_TEST(order == (std::vector<int>{3, 1, 2, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(several_threads_work_at_once_and_enter_once) {
  std::atomic<int> entered{0};
  for (int round = 0; round < 3; ++round) {
    std::latch together(3);  // deadlocks unless three run side by side
    std::latch done(3);
    Workers workers(3, [&] { ++entered; });
    for (int i = 0; i < 3; ++i) {
      workers.post([&] {
        together.arrive_and_wait();
        done.count_down();
      });
    }
    done.wait();
  }
  BOOST_TEST(entered == 9);
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_what_has_begun_and_drops_the_rest) {
  std::atomic<int> done{0};
  {
    std::latch begun(1);
    Workers workers(1);
    workers.post([&] {
      begun.count_down();
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      ++done;
    });
    workers.post([&] { done += 100; });
    begun.wait();
  }
  BOOST_TEST(done == 1);
}

BOOST_AUTO_TEST_CASE(nothing_posted_starts_nothing) {
  int entered = 0;
  {
    const Workers workers(2, [&] { ++entered; });
  }
  BOOST_TEST(entered == 0);
}

BOOST_AUTO_TEST_SUITE_END()

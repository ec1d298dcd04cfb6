#include "youden/base/threads.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>

using namespace youden::base;

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(every_item_is_done_once) {
  for (const int n : {1, 3, 8}) {
    std::vector<std::atomic<int>> done(101);
    parallel_for(done.size(), n, [&](std::size_t i) { ++done[i]; });
    for (const auto& times : done) BOOST_TEST(times == 1);
  }
}

BOOST_AUTO_TEST_CASE(items_are_handed_out_in_order) {
  std::vector<std::size_t> order;
  parallel_for(5, 1, [&](std::size_t i) { order.push_back(i); });
  BOOST_TEST(order == (std::vector<std::size_t>{0, 1, 2, 3, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_to_do_starts_no_worker) {
  int entered = 0;
  parallel_for(
      0, 4, [](std::size_t) { throw std::logic_error("called"); }, [&] { ++entered; });
  BOOST_TEST(entered == 0);
}

BOOST_AUTO_TEST_CASE(a_senseless_thread_count_is_one) {
  std::set<std::thread::id> ids;
  parallel_for(3, -2, [&](std::size_t) { ids.insert(std::this_thread::get_id()); });
  BOOST_TEST(ids.size() == 1U);
}

BOOST_AUTO_TEST_CASE(each_worker_enters_once) {
  std::atomic<int> entered{0};
  parallel_for(
      100, 3, [](std::size_t) {}, [&] { ++entered; });
  BOOST_TEST(entered == 3);
  entered = 0;
  parallel_for(
      2, 8, [](std::size_t) {}, [&] { ++entered; });
  BOOST_TEST(entered == 2);  // no more workers than items
}

BOOST_AUTO_TEST_CASE(an_exception_comes_back_and_stops_the_rest) {
  std::atomic<int> done{0};
  const auto work = [&](std::size_t i) {
    if (i == 3) throw std::runtime_error("item 3");
    ++done;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  BOOST_CHECK_EXCEPTION(parallel_for(1'000, 2, work), std::runtime_error,
                        [](const auto& e) { return std::string(e.what()) == "item 3"; });
  BOOST_TEST(done < 900);
  BOOST_CHECK_THROW(parallel_for(
                        4, 2, [](std::size_t) {}, [] { throw std::runtime_error("enter"); }),
                    std::runtime_error);
}

BOOST_AUTO_TEST_CASE(usable_threads_obey_affinity) {
  BOOST_TEST(usable_threads() >= 1);
  cpu_set_t before;
  BOOST_REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  }
  BOOST_REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  const int usable = usable_threads();
  ::sched_setaffinity(0, sizeof before, &before);
  BOOST_TEST(usable == 1);
}

BOOST_AUTO_TEST_SUITE_END()

#include "youden/base/faults.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace youden::base;

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(a_fault_reads_place_what_remedy) {
  const Fault full{"no", "a.yaml:1:2", "do"};
  const Fault bare{"no"};
  BOOST_TEST(full.text() == "a.yaml:1:2: no\n    do");
  BOOST_TEST(bare.text() == "no");
  BOOST_TEST(Fault({"no", "a\n\x1b[1mb.png"}).text() == "a\\n\\x1b[1mb.png: no");  // a file may be called that
}

BOOST_AUTO_TEST_CASE(no_fault_raises_nothing) { BOOST_CHECK_NO_THROW(Faults().raise<ConfigError>("faults:")); }

BOOST_AUTO_TEST_CASE(one_fault_stands_as_it_is) {
  Faults faults;
  faults.add("no", "a:1:2", "do");
  BOOST_CHECK_EXCEPTION(faults.raise<DataError>("faults:"), DataError,
                        [](const auto& e) { return std::string(e.what()) == "a:1:2: no\n    do"; });
}

BOOST_AUTO_TEST_CASE(several_are_a_list_and_very_many_are_counted) {
  Faults faults;
  faults.add("first", "a");
  faults.add(Fault{.what = "second"});
  BOOST_TEST(faults.summary("faults:").what == "2 faults:\n  a: first\n  second");
  for (int i = 3; i <= 60; ++i) faults.add("no " + std::to_string(i));
  const std::string text = faults.summary("faults:").text();
  BOOST_TEST(text.starts_with("60 faults:"));
  BOOST_TEST((text.find("no 50") != std::string::npos && text.find("no 51") == std::string::npos));
  BOOST_TEST(text.ends_with("… and 10 more"));
}

BOOST_AUTO_TEST_CASE(errors_know_their_room_and_exit_code) {
  BOOST_TEST(ConfigError({"x"}).exit_code() == 2);
  BOOST_TEST(DataError({"x"}).exit_code() == 2);
  BOOST_TEST(WeightsError({"x"}).exit_code() == 2);
  BOOST_TEST(StoreError({"x"}).exit_code() == 1);
  BOOST_TEST(RunError({"x"}, Exit::check_said_no).exit_code() == 3);
  BOOST_TEST(Interrupted({"x"}).exit_code() == 130);
  BOOST_TEST(DataError({"x"}).room() == "data");
}

BOOST_AUTO_TEST_SUITE_END()

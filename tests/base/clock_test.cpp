#include "youden/base/clock.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <string>

using namespace youden::base;

BOOST_AUTO_TEST_SUITE(clock_)

BOOST_AUTO_TEST_CASE(now_is_iso_8601_in_utc) {
  const std::string now = utc_now();
  BOOST_REQUIRE(now.size() == 24U);
  std::tm tm{};
  const char* rest = ::strptime(now.c_str(), "%Y-%m-%dT%H:%M:%S", &tm);
  BOOST_REQUIRE(rest);
  BOOST_TEST(*rest == '.');
  BOOST_TEST(now.back() == 'Z');
  BOOST_TEST(std::abs(std::difftime(::timegm(&tm), std::time(nullptr))) < 5);
}

BOOST_AUTO_TEST_CASE(uids_are_unique_and_rise_even_within_a_millisecond) {
  std::string before = make_uid();
  for (int i = 0; i < 3'000; ++i) {
    const std::string next = make_uid();
    BOOST_REQUIRE(next > before);
    before = next;
  }
}

BOOST_AUTO_TEST_CASE(a_uid_tells_its_time_and_has_no_ambiguous_letter) {
  const std::string uid = make_uid();
  BOOST_REQUIRE(uid.size() == 16U);
  constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford: no i, l, o, u
  BOOST_TEST((uid.find_first_not_of(kAlphabet) == std::string::npos));
  double ms = 0;
  for (const char c : uid.substr(0, 10)) ms = ms * 32 + static_cast<double>(kAlphabet.find(c));
  BOOST_TEST(std::abs(ms / 1000 - static_cast<double>(std::time(nullptr))) < 30);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_uid_is_chance) {
  std::set<std::string> ends;
  for (int i = 0; i < 200; ++i) ends.insert(make_uid().substr(10));
  BOOST_TEST(ends.size() >= 199U);  // 2^30 possible ends
}

BOOST_AUTO_TEST_SUITE_END()

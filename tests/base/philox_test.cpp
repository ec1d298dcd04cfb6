#include "youden/base/philox.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <vector>

using namespace youden::base;

BOOST_AUTO_TEST_SUITE(philox)

BOOST_AUTO_TEST_CASE(gives_the_known_answers_of_random123) {
  const auto zero = philox4x32({0, 0, 0, 0}, {0, 0});
  BOOST_TEST(zero == (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}),
             boost::test_tools::per_element());
  const auto pi = philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0});
  BOOST_TEST(pi == (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_part_of_the_key_matters) {
  const StreamKey base{.seed = 1, .purpose = "a", .replicate = 2, .fold = 3, .epoch = 4, .item = "x"};
  std::vector<StreamKey> keys(7, base);
  keys[1].seed = 2;
  keys[2].purpose = "b";
  keys[3].replicate = 3;
  keys[4].fold = 4;
  keys[5].epoch = 5;
  keys[6].item = "y";
  std::set<std::uint64_t> first;
  for (const StreamKey& key : keys) first.insert(Stream(key).next_u64());
  BOOST_TEST(first.size() == keys.size());
}

BOOST_AUTO_TEST_CASE(a_stream_replays) {
  Stream a({.seed = 7, .purpose = "split"});
  Stream b = a;
  for (int i = 0; i < 9; ++i) BOOST_TEST(a.next_u32() == b.next_u32());
}

BOOST_AUTO_TEST_CASE(uniform_and_normal_have_their_moments) {
  Stream s({.seed = 3, .purpose = "moments"});
  double mean = 0;
  double square = 0;
  double normal = 0;
  double normal_square = 0;
  constexpr int kDraws = 40'000;
  for (int i = 0; i < kDraws; ++i) {
    const double u = s.uniform();
    const double z = s.normal();
    mean += u / kDraws;
    square += u * u / kDraws;
    normal += z / kDraws;
    normal_square += z * z / kDraws;
  }
  BOOST_TEST(std::abs(mean - 0.5) < 0.01);
  BOOST_TEST(std::abs(square - 1.0 / 3) < 0.01);
  BOOST_TEST(std::abs(normal) < 0.02);
  BOOST_TEST(std::abs(normal_square - 1) < 0.03);
}

BOOST_AUTO_TEST_CASE(below_covers_its_range_evenly) {
  Stream s({.seed = 5, .purpose = "below"});
  std::array<int, 3> seen{};
  for (int i = 0; i < 3'000; ++i) ++seen.at(s.below(3));
  for (const int n : seen) BOOST_TEST((n > 900 && n < 1'100));
}

BOOST_AUTO_TEST_SUITE_END()

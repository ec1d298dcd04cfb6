#include "youden/base/hash.hpp"

#include <boost/test/unit_test.hpp>

using namespace youden::base;

BOOST_AUTO_TEST_SUITE(hash)

BOOST_AUTO_TEST_CASE(hexadecimal_keeps_zeros_and_order) {
  const unsigned char bytes[] = {0x00, 0x0f, 0xa5, 0xff};
  BOOST_TEST(to_hex(bytes) == "000fa5ff");
}

BOOST_AUTO_TEST_CASE(xxh3_of_nothing_is_the_published_constant) {
  BOOST_TEST(hash64("") == 0x2d06800538d394c2ULL);                   // XXH3_64bits, length 0, seed 0
  BOOST_TEST(Hasher().hex() == "99aa06d3014798d86001c324468d497f");  // XXH3_128bits of nothing
}

BOOST_AUTO_TEST_CASE(parts_are_framed) {
  BOOST_TEST(Hasher().add("ab").add("c").hex() != Hasher().add("a").add("bc").hex());
  BOOST_TEST(Hasher().add("abc").hex() != Hasher().add("ab").add("c").hex());
  BOOST_TEST(Hasher().add("").hex() != Hasher().hex());
  BOOST_TEST(Hasher().add("a").add("").hex() != Hasher().add("").add("a").hex());
  BOOST_TEST(Hasher().add("a").add("b").hex() == Hasher().add("a").add("b").hex());
}

BOOST_AUTO_TEST_CASE(a_frame_is_the_length_in_eight_bytes) {
  // So that ("a") as one framed part equals XXH3_128 of those nine bytes, computed without the frame.
  const std::string nine(
      "\x01\0\0\0\0\0\0\0"
      "a",
      9);
  const XXH128_hash_t plain = XXH3_128bits(nine.data(), nine.size());
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, plain);
  BOOST_TEST(hash_hex("a") == to_hex(canonical.digest));
}

BOOST_AUTO_TEST_CASE(text_that_holds_zeros_is_hashed_whole) {
  using namespace std::string_view_literals;
  BOOST_TEST(hash_hex("a\0b"sv) != hash_hex("a\0c"sv));
  BOOST_TEST(hash64("a\0b"sv) != hash64("a\0c"sv));
}

BOOST_AUTO_TEST_SUITE_END()

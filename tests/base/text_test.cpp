#include "youden/base/text.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "youden/base/utf8.hpp"

using namespace youden::base;
using Words = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(split_and_join_are_inverse_with_empty_parts) {
  BOOST_TEST(split("a,,b", ',') == (Words{"a", "", "b"}), boost::test_tools::per_element());
  BOOST_TEST(split("", ',') == (Words{""}), boost::test_tools::per_element());
  for (const std::string text : {"a,,b", ",a", "a,", ",", ""}) BOOST_TEST(join(split(text, ','), ",") == text);
}

BOOST_AUTO_TEST_CASE(trim_takes_line_ends_but_nothing_inside) {
  BOOST_TEST(trim(" \t a b\r\n") == "a b");
  BOOST_TEST(trim(" \r\n").empty());
}

BOOST_AUTO_TEST_CASE(edit_distances_worked_by_hand) {
  BOOST_TEST(edit_distance("kitten", "sitting") == 3U);
  BOOST_TEST(edit_distance("ab", "ba") == 1U);   // one transposition
  BOOST_TEST(edit_distance("ca", "abc") == 3U);  // optimal string alignment; unrestricted Damerau says 2
  BOOST_TEST(edit_distance("", "abc") == 3U);
  BOOST_TEST(edit_distance("epochs", "epochs") == 0U);
}

BOOST_AUTO_TEST_CASE(nearest_is_close_or_nothing) {
  const Words keys{"dropout", "hidden", "lr"};
  BOOST_TEST(nearest("drpoout", keys) == "dropout");
  BOOST_TEST(nearest("DROPOUT", keys) == "dropout");
  BOOST_TEST(nearest("hiden", keys) == "hidden");
  BOOST_TEST(nearest("lt", keys) == "lr");
  BOOST_TEST(nearest("x", keys).empty());  // one letter away, but nothing of it is left
  BOOST_TEST(nearest("momentum", keys).empty());
  BOOST_TEST(nearest("", keys).empty());
}

BOOST_AUTO_TEST_CASE(a_megabyte_as_a_word_costs_nothing) {
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(nearest(std::string(1 << 20, 'a'), Words{"dropout", "hidden"}).empty());
  BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(1)));
}

BOOST_AUTO_TEST_CASE(suggestion_names_the_nearest_or_all_or_nothing) {
  BOOST_TEST(suggestion("hiden", Words{"dropout", "hidden"}) == "did you mean 'hidden'?");
  BOOST_TEST(suggestion("zzz", Words{"dropout", "hidden"}) == "known: dropout, hidden");
  BOOST_TEST(suggestion("zzz", Words{}).empty());
}

BOOST_AUTO_TEST_CASE(excerpt_is_one_short_line_of_whole_characters) {
  BOOST_TEST(excerpt("a\nb\tc") == "a b c");
  BOOST_TEST(excerpt("abcdef", 3) == "abc…");
  const std::string cut = excerpt("aéé", 2);  // the second byte is half an é
  BOOST_TEST(cut == "a…");
}

BOOST_AUTO_TEST_CASE(utf8_is_taken_strictly) {
  BOOST_TEST(!first_bad_utf8("plain, é, 漢, 🫁"));
  BOOST_TEST(!first_bad_utf8(""));
  const auto at = [](const char* text) { return first_bad_utf8(text).value_or(99); };
  BOOST_TEST(at("caf\xE9") == 3U);           // Latin-1
  BOOST_TEST(at("a\xC0\xAF") == 1U);         // overlong '/'
  BOOST_TEST(at("\xED\xA0\x80") == 0U);      // a surrogate
  BOOST_TEST(at("\xF4\x90\x80\x80") == 0U);  // beyond U+10FFFF
  BOOST_TEST(at("ab\xE6\xBC") == 2U);        // cut short
  BOOST_TEST(at("\x80") == 0U);              // no lead byte
}

BOOST_AUTO_TEST_SUITE_END()

#include "youden/sample/patient.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "youden/sample/manifest.hpp"
#include "youden/sample/patient_id.hpp"

using namespace youden::sample;
using boost::test_tools::per_element;

BOOST_AUTO_TEST_SUITE(patients)

BOOST_AUTO_TEST_CASE(one_is_known_by_id_and_where_both_have_one_by_source) {
  PatientSet seen;
  BOOST_TEST(seen.empty());
  seen.add({"12", "north"});
  seen.add({"", "north"});
  BOOST_TEST(seen.contains({"12", "north"}));
  BOOST_TEST(seen.contains({"12", ""}));
  BOOST_TEST(!seen.contains({"12", "south"}));
  BOOST_TEST(!seen.contains({"13", "north"}));
  BOOST_TEST(!seen.contains({"", "north"}));  // nobody is nobody else
  seen.add({"12", ""});
  BOOST_TEST(seen.contains({"12", "south"}));
}

BOOST_AUTO_TEST_CASE(names_are_ids_until_two_sources_share_one) {
  const std::vector<PatientKey> keys{{"1", "north"}, {"1", "south"}, {"2", "north"}, {"", "north"}, {"1", "north"}};
  BOOST_TEST(patient_names(keys) == (std::vector<std::string>{"1 of north", "1 of south", "2", "", "1 of north"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(a_row_without_a_source_makes_one_patient_of_all_with_its_id) {
  const std::vector<PatientKey> keys{{"1", "north"}, {"1", ""}, {"1", "south"}};
  BOOST_TEST(patient_names(keys) == (std::vector<std::string>{"1", "1", "1"}), per_element());
}

BOOST_AUTO_TEST_CASE(who_is_unknown_stands_for_one_film_and_meets_no_patient_of_its_name) {
  Manifest m;
  m.samples.push_back({.id = "a", .path = {}, .sha256 = {}, .label = "x", .patient = "b"});
  m.samples.push_back({.id = "b", .path = {}, .sha256 = {}, .label = "x"});
  m.samples.push_back({.id = "c", .path = {}, .sha256 = {}, .label = "x", .patient = "b"});
  const std::vector<std::string> units = m.units();
  BOOST_TEST(units[0] == units[2]);
  BOOST_TEST(units[0] != units[1]);
}

BOOST_AUTO_TEST_CASE(ids_read_alike_whatever_program_wrote_them) {
  for (const char* id : {"12", "12.0", "012", " 12 ", "12.000"}) BOOST_TEST(plain_id(id) == "12");
  BOOST_TEST(plain_id("000") == "0");
  BOOST_TEST(plain_id("P7") == plain_id("p7"));
  BOOST_TEST(plain_id("12.5") == "12.5");
  BOOST_TEST(plain_id("P012") == "p012");
  BOOST_TEST(says_nothing(" NaN "));
  BOOST_TEST(says_nothing("N/A"));
  BOOST_TEST(!says_nothing("0"));
  const std::vector<std::string> ids{"12", "7", "12.0", "7"};
  BOOST_TEST(spelling_note(ids) ==
             "1 patient may be written in several ways, for example '12' and '12.0', and count as different ones");
  BOOST_TEST(spelling_note(std::vector<std::string>{"1", "2"}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

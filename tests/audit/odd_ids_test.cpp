#include "youden/audit/odd_ids.hpp"

#include "cases.hpp"

using namespace youden;
using namespace youden::audit;
using namespace youden::test;

BOOST_AUTO_TEST_SUITE(audit_odd_ids)

BOOST_AUTO_TEST_CASE(one_patient_written_two_ways_fails_where_they_lie_in_two_parts) {
  const Finding f = odd_ids(Films({{"a", "ill", "12"},
                                   {"b", "well", "12.0", 'e'},
                                   {"c", "ill", "7"},
                                   {"d", "well", "007"},
                                   {"e", "ill", "9", 'e'}})
                                .subject());
  BOOST_TEST(f.severity == Severity::fail);
  BOOST_TEST(f.value.value() == 1);
  BOOST_TEST(f.evidence.at("written_several_ways") == 2);
  BOOST_TEST(f.evidence.at("examples")[0].at("patient") == "12 = 12.0");
  BOOST_TEST(f.evidence.at("examples")[0].at("parts").dump() == R"(["train","test"])");
}

BOOST_AUTO_TEST_CASE(within_one_part_it_is_said) {
  const Finding f = odd_ids(Films({{"a", "ill", "P7"}, {"b", "well", "p7"}, {"c", "ill", "P8", 'e'}}).subject());
  BOOST_TEST(f.severity == Severity::warn);
  BOOST_TEST(holds(f.text, "1 of 2 patients seem to be written in several ways, for example P7 = p7"));
}

BOOST_AUTO_TEST_CASE(plain_ids_pass) {
  const Finding f = odd_ids(Films({{"a", "ill", "12"}, {"b", "well", "13", 'e'}, {"c", "ill", "12.5"}}).subject());
  BOOST_TEST(f.severity == Severity::pass);
}

BOOST_AUTO_TEST_CASE(placeholders_a_patient_of_most_films_and_two_arms_are_said) {
  std::vector<Row> rows;
  for (int i = 0; i < 24; ++i) {
    rows.push_back({"f" + std::to_string(i), i % 2 == 0 ? "ill" : "well", i < 20 ? "all" : "p" + std::to_string(i)});
  }
  BOOST_TEST(holds(odd_ids(Films(rows).subject()).text, "20 of 24 films are said to be of one patient, 'all'"));
  for (Row& r : rows) r.patient = r.label == "ill" ? "A" : "B";
  BOOST_TEST(holds(odd_ids(Films(rows).subject()).text, "24 films are of two patients"));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].patient = i < 3 ? "999" : "p" + std::to_string(i);
  BOOST_TEST(holds(odd_ids(Films(rows).subject()).text, "'999', the patient of 3 films, may be a placeholder"));
}

BOOST_AUTO_TEST_SUITE_END()

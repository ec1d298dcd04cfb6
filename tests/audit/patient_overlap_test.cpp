#include "youden/audit/patient_overlap.hpp"
#include "cases.hpp"

using namespace youden;
using namespace youden::audit;
using namespace youden::test;

BOOST_AUTO_TEST_SUITE(audit_patient_overlap)

BOOST_AUTO_TEST_CASE(a_patient_in_train_and_test_fails) {
  const Films films({{"a1", "ill", "A"},
                     {"a2", "ill", "A", 'e'},
                     {"b1", "well", "B"},
                     {"b2", "well", "B"},
                     {"c1", "well", "C", 'e'}});
  const Finding f = patient_overlap(films.subject());
  BOOST_TEST(f.severity == Severity::fail);
  BOOST_TEST(f.value.value() == 1);
  BOOST_TEST(f.evidence.at("films") == 2);
  BOOST_TEST(f.evidence.at("examples")[0].dump() == R"({"patient":"A","parts":["train","test"],"films":["a1","a2"]})");
  BOOST_TEST(holds(f.text, "1 of 3 patients"));
}

BOOST_AUTO_TEST_CASE(validation_counts_as_a_part_too_and_unused_does_not) {
  Films films({{"a1", "ill", "A"}, {"a2", "ill", "A", 'v'}, {"b1", "well", "B", 'e'}});
  BOOST_TEST(patient_overlap(films.subject()).severity == Severity::fail);
  films.folds[0][1] = sample::Part::unused;
  BOOST_TEST(patient_overlap(films.subject()).severity == Severity::pass);
}

BOOST_AUTO_TEST_CASE(an_overlap_in_a_later_fold_is_found) {
  Films films({{"a1", "ill", "A"}, {"a2", "ill", "A"}, {"b1", "well", "B", 'e'}});
  films.folds.push_back({sample::Part::train, sample::Part::oof, sample::Part::train});
  BOOST_TEST(patient_overlap(films.subject()).value.value() == 1);
}

BOOST_AUTO_TEST_CASE(unknown_patients_are_unverifiable_not_fine) {
  const Finding none = patient_overlap(Films({{"a", "ill"}, {"b", "well", "", 'e'}}).subject());
  BOOST_TEST(none.severity == Severity::warn);
  BOOST_TEST(!none.value);
  BOOST_TEST(holds(none.text, "unverifiable"));
  const Finding some = patient_overlap(Films({{"a", "ill", "A"}, {"b", "well", "", 'e'}}).subject());
  BOOST_TEST(some.severity == Severity::warn);
  BOOST_TEST(holds(some.text, "1 of 2 films"));
}

BOOST_AUTO_TEST_SUITE_END()

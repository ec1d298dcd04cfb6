#include "youden/data/labels.hpp"

#include <boost/test/unit_test.hpp>

#include "films.hpp"
#include "youden/base/text.hpp"
#include "youden/sample/exclusions.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;

namespace {

Manifest labelled(const std::vector<std::string>& labels) {
  Manifest m;
  for (const std::string& label : labels) {
    m.samples.push_back({.id = std::to_string(m.samples.size()), .path = {}, .sha256 = {}, .label = label});
  }
  return m;
}
std::string classes(const Manifest& m) {
  std::string out;
  for (const Sample& s : m.samples) out += s.id + s.label + " ";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(labels)

BOOST_AUTO_TEST_CASE(whole_labels_and_components_between_slashes_are_matched_whatever_case_and_padding) {
  Manifest m = labelled({"Pneumonia/Viral/COVID-19", " covid-19 ", "No Finding", "Pneumonia/Viral/SARS"});
  LabelMap({{"covid", {"COVID-19"}}, {"normal", {"no finding"}}, {"other", {"sars"}}}).apply(m);
  BOOST_TEST(classes(m) == "0covid 1covid 2normal 3other ");
}

BOOST_AUTO_TEST_CASE(not_available_is_a_label_of_its_own_and_no_N) {
  Manifest m = labelled({"P", "N", "N/A", "n/a"});
  const std::string text = refusal([&] { LabelMap({{"positive", {"P"}}, {"negative", {"N"}}}).apply(m); });
  BOOST_TEST(holds(text, "no class takes the label 'N/A' of 1 sample"));
  BOOST_TEST(holds(text, "no class takes the label 'n/a' of 1 sample"));
}

BOOST_AUTO_TEST_CASE(one_finding_is_set_against_the_rest) {
  Manifest m = labelled({"Effusion|Mass", "No Finding", "effusion", "Mass"});
  LabelMap({{"effusion", {"Effusion"}}, {"other", {"*"}}}).apply(m);
  BOOST_TEST(classes(m) == "0effusion 1other 2effusion 3other ");
  Manifest unlabelled = labelled({"Effusion", ""});
  BOOST_TEST(holds(refusal([&] { LabelMap({{"a", {"Effusion"}}, {"b", {"*"}}}).apply(unlabelled); }), "the label ''"));
}

BOOST_AUTO_TEST_CASE(a_whole_match_comes_before_a_component) {
  Manifest m = labelled({"Pneumonia", "Pneumonia/Viral"});
  LabelMap({{"any", {"Pneumonia"}}, {"viral", {"Pneumonia/Viral"}}}).apply(m);
  BOOST_TEST(classes(m) == "0any 1viral ");
}

BOOST_AUTO_TEST_CASE(dropped_samples_leave_and_are_counted) {
  Manifest m = labelled({"a", "", "todo", "", "b"});
  LabelMap({{"x", {"a", "b"}}, {"drop", {"", "todo"}}}).apply(m);
  BOOST_TEST(classes(m) == "0x 4x ");
  BOOST_TEST(m.excluded["label not given"] == 2U);
  BOOST_TEST(m.excluded["label 'todo'"] == 1U);
}

BOOST_AUTO_TEST_CASE(reasons_of_exclusion_stand_most_first_and_beyond_a_dozen_are_summed) {
  std::map<std::string, std::size_t> many{{"a", 1}, {"b", 5}};
  BOOST_TEST(youden::base::join(youden::sample::exclusion_lines(many), "; ") == "5 for b; 1 for a");
  for (char c = 'c'; c <= 'n'; ++c) many[std::string(1, c)] = 2;
  const auto lines = youden::sample::exclusion_lines(many);
  BOOST_TEST(lines.size() == 12U);
  BOOST_TEST(lines[10] == "2 for l");
  BOOST_TEST(lines[11] == "5 for 3 other reasons");
}

BOOST_AUTO_TEST_CASE(labels_that_no_class_takes_are_all_refused_with_counts) {
  Manifest m = labelled({"a", "b", "b", "c", ""});
  const std::string message = refusal([&] { LabelMap(youden::config::TextsMap{{"x", {"a"}}}).apply(m); });
  BOOST_TEST(holds(message, "'b' of 2 samples"));
  BOOST_TEST(holds(message, "'c' of 1 sample"));
  BOOST_TEST(holds(message, "'' of 1 sample"));
  BOOST_TEST(holds(message, "or under drop"));
}

BOOST_AUTO_TEST_CASE(a_label_of_two_classes_and_an_empty_class_are_refused) {
  Manifest torn = labelled({"viral/covid"});
  BOOST_TEST(holds(refusal([&] { LabelMap({{"x", {"viral"}}, {"y", {"covid"}}}).apply(torn); }), "x and y"));
  Manifest m = labelled({"a"});
  BOOST_TEST(holds(refusal([&] { LabelMap({{"x", {"a"}}, {"y", {"bb"}}}).apply(m); }), "the class 'y'"));
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/sweep/space.hpp"

using namespace youden;
using config::Json;

namespace {

sweep::Space space(const std::string& json) {
  return sweep::Space::parse(Json::parse(json), [](const std::string& key) { return "e.yaml:3 " + key; });
}
std::vector<std::string> texts(const std::vector<sweep::Params>& all) {
  std::vector<std::string> out;
  for (const auto& p : all) out.push_back(p.dump());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep_space)

BOOST_AUTO_TEST_CASE(a_grid_has_every_combination_once_the_last_key_fastest) {
  const auto all = texts(space(R"({"a": {"choice": [0.3, 0.5]}, "b": ["x", "y"]})").grid());
  const std::vector<std::string> expected{R"({"a":0.3,"b":"x"})", R"({"a":0.3,"b":"y"})", R"({"a":0.5,"b":"x"})",
                                          R"({"a":0.5,"b":"y"})"};
  BOOST_TEST(all == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_conditional_key_exists_under_its_condition_only) {
  const auto all = texts(space(R"({"head": ["linear", "tutorial"],
                                   "head.hidden": {"integer": [8, 9], "when": {"head": "tutorial"}}})")
                             .grid());
  const std::vector<std::string> expected{R"({"head":"linear"})", R"({"head":"tutorial","head.hidden":8})",
                                          R"({"head":"tutorial","head.hidden":9})"};
  BOOST_TEST(all == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(points_divide_an_interval_evenly_or_its_logarithm) {
  const auto s = space(R"({"u": {"uniform": [1, 2], "points": 3}, "l": {"log_uniform": [0.001, 10], "points": 5},
                           "i": {"integer": [1, 10], "points": 4}})");
  BOOST_TEST(Json(s.parameters()[0].grid()).dump() == "[1.0,1.5,2.0]");
  const auto l = s.parameters()[1].grid();
  for (const auto& [at, value] : {std::pair{0, 0.001}, {1, 0.01}, {2, 0.1}, {3, 1.0}, {4, 10.0}}) {
    BOOST_TEST(l[static_cast<std::size_t>(at)].get<double>() == value, boost::test_tools::tolerance(1e-12));
  }
  BOOST_TEST(Json(s.parameters()[2].grid()).dump() == "[1,4,7,10]");
}

BOOST_AUTO_TEST_CASE(u_becomes_a_value_in_equal_shares) {
  const auto s = space(R"({"c": ["p", "q", "r"], "i": {"integer": [3, 6]}, "l": {"log_uniform": [0.01, 1]}})");
  BOOST_TEST(s.at({0.0, 0.0, 0.5}).dump().starts_with(R"({"c":"p","i":3,"l":0.1)"));
  BOOST_TEST(s.at({0.34, 0.26, 0.0})["c"] == "q");
  BOOST_TEST(s.at({0.34, 0.26, 0.0})["i"] == 4);
  BOOST_TEST(s.at({0.9999999, 0.9999999, 0.0})["c"] == "r");
  BOOST_TEST(s.at({0.9999999, 0.9999999, 0.0})["i"] == 6);
}

BOOST_AUTO_TEST_CASE(nested_maps_are_dotted_keys) {
  const auto s = space(R"({"head": {"dropout": {"choice": [0, 1]}, "hidden": [2]}, "train.lr": [0.1]})");
  BOOST_TEST(s.parameters().size() == 3U);
  BOOST_TEST(s.parameters()[0].key == "head.dropout");
  BOOST_TEST(s.parameters()[1].key == "head.hidden");
}

BOOST_AUTO_TEST_CASE(all_faults_are_named_at_once_with_their_place) {
  const auto says = [](const base::ConfigError& e) {
    const std::string text = e.what();
    for (const char* part : {"6 faults", "e.yaml:3 a", "'choice'?", "second number must be the larger", "above 0",
                             "lists 1 twice", "does not stand before it", "never is"}) {
      if (text.find(part) == std::string::npos) {
        BOOST_TEST_MESSAGE("'" << part << "' is missing in: " << text);
        return false;
      }
    }
    return true;
  };
  BOOST_CHECK_EXCEPTION(space(R"({"a": {"choise": [1], "choice": [2]}, "b": {"uniform": [2, 1]},
                                  "c": {"log_uniform": [0, 1]}, "d": [1, 1], "o": [5],
                                  "e": {"integer": [1, 2], "when": {"z": 1}}, "f": {"choice": [1], "when": {"o": 6}}})"),
                        base::ConfigError, says);
}

BOOST_AUTO_TEST_CASE(an_empty_space_and_an_endless_grid_are_refused) {
  BOOST_CHECK_THROW(space("{}"), base::ConfigError);
  BOOST_CHECK_THROW(space(R"({"a": {"uniform": [0, 1]}})").grid(), base::ConfigError);
  BOOST_CHECK_THROW(space(R"({"a": {"integer": [0, 2000000000]}})").grid(), base::ConfigError);
  BOOST_CHECK_THROW(space(R"({"a": {"integer": [0, 20000000000000000]}})"), base::ConfigError);
  BOOST_CHECK_THROW(space(R"({"a": {"integer": [1, 2000]}, "b": {"integer": [1, 2000]}})").grid(), base::ConfigError);
}

BOOST_AUTO_TEST_CASE(prerequisites_are_the_conditions_up_to_the_root) {
  const auto s = space(R"({"a": ["x", "y"], "b": {"choice": [1, 2], "when": {"a": "y"}},
                           "c": {"uniform": [0, 1], "when": {"b": [2]}}})");
  BOOST_TEST(s.prerequisites(s.parameters()[2]).dump() == R"({"b":2,"a":"y"})");
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

#include "youden/base/error.hpp"
#include "youden/store/pareto.hpp"
#include "youden/sweep/comma_lists.hpp"
#include "youden/sweep/objective.hpp"

using namespace youden;

namespace {

const std::vector<std::pair<std::string, std::string>> kKnown{{"auc", "max"}, {"brier", "min"}, {"lr_low", "max"}};

sweep::Objective parse(const std::string& text) { return sweep::Objective::parse(text, kKnown, "e.yaml:9"); }

store::PooledResults results(const std::string& part) {
  store::PooledResults out;
  out[part]["auc"].estimate = {.value = 0.8, .low = 0.6, .high = 0.9};
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep_objective)

BOOST_AUTO_TEST_CASE(part_metric_and_limit_are_told_apart) {
  const auto o = parse("oof.auc_low");
  BOOST_TEST(o.part == "oof");
  BOOST_TEST(o.metric == "auc");
  BOOST_TEST(o.bound == "low");
  BOOST_TEST(o.maximised);
  BOOST_TEST(!parse("brier").maximised);
  BOOST_TEST(parse("lr_low").metric == "lr_low");  // a metric may be called like a limit
}

BOOST_AUTO_TEST_CASE(a_metric_that_is_not_stored_is_refused_with_the_nearest) {
  BOOST_CHECK_EXCEPTION(parse("val.auk"), base::ConfigError, [](const auto& e) {
    return std::string(e.what()).find("did you mean 'auc'") != std::string::npos &&
           std::string(e.what()).find("e.yaml:9") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(a_test_part_chooses_nothing) { BOOST_CHECK_THROW(parse("test.auc"), base::ConfigError); }

BOOST_AUTO_TEST_CASE(the_value_comes_from_the_part_or_what_stands_for_it) {
  BOOST_TEST(*parse("val.auc").of(results("val")).value == 0.8);
  BOOST_TEST(*parse("val.auc_low").of(results("oof")).value == 0.6);
  const auto exploratory = parse("val.auc_high").of(results("test"));
  BOOST_TEST(*exploratory.value == 0.9);
  BOOST_TEST(exploratory.part == "test");
  BOOST_TEST(!parse("val.brier").of(results("val")).value.has_value());
}

BOOST_AUTO_TEST_CASE(the_front_holds_what_nothing_beats_in_all) {
  using S = store::Scores;
  const std::vector<S> points{{0.9, 0.5}, {0.8, 0.8}, {0.8, 0.7}, {0.5, 0.9}, {0.5, 0.9}, {std::nullopt, 1.0}};
  const std::vector<bool> expected{true, true, false, true, true, false};
  BOOST_TEST(store::pareto_front(points, {true, true}) == expected, boost::test_tools::per_element());
  const std::vector<bool> second_minimised{true, false, false, false, false, false};
  BOOST_TEST(store::pareto_front(points, {true, false}) == second_minimised, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(comma_lists_are_told_from_settings) {
  const auto lists =
      sweep::comma_lists({"head.dropout=0.3,0.5", "classes=[a, b]", "positive=no,maybe", "train.epochs=5",
                          "augment={views: 2, steps: []}", "sweep.objective=[val.auc,val.f1]", "x={a: 1},null"});
  BOOST_TEST(lists.settings.size() == 4U);
  BOOST_TEST(
      lists.space.dump() ==
      R"({"head.dropout":{"choice":[0.3,0.5]},"positive":{"choice":["no","maybe"]},"x":{"choice":["{a: 1}",null]}})");
  BOOST_TEST(sweep::setting("a", 0.30000000000000004) == "a=0.30000000000000004");
  BOOST_TEST(sweep::setting("a", "vgg16") == "a=vgg16");
  BOOST_TEST(sweep::setting("a", "films #1") == "a=\"films #1\"");
  BOOST_TEST(sweep::setting("a", "null") == "a=\"null\"");
  BOOST_TEST(sweep::setting("a", "{x: 1}") == "a={x: 1}");
  BOOST_CHECK_THROW(sweep::comma_lists({"a=1,,2"}), base::ConfigError);
}

BOOST_AUTO_TEST_SUITE_END()

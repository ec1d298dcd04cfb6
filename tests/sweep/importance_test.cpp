#include "youden/sweep/importance.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace youden;
using config::Json;
using Trials = std::vector<std::pair<Json, double>>;

BOOST_AUTO_TEST_SUITE(sweep_importance)

BOOST_AUTO_TEST_CASE(omega_squared_by_hand) {
  // Means 1.5 and 5.5 around 3.5: 16 between, 1 within; (16 − ½) / (17 + ½).
  const auto i = sweep::importance("a", Trials{{1, 1}, {1, 2}, {2, 5}, {2, 6}}, true);
  BOOST_TEST(*i.share == 15.5 / 17.5, boost::test_tools::tolerance(1e-12));
  BOOST_REQUIRE(i.levels.size() == 2U);
  BOOST_TEST(i.levels[1].text == "2");
  BOOST_TEST(i.levels[1].mean == 5.5);
  BOOST_TEST(i.levels[1].best == 6.0);
  BOOST_TEST(sweep::importance("a", Trials{{1, 1}, {1, 2}, {2, 5}, {2, 6}}, false).levels[1].best == 5.0);
}

BOOST_AUTO_TEST_CASE(chance_explains_nothing) {
  BOOST_TEST(*sweep::importance("a", Trials{{"x", 1}, {"x", 3}, {"y", 1}, {"y", 3}}, true).share == 0.0);
}

BOOST_AUTO_TEST_CASE(many_numbers_fall_into_fifths_in_their_order) {
  Trials trials;
  for (int i = 19; i >= 0; --i) trials.emplace_back(0.1 * i, i);
  const auto one = sweep::importance("lr", trials, true);
  BOOST_REQUIRE(one.levels.size() == 5U);
  BOOST_TEST(one.levels[0].mean == 1.5);
  BOOST_TEST(one.levels[4].best == 19.0);
  BOOST_TEST(one.levels[0].text == "0 to 0.3");
  BOOST_TEST(*one.share > 0.9);
}

BOOST_AUTO_TEST_CASE(too_few_trials_or_one_value_have_no_share) {
  BOOST_TEST(!sweep::importance("a", {}, true).share);
  BOOST_TEST(!sweep::importance("a", Trials{{1, 1}, {2, 5}}, true).share);
  BOOST_TEST(!sweep::importance("a", Trials{{1, 1}, {1, 5}}, true).share);
  BOOST_TEST(!sweep::importance("a", Trials{{1, 2}, {1, 2}, {2, 2}, {2, 2}}, true).share);
}

BOOST_AUTO_TEST_SUITE_END()

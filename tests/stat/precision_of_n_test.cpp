#include <boost/test/unit_test.hpp>

#include "youden/stat/precision_of_n.hpp"

using namespace youden::stat;

BOOST_AUTO_TEST_SUITE(precision_of_n)

BOOST_AUTO_TEST_CASE(the_n_that_five_per_cent_take_is_scipys) {  // smallest n by trying each with scipy's beta.ppf
  BOOST_TEST(samples_for(0.9) == 158);
  BOOST_TEST(samples_for(0.8) == 264);
  BOOST_TEST(samples_for(0.5) == 402);
  BOOST_TEST(samples_for(1.0) == 36);
  BOOST_TEST(half_width(0.8, 5) == 0.35568358636931074, boost::test_tools::tolerance(1e-12));
  BOOST_CHECK_THROW(static_cast<void>(samples_for(0.9, 0)), youden::base::ConfigError);
}

BOOST_AUTO_TEST_CASE(the_tutorials_sensitivity_is_too_small_to_claim) {
  BOOST_TEST(too_small_to_claim(proportion(5, 5)));
  BOOST_TEST(too_small_to_claim(proportion(90, 100)));
  BOOST_TEST(!too_small_to_claim(proportion(450, 500)));
  BOOST_TEST(too_small_to_claim(Estimate{.value = 1.0}));  // no interval
}

BOOST_AUTO_TEST_SUITE_END()

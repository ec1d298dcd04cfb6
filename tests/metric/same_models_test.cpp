// A/A: what a test of two equal models calls different. The full table is tools/bench/bench_compare.cpp.
#include <boost/test/unit_test.hpp>

#include "../../tools/bench/same_models.hpp"
#include "youden/metric/metrics/auc.hpp"
#include "youden/metric/metrics/brier.hpp"
#include "youden/metric/metrics/sensitivity.hpp"

using namespace youden;
using bench::false_alarms;

namespace {

template <class M, class Options>
evaluate::NamedMetric named(const char* name) {
  return {name, std::make_shared<M>(Options{}, metric::MetricContext{})};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(same_models)

BOOST_AUTO_TEST_CASE(equal_models_differ_in_at_most_six_and_a_half_per_cent) {
  const auto alarms = false_alarms({"100 + 100 films", 100}, 1000, 300,
                                   {named<metric::Sensitivity, metric::ProportionOptions>("sensitivity")});
  for (const char* test : {"mcnemar-exact accuracy", "delong auc", "cluster-bootstrap sensitivity"}) {
    BOOST_TEST_CONTEXT(test) {
      BOOST_TEST(alarms.at(test).tested == 1000);
      BOOST_TEST(alarms.at(test).share() <= 0.065);
      BOOST_TEST(alarms.at(test).share() >= 0.01);  // a test that never alarms tests nothing
    }
  }
}

BOOST_AUTO_TEST_CASE(few_films_do_not_fool_the_bootstrap) {
  const auto alarms =
      false_alarms({"10 + 10 films", 10}, 1000, 300, {named<metric::Brier, config::NoOptions>("brier")});
  BOOST_TEST(alarms.at("cluster-bootstrap brier").share() <= 0.075);  // 1000 pairs: ± 0.7 points
  BOOST_TEST(alarms.at("cluster-bootstrap brier").share() >= 0.03);
}

BOOST_AUTO_TEST_CASE(where_patients_have_several_films_the_bootstrap_of_patients_is_needed) {
  const auto alarms =
      false_alarms({"40 + 40 patients of 3 films", 120, 3}, 200, 200, {named<metric::Auc, metric::AucOptions>("auc")});
  BOOST_TEST(alarms.at("cluster-bootstrap auc").share() <= 0.08);  // 200 pairs: ± 1.7 points
  BOOST_TEST(alarms.at("delong auc").share() >= 0.12);
}

BOOST_AUTO_TEST_CASE(where_seeds_differ_the_bootstrap_of_seeds_is_needed) {
  const auto alarms = false_alarms({"40 + 40 films, 5 replicates", 40, 1, 5}, 200, 200,
                                   {named<metric::Auc, metric::AucOptions>("auc")});
  BOOST_TEST(alarms.at("cluster-bootstrap auc").share() <= 0.08);
  BOOST_TEST(alarms.at("delong auc").share() >= 0.12);  // of the first replicates: two fitted models do differ
}

BOOST_AUTO_TEST_SUITE_END()

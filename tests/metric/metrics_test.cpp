// The registered components, as a configuration names them.
#include "stat/golden.hpp"
#include "youden/metric/facts.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

using namespace youden::metric;
using namespace youden::stat;
using youden::test::same;
namespace registry = youden::registry;

namespace {

// TP 3, FN 1, FP 2, TN 4 at the decisions; asymmetric in every margin.
const Binary kPredictions{.positive = {1, 1, 1, 1, 0, 0, 0, 0, 0, 0},
                          .score = {.9, .8, .6, .3, .7, .55, .4, .2, .1, .05},
                          .decided = {1, 1, 1, 0, 1, 1, 0, 0, 0, 0}};

Estimate evaluate(const std::string& name, const youden::config::Json& options = youden::config::Json::object(),
                  double level = 0.95) {
  return registry::make<Metric>({name, options}, {.level = level})->evaluate(kPredictions);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(each_name_computes_its_number) {
  const std::map<std::string, double> expected{{"sensitivity", 3.0 / 4},
                                               {"specificity", 4.0 / 6},
                                               {"youden_j", 3.0 / 4 + 4.0 / 6 - 1},
                                               {"accuracy", 7.0 / 10},
                                               {"balanced_accuracy", (3.0 / 4 + 4.0 / 6) / 2},
                                               {"ppv", 3.0 / 5},
                                               {"npv", 4.0 / 5},
                                               {"f1", 6.0 / 9},
                                               {"mcc", (3.0 * 4 - 1.0 * 2) / std::sqrt(4.0 * 6 * 5 * 5)},
                                               {"kappa", (0.7 - 0.5) / (1 - 0.5)},
                                               {"auc", 20.0 / 24},
                                               {"average_precision", (1 + 1 + 3.0 / 4 + 4.0 / 7) / 4},
                                               {"brier", 1.705 / 10},
                                               {"lr_positive", (3.0 / 4) / (2.0 / 6)},
                                               {"lr_negative", (1.0 / 4) / (4.0 / 6)}};
  for (const auto& [name, value] : expected) BOOST_TEST(same(evaluate(name).value, value), name);
  const double likelihood = .9 * .8 * .6 * .3 * .3 * .45 * .6 * .8 * .9 * .95;
  BOOST_TEST(same(evaluate("log_loss").value, -std::log(likelihood) / 10));
}

BOOST_AUTO_TEST_CASE(each_says_whether_more_is_better) {
  const auto& catalog = registry::catalog();
  BOOST_TEST(catalog.names("metric").size() >= 16U);
  const std::set<std::string> fewer{"brier", "log_loss", "lr_negative", "ece_positive", "ece_top_label"};
  const std::set<std::string> neither{"calibration_slope", "calibration_intercept"};
  for (const std::string& name : catalog.names("metric")) {
    const auto& traits = catalog.find("metric", name)->traits;
    BOOST_TEST_CONTEXT(name << " " << traits.dump()) {
      BOOST_TEST_REQUIRE(traits.is_object());
      BOOST_TEST(traits.contains("maximised") != neither.contains(name));
      if (neither.contains(name)) continue;
      BOOST_TEST_REQUIRE(traits.at("maximised").is_boolean());
      BOOST_TEST(traits.at("maximised").get<bool>() == !fewer.contains(name));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_registered_is_what_it_does) {
  for (const std::string& name : registry::catalog().names("metric")) {
    BOOST_TEST((facts_of(name).needs == Needs::ranks) == registry::make<Metric>({name})->ranks(), name);
  }
  BOOST_TEST(facts_of("auc").title == "ROC AUC");
  BOOST_TEST(facts_of("auc_pooled").title == "ROC AUC, folds pooled");
  BOOST_TEST(facts_of("auc_pooled").direction == "max");
  BOOST_TEST(!facts_of("auc").hangs_on_scale());
  BOOST_TEST(facts_of("auc_pooled").hangs_on_scale());  // the folds' scores meet
  BOOST_TEST(!facts_of("auc_pooled").hangs_on_threshold());
  BOOST_TEST(facts_of("kappa").least == -1);
  BOOST_TEST(facts_of("lr_negative").direction == "min");
  BOOST_TEST(facts_of("balanced_accuracy").title == "Balanced accuracy");
  BOOST_TEST(facts_of("balanced_accuracy").slices);
  BOOST_TEST(facts_of("npv_at_0.05").direction == "max");
  BOOST_TEST(facts_of("calibration_slope").direction == "none");
  BOOST_TEST(facts_of("of nobody").direction == "none");
  BOOST_TEST(facts_of("of nobody").hangs_on_threshold());
}

BOOST_AUTO_TEST_CASE(options_and_level_reach_the_interval) {
  BOOST_TEST(evaluate("sensitivity").method == "clopper-pearson");
  BOOST_TEST(evaluate("sensitivity", {{"interval", "wilson"}}).method == "wilson");
  BOOST_TEST(evaluate("auc").method == "logit-delong");
  BOOST_TEST(evaluate("auc", {{"interval", "delong"}}).method == "delong");
  BOOST_TEST(evaluate("kappa").method.empty());
  for (const char* name : {"sensitivity", "npv", "youden_j", "lr_positive", "auc"}) {
    BOOST_TEST(*evaluate(name, youden::config::Json::object(), 0.8).low > *evaluate(name).low);
    BOOST_TEST(evaluate(name, youden::config::Json::object(), 0.8).level == 0.8);
  }
}

BOOST_AUTO_TEST_CASE(no_samples_is_undefined_for_all) {
  for (const std::string& name : registry::catalog().names("metric")) {
    BOOST_TEST(!registry::make<Metric>({name})->evaluate({}).value);
  }
}

BOOST_AUTO_TEST_SUITE_END()

// Values and intervals that are made of TP, FN, FP and TN.
#include "golden.hpp"
#include "youden/stat/agreement.hpp"
#include "youden/stat/confusion.hpp"
#include "youden/stat/likelihood_ratio.hpp"
#include "youden/stat/mover.hpp"
#include "youden/stat/predictive_value.hpp"
#include "youden/stat/proportion.hpp"
#include "youden/stat/rates.hpp"

using namespace youden::stat;
using youden::base::ConfigError;
using youden::base::DataError;
using youden::test::maybe;
using youden::test::same;

namespace {

const BinaryCounts kTutorial{.tp = 5, .fn = 0, .fp = 1, .tn = 4};

struct CountsCase {
  BinaryCounts counts;
  double level;
  nlohmann::json expected;
};
std::vector<CountsCase> golden_counts() {
  std::vector<CountsCase> cases;
  for (const auto& j : youden::test::golden_json("counts.json")) {
    cases.push_back({{.tp = j["tp"], .fn = j["fn"], .fp = j["fp"], .tn = j["tn"]}, j["level"], j});
  }
  return cases;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(counts)

BOOST_AUTO_TEST_CASE(rows_are_truth_and_columns_prediction) {
  const std::vector<int> truth{0, 0, 0, 1, 2, 2};
  const std::vector<int> predicted{0, 1, 1, 1, 0, 2};
  const ConfusionMatrix m = confusion(truth, predicted, 3);
  BOOST_TEST(m.at(0, 1) == 2);
  BOOST_TEST(m.at(1, 0) == 0);
  BOOST_TEST(m.support(0) == 3);
  BOOST_TEST(m.predicted(0) == 2);
  BOOST_TEST((m.binary(0) == BinaryCounts{.tp = 1, .fn = 2, .fp = 1, .tn = 2}));
  BOOST_TEST((m.binary(2) == BinaryCounts{.tp = 1, .fn = 1, .fp = 0, .tn = 4}));
}

BOOST_AUTO_TEST_CASE(the_positive_class_is_named_not_inferred) {
  ConfusionMatrix m(2);  // the tutorial's: class 0 is covid
  m.add(0, 0, 5);
  m.add(1, 0, 1);
  m.add(1, 1, 4);
  BOOST_TEST((m.binary(0) == kTutorial));
  BOOST_TEST((m.binary(1) == BinaryCounts{.tp = 4, .fn = 1, .fp = 0, .tn = 5}));
}

BOOST_AUTO_TEST_CASE(labels_beyond_the_classes_are_refused) {
  const std::vector<int> truth{0, 1};
  BOOST_CHECK_THROW(confusion(truth, std::vector<int>{0, 2}, 2), DataError);
  BOOST_CHECK_THROW(confusion(truth, std::vector<int>{0, -1}, 2), DataError);
  BOOST_CHECK_THROW(confusion(truth, std::vector<int>{0}, 2), DataError);
}

BOOST_AUTO_TEST_CASE(counts_from_labels_and_decisions) {
  const std::vector<std::uint8_t> truth{1, 1, 1, 0, 0, 0, 0};
  const std::vector<std::uint8_t> called{1, 1, 0, 1, 0, 0, 0};
  BOOST_TEST((count(truth, called) == BinaryCounts{.tp = 2, .fn = 1, .fp = 1, .tn = 3}));
  BOOST_CHECK_THROW(count(truth, std::vector<std::uint8_t>{1}), DataError);
}

BOOST_AUTO_TEST_CASE(proportions_match_the_contract) {
  const Estimate exact = proportion(4, 5);
  BOOST_TEST(same(exact.low, 0.283582063881911));
  BOOST_TEST(same(exact.high, 0.994949236620532));
  BOOST_TEST(exact.method == "clopper-pearson");
  const Estimate score = proportion(4, 5, 0.95, ProportionMethod::wilson);
  BOOST_TEST(same(score.low, 0.375534629762525));
  BOOST_TEST(same(score.high, 0.963775891367570));
  BOOST_TEST(score.method == "wilson");
  BOOST_TEST(same(proportion(5, 5).low, 0.47817624989501856));
  BOOST_TEST(*proportion(5, 5).high == 1);
  BOOST_TEST(*proportion(0, 5).low == 0);
  BOOST_TEST(!proportion(0, 0).value);
  BOOST_TEST(!proportion(0, 0).low);
}

BOOST_AUTO_TEST_CASE(wilson_ends_at_the_border_exactly) {
  for (int n = 1; n < 300; ++n) {
    BOOST_TEST(*proportion(0, n, 0.95, ProportionMethod::wilson).low == 0);
    BOOST_TEST(*proportion(n, n, 0.95, ProportionMethod::wilson).high == 1);
  }
}

BOOST_AUTO_TEST_CASE(large_and_fractional_counts_are_no_trouble) {
  const Estimate e = proportion(999'999'999, 1'000'000'000);
  BOOST_TEST((*e.low < *e.value && *e.value < *e.high));
  // Korn–Graubard: 8.5 effective films lie between 8 and 9.
  BOOST_TEST(clopper_pearson(8.5, 8.5).low > clopper_pearson(8, 8).low);
  BOOST_TEST(clopper_pearson(8.5, 8.5).low < clopper_pearson(9, 9).low);
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused_with_words) {
  BOOST_CHECK_THROW(proportion(6, 5), DataError);
  BOOST_CHECK_THROW(proportion(-1, 5), DataError);
  BOOST_CHECK_THROW(proportion(1, 5, 95), ConfigError);
  BOOST_CHECK_THROW(proportion(1, 5, std::nan("")), ConfigError);
  BOOST_CHECK_THROW(parse_proportion_method("wald"), ConfigError);
}

BOOST_AUTO_TEST_CASE(rates_match_scipy_and_statsmodels) {
  const std::map<std::string, Estimate (*)(const BinaryCounts&, double, ProportionMethod)> rates{
      {"sensitivity", sensitivity}, {"specificity", specificity}, {"ppv", ppv}, {"npv", npv}, {"accuracy", accuracy}};
  for (const auto& [counts, level, expected] : golden_counts()) {
    for (const auto& [name, rate] : rates) {
      const auto& e = expected[name];
      for (const auto& [method, key] :
           {std::pair(ProportionMethod::clopper_pearson, "exact"), std::pair(ProportionMethod::wilson, "wilson")}) {
        const Estimate got = rate(counts, level, method);
        BOOST_TEST_CONTEXT(expected.dump()) {
          BOOST_TEST(same(got.value, e.is_null() ? maybe(e) : maybe(e["value"])));
          BOOST_TEST(same(got.low, e.is_null() ? maybe(e) : maybe(e[key][0])));
          BOOST_TEST(same(got.high, e.is_null() ? maybe(e) : maybe(e[key][1])));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(scores_of_a_table_match_scikit_learn) {
  for (const auto& [counts, level, expected] : golden_counts()) {
    BOOST_TEST_CONTEXT(expected.dump()) {
      BOOST_TEST(same(f1(counts).value, maybe(expected["f1"])));
      BOOST_TEST(same(mcc(counts).value, maybe(expected["mcc"])));
      BOOST_TEST(same(kappa(counts).value, maybe(expected["kappa"])));
      BOOST_TEST(same(balanced_accuracy(counts).value, maybe(expected["balanced_accuracy"])));
    }
  }
  BOOST_TEST(same(mcc(kTutorial).value, 0.816496580927726));
  BOOST_TEST(!mcc(kTutorial).low);
}

BOOST_AUTO_TEST_CASE(agreement_of_many_classes_matches_scikit_learn) {
  for (const auto& j : youden::test::golden_json("reports.json")) {
    const auto& cells = j["matrix"];
    ConfusionMatrix m(cells.size());
    for (std::size_t t = 0; t < cells.size(); ++t) {
      for (std::size_t p = 0; p < cells.size(); ++p) m.add(t, p, cells[t][p]);
    }
    // scikit-learn's 0 for an undefined correlation is our "undefined"
    BOOST_TEST(same(mcc(m).value.value_or(0), j["mcc"].get<double>()));
    BOOST_TEST(same(kappa(m).value, j["kappa"].get<double>()));
  }
}

BOOST_AUTO_TEST_CASE(youden_j_of_the_tutorial) {
  const Estimate j = youden_j(kTutorial);
  BOOST_TEST(same(j.value, 0.8));
  BOOST_TEST(std::abs(*j.low - 0.066) < 5e-4);
  BOOST_TEST(std::abs(*j.high - 0.995) < 5e-4);
  BOOST_TEST(j.method == "mover");
  BOOST_TEST(j.n == 10);
  const Estimate balanced = balanced_accuracy(kTutorial);
  BOOST_TEST(same(balanced.value, 0.9));
  BOOST_TEST(same(balanced.low, (1 + *j.low) / 2));
  BOOST_TEST(same(balanced.high, (1 + *j.high) / 2));
}

BOOST_AUTO_TEST_CASE(mover_matches_its_formula_over_scipy) {
  for (const auto& [counts, level, expected] : golden_counts()) {
    const auto& limits = expected["mover"];
    const Estimate j = youden_j(counts, level);
    BOOST_TEST(same(j.low, limits.is_null() ? maybe(limits) : maybe(limits[0])));
    BOOST_TEST(same(j.high, limits.is_null() ? maybe(limits) : maybe(limits[1])));
    if (j.low) BOOST_TEST((*j.low >= -1 && *j.high <= 1));
  }
}

BOOST_AUTO_TEST_CASE(likelihood_ratios_match_epir) {
  const auto cases = golden_counts();
  auto rows = youden::test::golden_csv("likelihood_ratio.csv");
  BOOST_TEST_REQUIRE(rows.size() == cases.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Estimate plus = lr_positive(cases[i].counts, cases[i].level);
    const Estimate minus = lr_negative(cases[i].counts, cases[i].level);
    BOOST_TEST_CONTEXT(cases[i].expected.dump()) {
      BOOST_TEST(same(plus.value, maybe(rows[i]["plus"])));
      BOOST_TEST(same(minus.value, maybe(rows[i]["minus"])));
      // At a ratio of 0 epiR gives [0, NaN]; no interval is claimed here.
      if (plus.low) BOOST_TEST(same(plus.low, maybe(rows[i]["plus_low"])));
      if (minus.low) BOOST_TEST(same(minus.low, maybe(rows[i]["minus_low"])));
      // Where everybody is called alike, epiR's interval is a point; none is claimed here.
      if (rows[i]["plus_low"] != rows[i]["plus_high"]) BOOST_TEST(same(plus.high, maybe(rows[i]["plus_high"])));
      if (rows[i]["minus_low"] != rows[i]["minus_high"]) BOOST_TEST(same(minus.high, maybe(rows[i]["minus_high"])));
    }
  }
  const Estimate tutorial = lr_positive(kTutorial);
  BOOST_TEST(same(tutorial.value, 5.0));
  BOOST_TEST((std::abs(*tutorial.low - 0.87) < 0.005 && std::abs(*tutorial.high - 28.9) < 0.05));
  BOOST_TEST(*lr_negative(kTutorial).value == 0);
  BOOST_TEST(!lr_negative(kTutorial).low);
}

BOOST_AUTO_TEST_CASE(predictive_values_at_a_named_prevalence) {
  const BinaryCounts c{.tp = 9, .fn = 1, .fp = 2, .tn = 8};
  // .9 · .05 / (.9 · .05 + .2 · .95) = 9/47; .8 · .95 / (.8 · .95 + .1 · .05) = 152/153
  BOOST_TEST(same(ppv_at(0.05, c).value, 9.0 / 47));
  BOOST_TEST(same(npv_at(0.05, c).value, 152.0 / 153));
  const double sensitivity_low = clopper_pearson(9, 10).low;
  const double specificity_low = clopper_pearson(8, 10).low;
  BOOST_TEST(same(ppv_at(0.2, c).low, 1 / (1 + (1 - specificity_low) * 4 / sensitivity_low)));
  BOOST_TEST(same(npv_at(0.2, c).low, 1 / (1 + (1 - sensitivity_low) / (4 * specificity_low))));
  BOOST_TEST(*ppv_at(0.2, c).high > *ppv_at(0.2, c).value);
  BOOST_TEST(!ppv_at(0.2, {.tp = 0, .fn = 3, .fp = 0, .tn = 4}).value);
  BOOST_TEST(!ppv_at(0.2, {.tp = 3, .fn = 1}).value);
  BOOST_CHECK_THROW(ppv_at(5, c), ConfigError);
}

BOOST_AUTO_TEST_CASE(undefined_is_empty_never_zero) {
  const BinaryCounts none{};
  const BinaryCounts only_positives{.tp = 3, .fn = 1};
  for (const Estimate& e : {sensitivity(none), ppv(none), f1(none), mcc(none), kappa(none), youden_j(none),
                            specificity(only_positives), youden_j(only_positives), mcc(only_positives),
                            lr_positive(only_positives), lr_negative(only_positives), npv({.tp = 2, .fp = 1})}) {
    BOOST_TEST(!e.value);
    BOOST_TEST(!e.low);
    BOOST_TEST(!e.high);
  }
  BOOST_TEST(*f1({.tp = 0, .fn = 1, .fp = 0, .tn = 5}).value == 0);
}

BOOST_AUTO_TEST_SUITE_END()

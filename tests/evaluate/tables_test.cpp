// Calibration, several classes and films of the same patients against scikit-learn, statsmodels, scipy and R's survey.
#include "stat/golden.hpp"
#include "youden/evaluate/assessment.hpp"
#include "youden/stat/clustered_proportion.hpp"
#include "youden/stat/decision_curve.hpp"
#include "youden/stat/expected_calibration_error.hpp"
#include "youden/stat/likelihood_ratio.hpp"
#include "youden/stat/mover.hpp"
#include "youden/stat/net_benefit.hpp"
#include "youden/stat/precision_recall.hpp"
#include "youden/stat/recalibration.hpp"
#include "youden/stat/reliability.hpp"
#include "youden/stat/temperature.hpp"

using namespace youden::metric;
using namespace youden::evaluate;
using namespace youden::stat;
using youden::test::golden_json;
using youden::test::same;

namespace {

using Labels = std::vector<std::uint8_t>;
using Scores = std::vector<double>;
using Groups = std::vector<std::uint32_t>;

void check(const Estimate& e, const nlohmann::json& expected, const char* method) {
  BOOST_TEST(same(e.value, expected[0].get<double>()));
  BOOST_TEST(same(e.low, expected[1].get<double>()));
  BOOST_TEST(same(e.high, expected[2].get<double>()));
  BOOST_TEST(e.method == method);
}

/// Probabilities of two classes, the first being the positive.
Scores both(const Scores& p) {
  Scores out;
  for (const double v : p) out.insert(out.end(), {v, 1 - v});
  return out;
}
std::vector<int> class_of(const Labels& positive) {
  std::vector<int> out;
  for (const auto y : positive) out.push_back(y != 0 ? 0 : 1);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tables)

BOOST_AUTO_TEST_CASE(slope_and_intercept_match_statsmodels_films_of_a_patient_included) {
  for (const auto& j : golden_json("calibration.json")) {
    const auto y = j["y"].get<Labels>();
    const auto p = j["p"].get<Scores>();
    const auto g = j["group"].get<Groups>();
    check(calibration_slope(y, p), j["slope"], "wald");
    check(calibration_slope(y, p, g), j["slope_clustered"], "wald-clustered");
    check(calibration_intercept(y, p), j["intercept"], "wald");
    check(calibration_intercept(y, p, g), j["intercept_clustered"], "wald-clustered");
  }
}

BOOST_AUTO_TEST_CASE(where_no_slope_is_best_there_is_none) {
  BOOST_TEST(!calibration_slope(Labels{1, 1, 0, 0}, Scores{.9, .4, .4, .2}).value.has_value());  // a tie on the border
  BOOST_TEST(!calibration_slope(Labels{0, 0, 1, 1}, Scores{.9, .8, .4, .2}).value.has_value());
  BOOST_TEST(!calibration_slope(Labels{1, 0, 1}, Scores{.5, .5, .5}).value.has_value());
  BOOST_TEST(!calibration_slope(Labels{1, 1}, Scores{.5, .6}).value.has_value());
  BOOST_TEST(!calibration_slope(Labels{1, 0, 1, 0}, Scores{2, 1, 0, -1}).value.has_value());
  BOOST_TEST(!calibration_intercept(Labels{}, Scores{}).value.has_value());
  // Half are positive and ¾ was promised: a = −logit ¾, whatever separates them.
  BOOST_TEST(same(calibration_intercept(Labels{1, 1, 0, 0}, Scores{.75, .75, .75, .75}).value, -std::log(3)));
  BOOST_TEST(calibration_slope(Labels{1, 0, 1, 0}, Scores{1, 0, 0.2, 0.3}).value.has_value());  // certain, yet finite
}

BOOST_AUTO_TEST_CASE(bins_errors_and_curves_match) {
  for (const auto& j : golden_json("calibration.json")) {
    const auto y = j["y"].get<Labels>();
    const auto p = j["p"].get<Scores>();
    const auto bins = reliability(y, p);
    for (std::size_t b = 0; b < bins.size(); ++b) {
      BOOST_TEST(bins[b].n == j["bins"][b][0].get<std::int64_t>());
      BOOST_TEST(same(bins[b].mean_probability, j["bins"][b][1].get<double>()));
      BOOST_TEST(same(bins[b].share, j["bins"][b][2].get<double>()));
    }
    BOOST_TEST(same(ece_positive(y, p).value, j["ece_positive"].get<double>()));
    BOOST_TEST(same(ece_top_label(y, p).value, j["ece_top_label"].get<double>()));
    BOOST_TEST(same(ece_top_label(class_of(y), both(p), 2).value, j["ece_top_label"].get<double>()));
    for (const auto& expected : j["net_benefit"]) {
      const auto point = decision_curve(y, p, Scores{expected[0].get<double>()}).at(0);
      BOOST_TEST(same(point.model, expected[1].get<double>()));
      BOOST_TEST(same(point.treat_all, expected[2].get<double>()));
    }
    const auto curve = precision_recall(y, p);
    BOOST_TEST_REQUIRE(curve.size() == j["precision_recall"].size());
    for (std::size_t i = 0; i < curve.size(); ++i) {
      const auto& expected = j["precision_recall"][i];
      BOOST_TEST(curve[i].threshold == expected[0].get<double>());
      BOOST_TEST(same(curve[i].recall, expected[1].get<double>()));
      BOOST_TEST(same(curve[i].precision, expected[2].get<double>()));
    }
  }
}

BOOST_AUTO_TEST_CASE(temperature_matches_a_root_finder) {
  for (const auto& j : golden_json("calibration.json")) {
    const auto p = both(j["p"].get<Scores>());
    BOOST_TEST(same(fit_temperature(class_of(j["y"].get<Labels>()), p, 2), j["temperature"].get<double>()));
  }
  for (const auto& j : golden_json("multiclass.json")) {
    const auto k = j["classes"].get<std::size_t>();
    BOOST_TEST(
        same(fit_temperature(j["y"].get<std::vector<int>>(), j["p"].get<Scores>(), k), j["temperature"].get<double>()));
  }
}

BOOST_AUTO_TEST_CASE(no_temperature_is_best_for_scores_that_know_all_or_nothing) {
  const std::vector<int> truth{0, 0, 1};
  BOOST_TEST(!fit_temperature(truth, both({.9, .8, .3}), 2).has_value());
  BOOST_TEST(!fit_temperature(truth, both({.1, .2, .7}), 2).has_value());
  BOOST_TEST(!fit_temperature(truth, both({.5, .5, .5}), 2).has_value());
  BOOST_TEST(!fit_temperature(std::vector<int>{}, Scores{}, 2).has_value());
}

BOOST_AUTO_TEST_CASE(a_temperature_softens_and_keeps_the_order) {
  Scores p{.7, .2, .1, .05, .9, .05};
  apply_temperature(p, 3, 2);
  const double sum = std::sqrt(.7) + std::sqrt(.2) + std::sqrt(.1);
  BOOST_TEST(same(p[0], std::sqrt(.7) / sum));
  BOOST_TEST(same(p[2], std::sqrt(.1) / sum));
  BOOST_TEST(same(p[3] + p[4] + p[5], 1));
  Scores certain{1, 0};
  apply_temperature(certain, 2, 3);
  BOOST_TEST((certain[0] == 1 && certain[1] < 1e-100));
  Scores unchanged{.3, .7};
  apply_temperature(unchanged, 2, 1);
  BOOST_TEST((unchanged[0] == .3 && unchanged[1] == .7));
}

BOOST_AUTO_TEST_CASE(korn_graubard_matches_the_survey_package_up_to_the_number_of_films) {
  std::map<double, std::map<double, Share>> cases;
  for (auto& row : youden::test::golden_csv("clusters.csv")) {
    Share& s = cases[row["case"]][row["patient"]];
    s.hits += row["hit"] == 1 ? 1 : 0;
    ++s.members;
  }
  int capped = 0;
  for (auto& expected : youden::test::golden_csv("korn_graubard.csv")) {
    std::vector<Share> shares;
    for (const auto& [patient, share] : cases.at(expected["case"])) shares.push_back(share);
    BOOST_TEST(same(cluster_covariance(shares, shares), expected["variance"]));
    const Estimate e = proportion(shares);
    BOOST_TEST(same(e.value, expected["value"]));
    BOOST_TEST(e.method == "korn-graubard");
    if (expected["effective"] > expected["n"]) {
      ++capped;
      BOOST_TEST(effective_size(shares) == expected["n"]);
      BOOST_TEST(*e.low == clopper_pearson(*e.value * expected["n"], expected["n"]).low);
      continue;
    }
    BOOST_TEST(same(effective_size(shares), expected["effective"]));
    BOOST_TEST(same(e.low, expected["low"]));
    BOOST_TEST(same(e.high, expected["high"]));
  }
  BOOST_TEST(capped == 1);
}

BOOST_AUTO_TEST_CASE(clusters_at_the_borders) {
  // All of 3 patients' 8 films: as 3 of 3
  const std::vector<Share> all{{3, 3}, {4, 4}, {1, 1}, {0, 0}};
  BOOST_TEST(same(proportion(all).low, clopper_pearson(3, 3).low));
  BOOST_TEST(*proportion(all).high == 1);
  BOOST_TEST(proportion(all).n == 8);
  const std::vector<Share> none{{0, 3}, {0, 2}};
  BOOST_TEST(same(proportion(none).high, clopper_pearson(0, 2).high));
  // One film each: the plain interval under its plain name
  const std::vector<Share> single{{1, 1}, {0, 1}, {1, 1}};
  BOOST_TEST(proportion(single).method == "clopper-pearson");
  BOOST_TEST(same(proportion(single).low, clopper_pearson(2, 3).low));
  // One patient is one patient
  BOOST_TEST(effective_size(std::vector<Share>{{2, 5}}) == 1);
  BOOST_TEST(proportion(std::vector<Share>{{2, 5}}, 0.95, ProportionMethod::wilson).method == "wilson-clustered");
  BOOST_TEST(!proportion(std::vector<Share>{}).value.has_value());
}

BOOST_AUTO_TEST_CASE(clustered_ratios_and_sums_by_hand) {
  // Positives: 3/4, 1/2 and 2/2; negatives: one patient with 2/3 called right, two singles 1/1 and 0/1
  const std::vector<BinaryCounts> patients{{.tp = 3, .fn = 1}, {.tp = 1, .fn = 1}, {.tp = 2, .fn = 0},
                                           {.fp = 1, .tn = 2}, {.fp = 0, .tn = 1}, {.fp = 1, .tn = 0}};
  // p = 6/8: z = (3−3)/8, (1−1.5)/8, (2−1.5)/8: variance 3/2 · 0.5/64. q = 3/5: z = (2−1.8)/5, .4/5, −.6/5
  const double of_p = 1.5 * 0.5 / 64;
  const double of_q = 1.5 * (0.04 + 0.16 + 0.36) / 25;
  BOOST_TEST(same(cluster_covariance(shares(kSensitivityRate, patients), shares(kSensitivityRate, patients)), of_p));
  const Estimate plus = lr_positive(patients);
  BOOST_TEST(same(plus.value, 0.75 / 0.4));
  const double factor = std::exp(normal_quantile(0.95) * std::sqrt(of_p / 0.5625 + of_q / 0.16));
  BOOST_TEST(same(plus.low, 0.75 / 0.4 / factor));
  BOOST_TEST(same(plus.high, 0.75 / 0.4 * factor));
  BOOST_TEST(same(lr_negative(patients).value, 0.25 / 0.6));
  const Estimate j = youden_j(patients);
  BOOST_TEST(same(j.value, 0.75 + 0.6 - 1));
  const Estimate se = proportion(kSensitivityRate, patients);
  const Estimate sp = proportion(kSpecificityRate, patients);
  BOOST_TEST(same(j.low, 0.35 - std::hypot(0.75 - *se.low, 0.6 - *sp.low)));
  BOOST_TEST(j.method == "mover-clustered");
}

BOOST_AUTO_TEST_CASE(patients_of_both_classes_tie_sensitivity_and_specificity_together) {
  // Whoever is called right is called right in both classes: correlation 1, so distances add up.
  const std::vector<BinaryCounts> patients{
      {.tp = 2, .fn = 0, .fp = 0, .tn = 2}, {.tp = 0, .fn = 2, .fp = 2, .tn = 0}, {.tp = 2, .fn = 0, .fp = 0, .tn = 2}};
  const Estimate se = proportion(kSensitivityRate, patients);
  const Estimate j = youden_j(patients);
  BOOST_TEST(same(j.value, 1.0 / 3));
  BOOST_TEST(same(j.low, std::max(-1.0, 1.0 / 3 - 2 * (2.0 / 3 - *se.low))));
  BOOST_TEST(same(j.high, 1.0 / 3 + 2 * (*se.high - 2.0 / 3)));
}

BOOST_AUTO_TEST_CASE(net_benefit_takes_mover_from_its_two_rates) {
  // 4 of 5 positives, 8 of 10 negatives; pt ¼: ⅓ · .8 − ⅔ · .2 / 3
  const BinaryCounts c{.tp = 4, .fn = 1, .fp = 2, .tn = 8};
  const Estimate e = net_benefit(RatePair(c, 0.95), 0.25);
  BOOST_TEST(same(e.value, 0.8 / 3 - 2 * 0.2 / 9));
  const Interval se = clopper_pearson(4, 5);
  const Interval sp = clopper_pearson(8, 10);
  BOOST_TEST(same(e.low, *e.value - std::hypot((0.8 - se.low) / 3, (0.8 - sp.low) * 2 / 9)));
  BOOST_TEST(same(e.high, *e.value + std::hypot((se.high - 0.8) / 3, (sp.high - 0.8) * 2 / 9)));
  BOOST_TEST((e.method == "mover" && e.n == 15));
  BOOST_TEST(same(net_benefit(RatePair({.tp = 2, .fn = 1}, 0.95), 0.5).value, 2.0 / 3));
  BOOST_TEST(!net_benefit(RatePair({.tp = 2, .fn = 1}, 0.95), 0.5).low.has_value());
}

BOOST_AUTO_TEST_CASE(several_classes_match_scikit_learn) {
  int compared = 0;
  for (const auto& j : golden_json("multiclass.json")) {
    const auto k = j["classes"].get<std::size_t>();
    ScoredTable table{.truth = j["y"].get<std::vector<int>>(), .score = j["p"].get<Scores>()};
    for (std::size_t c = 0; c < k; ++c) table.classes.push_back("class " + std::to_string(c));
    std::map<std::pair<std::string, std::string>, Estimate> got;
    for (const Assessed& row : assess(table, {.draws = 0})) got[{row.class_name, row.metric}] = row.estimate;
    for (const char* name : {"accuracy", "balanced_accuracy", "mcc", "kappa", "log_loss", "brier", "ece_top_label"}) {
      BOOST_TEST(same(got.at({"", name}).value, j[name].get<double>()), name);
    }
    for (const auto& [average, numbers] : j["average"].items()) {
      for (const char* name : {"f1", "sensitivity", "ppv", "auc", "average_precision"}) {
        const auto expected = numbers[name].get<double>();
        const auto value = got.at({average, name}).value;
        if (!value) continue;  // a class that is never called has no PPV; scikit-learn counts it as 0
        BOOST_TEST(same(value, expected), average << " " << name);
        ++compared;
      }
    }
  }
  BOOST_TEST(compared == 75);
}

BOOST_AUTO_TEST_SUITE_END()

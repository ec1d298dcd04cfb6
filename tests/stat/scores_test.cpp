// What is made of labels and scores.
#include "golden.hpp"
#include "youden/stat/auc.hpp"
#include "youden/stat/average_precision.hpp"
#include "youden/stat/operating_point.hpp"
#include "youden/stat/placements.hpp"
#include "youden/stat/probability_score.hpp"
#include "youden/stat/recalibration.hpp"
#include "youden/stat/roc.hpp"

using namespace youden::stat;
using youden::base::ConfigError;
using youden::base::DataError;
using youden::test::maybe;
using youden::test::same;

namespace {

using Labels = std::vector<std::uint8_t>;
using Scores = std::vector<double>;

// A worked example: two models of ten samples.
const Labels kY{0, 0, 1, 1, 0, 1, 1, 0, 1, 0};
const Scores kS1{.1, .4, .35, .8, .2, .9, .7, .5, .5, .05};
const Scores kS2{.2, .3, .6, .7, .4, .5, .9, .6, .3, .1};

double two_sided_p(double z) { return std::erfc(std::abs(z) / std::sqrt(2)); }
double paired_z(const Placements& a, const Placements& b) {
  return (*a.auc - *b.auc) / std::sqrt(*delong_variance(a) + *delong_variance(b) - 2 * *delong_covariance(a, b));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scores)

BOOST_AUTO_TEST_CASE(the_worked_example) {
  const Placements a = placements(kY, kS1);
  const Placements b = placements(kY, kS2);
  BOOST_TEST(same(a.auc, 0.9));
  BOOST_TEST(same(b.auc, 0.84));
  BOOST_TEST(same(delong_variance(a), 0.01));
  BOOST_TEST(same(auc(kY, kS1, 0.95, AucInterval::delong).low, 0.704003601545995));
  BOOST_TEST(*auc(kY, kS1, 0.95, AucInterval::delong).high == 1);
  BOOST_TEST(std::abs(paired_z(a, b) - 0.457495710997814) < 1e-12);
  BOOST_TEST(std::abs(two_sided_p(paired_z(a, b)) - 0.647314784388521) < 1e-12);
  BOOST_TEST(same(average_precision(kY, kS1).value, 0.902857142857143));
}

BOOST_AUTO_TEST_CASE(placements_keep_the_order_of_the_samples) {
  // positives .6 .2, negatives .2 .1 .6: .6 beats two and ties one, .2 beats one and ties one
  const Placements p = placements(Labels{1, 0, 0, 1, 0}, Scores{.6, .2, .1, .2, .6});
  BOOST_TEST(p.positive == (std::vector<double>{2.5 / 3, 1.5 / 3}), boost::test_tools::per_element());
  BOOST_TEST(p.negative == (std::vector<double>{1.5 / 2, 2.0 / 2, 0.5 / 2}), boost::test_tools::per_element());
  BOOST_TEST(same(p.auc, 4.0 / 6));
}

BOOST_AUTO_TEST_CASE(auc_and_delong_match_proc) {
  const auto cases = youden::test::golden_scores();
  auto rows = youden::test::golden_csv("delong.csv");
  BOOST_TEST_REQUIRE(rows.size() == cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& c = cases[i];
    auto& r = rows[i];
    const Placements a = placements(c.positive, c.a);
    const Placements b = placements(c.positive, c.b);
    BOOST_TEST_CONTEXT("case " << i) {
      BOOST_TEST(same(a.auc, r["auc"]));
      BOOST_TEST(same(delong_variance(a), maybe(r["variance"])));
      if (*a.auc == 0 || *a.auc == 1) continue;
      const Estimate plain = auc(c.positive, c.a, 0.95, AucInterval::delong);
      BOOST_TEST(same(plain.low, maybe(r["low"])));
      BOOST_TEST(same(plain.high, maybe(r["high"])));
      const Estimate logit = auc(c.positive, c.a);
      BOOST_TEST(same(logit.low, maybe(r["logit_low"])));
      BOOST_TEST(same(logit.high, maybe(r["logit_high"])));
      BOOST_TEST(logit.method == "logit-delong");
      if (delong_variance(a)) {
        BOOST_TEST(std::abs(paired_z(a, b) - r["z"]) < 1e-10);  // a difference of near-equals is divided
        BOOST_TEST(std::abs(two_sided_p(paired_z(a, b)) - r["p"]) < 1e-10);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(perfect_separation_has_an_exact_bound) {
  const Labels y{1, 1, 1, 0, 0};
  for (const AucInterval interval : {AucInterval::logit_delong, AucInterval::delong}) {
    const Estimate one = auc(y, Scores{.9, .8, .7, .6, .1}, 0.95, interval);
    BOOST_TEST(*one.value == 1);
    BOOST_TEST(same(one.low, std::sqrt(0.025)));
    BOOST_TEST(*one.high == 1);
    BOOST_TEST(one.method == "exact-bound");
    const Estimate zero = auc(y, Scores{.1, .2, .3, .6, .8}, 0.95, interval);
    BOOST_TEST(*zero.value == 0);
    BOOST_TEST(*zero.low == 0);
    BOOST_TEST(same(zero.high, 1 - std::sqrt(0.025)));
  }
}

BOOST_AUTO_TEST_CASE(certainties_have_no_calibration) {
  const Labels y{1, 1, 0, 0};
  BOOST_TEST(!calibration_intercept(y, Scores{0, 0, 1, 1}).value);  // their odds are the clip's
  BOOST_TEST(!calibration_intercept(y, Scores(4, 1.0)).value);
  BOOST_TEST(calibration_intercept(y, Scores{0.9, 1, 0.2, 0}).value.has_value());
}

BOOST_AUTO_TEST_CASE(no_interval_is_claimed_where_there_is_none) {
  const Estimate constant = auc(Labels{1, 1, 0, 0, 0}, Scores(5, 0.5));
  BOOST_TEST(*constant.value == 0.5);
  BOOST_TEST(!constant.low);
  const Estimate single = auc(Labels{1, 0, 0}, Scores{.5, .4, .6});
  BOOST_TEST(*single.value == 0.5);
  BOOST_TEST(!single.low);
  const Estimate one_class = auc(Labels{1, 1}, Scores{.5, .4});
  BOOST_TEST(!one_class.value);
  BOOST_TEST(one_class.n == 2);
  BOOST_TEST(!auc(Labels{}, Scores{}).value);
}

BOOST_AUTO_TEST_CASE(scores_that_have_no_rank_are_refused) {
  BOOST_CHECK_THROW(auc(kY, Scores(10, std::nan(""))), DataError);
  BOOST_CHECK_THROW(roc(Labels{1, 0}, Scores{INFINITY, 0}), DataError);
  BOOST_CHECK_THROW(placements(Labels{1, 0}, Scores{1}), DataError);
  BOOST_CHECK_THROW(brier(Labels{1, 0}, Scores{1}), DataError);
  BOOST_CHECK_THROW(parse_auc_interval("bootstrap"), ConfigError);
}

BOOST_AUTO_TEST_CASE(roc_points_descend_and_merge_ties) {
  const RocCurve c = roc(Labels{1, 0, 0, 1, 0}, Scores{.6, .2, .1, .2, .6});
  BOOST_TEST_REQUIRE(c.points.size() == 4U);
  BOOST_TEST(std::isinf(c.points[0].threshold));
  BOOST_TEST((c.points[0].tp == 0 && c.points[0].fp == 0));
  BOOST_TEST((c.points[1].threshold == .6 && c.points[1].tp == 1 && c.points[1].fp == 1));
  BOOST_TEST((c.points[2].threshold == .2 && c.points[2].tp == 2 && c.points[2].fp == 2));
  BOOST_TEST((c.points[3].threshold == .1 && c.points[3].tp == 2 && c.points[3].fp == 3));
  BOOST_TEST(same(c.specificity(c.points[1]), 2.0 / 3));
  BOOST_TEST(!roc(Labels{1}, Scores{.5}).specificity({}));
  BOOST_TEST(roc(Labels{}, Scores{}).points.size() == 1U);
}

BOOST_AUTO_TEST_CASE(curves_and_losses_match_scikit_learn) {
  const auto cases = youden::test::golden_scores();
  for (const auto& expected : youden::test::golden_json("scores.json")) {
    const auto& c = cases.at(expected["case"].get<std::size_t>());
    BOOST_TEST_CONTEXT("case " << expected["case"]) {
      BOOST_TEST(same(auc(c.positive, c.a).value, expected["auc"].get<double>()));
      BOOST_TEST(same(average_precision(c.positive, c.a).value, expected["average_precision"].get<double>()));
      BOOST_TEST(same(brier(c.positive, c.a).value, expected["brier"].get<double>()));
      BOOST_TEST(same(log_loss(c.positive, c.a).value, expected["log_loss"].get<double>()));
      const RocCurve curve = roc(c.positive, c.a);
      BOOST_TEST_REQUIRE(curve.points.size() == expected["roc"].size() + 1);
      for (std::size_t i = 1; i < curve.points.size(); ++i) {
        const auto& point = expected["roc"][i - 1];
        BOOST_TEST(curve.points[i].threshold == point[0].get<double>());
        BOOST_TEST(curve.points[i].tp == point[1].get<std::int64_t>());
        BOOST_TEST(curve.points[i].fp == point[2].get<std::int64_t>());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_score_that_is_no_probability_has_no_loss_but_a_rank) {
  const Labels y{1, 0, 0};
  const Scores logits{2.5, -1, 0.5};
  BOOST_TEST(!brier(y, logits).value);
  BOOST_TEST(!log_loss(y, logits).value);
  BOOST_TEST(*auc(y, logits).value == 1);
  BOOST_TEST(*average_precision(y, logits).value == 1);
}

BOOST_AUTO_TEST_CASE(a_certain_error_costs_the_clip_and_no_more) {
  BOOST_TEST(same(log_loss(Labels{1}, Scores{0}).value, -std::log(1e-15)));
  BOOST_TEST(!log_loss(Labels{}, Scores{}).value);
  BOOST_TEST(!average_precision(Labels{0, 0}, Scores{.1, .2}).value);
}

BOOST_AUTO_TEST_CASE(thresholds_match_a_brute_force_search) {
  const auto cases = youden::test::golden_scores();
  for (const auto& expected : youden::test::golden_json("scores.json")) {
    const auto& c = cases.at(expected["case"].get<std::size_t>());
    for (const auto& [key, rule] : {std::pair("youden", "youden"), std::pair("sensitivity_80", "sensitivity >= 0.8"),
                                    std::pair("sensitivity_95", "sensitivity >= 0.95")}) {
      const OperatingPoint point = choose_threshold(parse_threshold_rule(rule), c.positive, c.a);
      BOOST_TEST_CONTEXT("case " << expected["case"] << " " << rule) {
        BOOST_TEST(point.threshold == expected[key].get<double>());
        BOOST_TEST((point.counts == count(c.positive, decide(c.a, point.threshold))));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(youden_ties_go_to_the_higher_sensitivity) {
  // J = ½ at .9 (sensitivity ½, specificity 1) and at .3 (1, ½)
  const OperatingPoint p = choose_threshold(parse_threshold_rule("youden"), Labels{1, 0, 1, 0}, Scores{.9, .5, .3, .1});
  BOOST_TEST(std::abs(p.threshold - .2) < 1e-15);  // half way to .1
  BOOST_TEST((p.counts == BinaryCounts{.tp = 2, .fn = 0, .fp = 1, .tn = 1}));
}

BOOST_AUTO_TEST_CASE(sensitivity_is_reached_exactly_and_specificity_kept) {
  const Labels y{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0};
  const Scores s{.95, .9, .85, .8, .75, .7, .65, .6, .55, .2, .5, .1};
  // nine of ten is 0.9 and no less; .55 is the last threshold above the first negative
  const OperatingPoint p = choose_threshold(parse_threshold_rule("sensitivity >= 0.9"), y, s);
  BOOST_TEST(std::abs(p.threshold - .525) < 1e-15);  // half way to the first negative
  // 0.5 is reached at .75 already, but .55 has more sensitivity for the same specificity
  BOOST_TEST(choose_threshold(parse_threshold_rule("sensitivity >= 0.5"), y, s).threshold == p.threshold);
  BOOST_TEST(std::abs(choose_threshold(parse_threshold_rule("sensitivity >= 0.91"), y, s).threshold - .15) < 1e-15);
}

BOOST_AUTO_TEST_CASE(a_threshold_stands_between_the_classes_and_never_on_a_score) {
  const auto youden = parse_threshold_rule("youden");
  BOOST_TEST(choose_threshold(youden, Labels{1, 1, 0}, Scores{.75, .5, .25}).threshold == .375);
  BOOST_TEST(choose_threshold(youden, Labels{1, 0, 1}, Scores{.5, .75, .25}).threshold == 0);  // everybody
  BOOST_TEST(choose_threshold(youden, Labels{1, 0, 1}, Scores{-1, 2, -3}).threshold == -3);
  const double above = std::nextafter(.5, 1);  // no number lies between the two
  BOOST_TEST(choose_threshold(youden, Labels{1, 0}, Scores{above, .5}).threshold == above);
}

BOOST_AUTO_TEST_CASE(a_score_at_the_threshold_is_positive) {
  BOOST_TEST(decide(Scores{.5, .49, .51}, .5) == (Labels{1, 0, 1}), boost::test_tools::per_element());
  const OperatingPoint fixed = choose_threshold(parse_threshold_rule("0.5"), Labels{1, 0}, Scores{.5, .5});
  BOOST_TEST((fixed.counts == BinaryCounts{.tp = 1, .fn = 0, .fp = 1, .tn = 0}));
}

BOOST_AUTO_TEST_CASE(a_rule_needs_both_classes) {
  BOOST_CHECK_THROW(choose_threshold(parse_threshold_rule("youden"), Labels{1, 1}, Scores{.5, .6}), DataError);
  BOOST_CHECK_THROW(choose_threshold(parse_threshold_rule("sensitivity >= .9"), Labels{}, Scores{}), DataError);
}

BOOST_AUTO_TEST_CASE(rules_are_read_and_written) {
  using Kind = ThresholdRule::Kind;
  BOOST_TEST((parse_threshold_rule(" 0.5 ") == ThresholdRule{Kind::fixed, 0.5}));
  BOOST_TEST((parse_threshold_rule("youden").kind == Kind::youden));
  BOOST_TEST((parse_threshold_rule("sensitivity>=.95") == ThresholdRule{Kind::sensitivity, 0.95}));
  BOOST_TEST(to_text(parse_threshold_rule("sensitivity  >= 0.950")) == "sensitivity >= 0.95");
  BOOST_TEST(to_text(parse_threshold_rule("0.50")) == "0.5");
  BOOST_TEST(to_text(parse_threshold_rule("youden")) == "youden");
  for (const char* wrong : {"", "1.5", "-0.1", "nan", "inf", "0.5x", "youdens", "sensitivity", "sensitivity > 0.9",
                            "sensitivity >= 95", "sensitivity >= 0", "sensitivity >= 95 %", "specificity >= 0.9"}) {
    BOOST_CHECK_THROW(parse_threshold_rule(wrong), ConfigError);
  }
  try {
    parse_threshold_rule("best", "a.yaml:3:12");
  } catch (const ConfigError& e) {
    const std::string text = e.what();
    BOOST_TEST(text.starts_with("a.yaml:3:12: threshold 'best'"));
    BOOST_TEST(text.find("sensitivity >= 0.95") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

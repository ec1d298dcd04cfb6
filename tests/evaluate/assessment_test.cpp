// A table of predictions as rows of results.
#include "youden/evaluate/assessment.hpp"

#include <tuple>

#include "stat/golden.hpp"

using namespace youden::metric;
using namespace youden::evaluate;
using namespace youden::stat;
using youden::base::DataError;
using youden::test::same;
namespace registry = youden::registry;

namespace {

/// Finds rows by (class, metric), all slices, units and folds kept apart.
struct Rows {
  std::vector<Assessed> all;
  [[nodiscard]] const Assessed& at(const std::string& metric, const std::string& class_name = "covid",
                                   const std::string& unit = "image", int fold = -1,
                                   const std::string& slice = "") const {
    for (const Assessed& r : all) {
      if (r.metric == metric && r.class_name == class_name && r.unit == unit && r.fold == fold && r.slice == slice) {
        return r;
      }
    }
    throw std::out_of_range(unit + " " + slice + " " + class_name + " " + metric);
  }
  [[nodiscard]] std::optional<double> value(const std::string& metric, const std::string& class_name = "covid",
                                            const std::string& unit = "image", int fold = -1,
                                            const std::string& slice = "") const {
    return at(metric, class_name, unit, fold, slice).estimate.value;
  }
};
Rows rows(const ScoredTable& table, AssessmentSettings settings = {}) { return {assess(table, settings)}; }

/// TP 3, FN 1, FP 2, TN 4 at ½.
ScoredTable two_classes() {
  return {.classes = {"covid", "normal"},
          .positive = 0,
          .truth = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1},
          .score = {.9, .8, .6, .3, .7, .55, .4, .2, .1, .05}};
}
/// Three classes, seven films: called a a b | b b | c a.
ScoredTable three_classes() {
  return {.classes = {"a", "b", "c"},
          .truth = {0, 0, 0, 1, 1, 2, 2},
          .score = {.6, .3, .1, .5, .1, .4, .2, .7, .1, .3, .4, .3, .1, .8, .1, .2, .2, .6, .5, .1, .4}};
}

/// A user's own: the share of films called positive. No interval of its own, no fast way to draw it.
class Called final : public Metric {
 public:
  using Options = youden::config::NoOptions;
  Called(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    if (p.decided.empty()) return {};
    const auto called = std::count(p.decided.begin(), p.decided.end(), std::uint8_t{1});
    return {.value = static_cast<double>(called) / static_cast<double>(p.decided.size()),
            .n = static_cast<std::int64_t>(p.decided.size())};
  }
};
const registry::Register<Metric, Called> kCalled{"test_called", "share called positive", {{"maximised", true}}};

}  // namespace

BOOST_AUTO_TEST_SUITE(assessment)

BOOST_AUTO_TEST_CASE(two_classes_have_rows_of_the_positive_one_only) {
  const Rows r = rows(two_classes());
  for (const Assessed& row : r.all) {
    BOOST_TEST((row.class_name == "covid" && row.unit == "image" && row.fold == -1 && row.slice.empty()));
    BOOST_TEST(*row.threshold == 0.5);
    BOOST_TEST(!row.n_patients.has_value());
  }
  BOOST_TEST(*r.value("sensitivity") == 0.75);
  BOOST_TEST(*r.value("specificity") == 4.0 / 6);
  BOOST_TEST(r.at("sensitivity").estimate.method == "clopper-pearson");
  BOOST_TEST(r.at("sensitivity").estimate.n == 4);
  BOOST_TEST(same(r.value("auc"), 20.0 / 24));
  BOOST_TEST(r.at("auc").estimate.method == "logit-delong");
  BOOST_TEST(r.at("f1").estimate.method == "bootstrap");
  BOOST_TEST(!r.at("ece_positive").estimate.low.has_value());
  // .75 · .05 / (.75 · .05 + .3333 · .95)
  BOOST_TEST(same(r.value("ppv_at_0.05"), 0.0375 / (0.0375 + 0.95 / 3)));
  BOOST_TEST(same(r.value("npv_at_0.2"), (4.0 / 6 * 0.8) / (4.0 / 6 * 0.8 + 0.25 * 0.2)));
}

BOOST_AUTO_TEST_CASE(the_other_class_as_positive_gives_the_other_numbers) {
  ScoredTable t = two_classes();
  t.positive = 1;
  for (double& s : t.score) s = 1 - s;
  t.threshold = {{0, 0.46}};  // calls .7 and .55 of the others' scores still covid
  const Rows r = rows(t);
  BOOST_TEST(*r.value("sensitivity", "normal") == 4.0 / 6);
  BOOST_TEST(*r.value("specificity", "normal") == 0.75);
  BOOST_TEST(*r.at("f1", "normal").threshold == 0.46);
}

BOOST_AUTO_TEST_CASE(a_users_metric_is_bootstrapped_without_a_line_of_theirs) {
  const Rows r = rows(two_classes(), {.metrics = {{"test_called"}, {"accuracy"}}, .seed = 3});
  const Estimate& e = r.at("test_called").estimate;
  BOOST_TEST(*e.value == 0.5);
  BOOST_TEST(e.method == "bootstrap");
  BOOST_TEST(e.level == 0.95);
  // 3 of 4 positives and 2 of 6 negatives are called: sd √(4·¾·¼ + 6·⅓·⅔) / 10 = .144, of which ten
  // films take 2.58
  BOOST_TEST(*e.low >= 0.1);
  BOOST_TEST(*e.low <= 0.2);
  BOOST_TEST(*e.high >= 0.8);
  BOOST_TEST(*e.high <= 0.9);
}

BOOST_AUTO_TEST_CASE(every_fast_draw_equals_the_slow_one) {
  ScoredTable t = two_classes();
  t.score[4] = t.score[2];  // a tie
  Binary b{.positive = {1, 1, 1, 1, 0, 0, 0, 0, 0, 0}, .score = t.score, .decided = {1, 1, 1, 0, 1, 1, 0, 0, 0, 0}};
  const Resample resample({}, b.positive, 4);
  for (const std::string& name : registry::catalog().names("metric")) {
    const auto metric = registry::make<Metric>({name});
    const Reweighted fast = metric->reweighted(b);
    const Reweighted slow = metric->Metric::reweighted(b);
    for (std::uint64_t draw = 0; draw < 20; ++draw) {
      BOOST_TEST(same(fast(resample.draw(draw)), slow(resample.draw(draw))), name << " draw " << draw);
    }
    BOOST_TEST(same(fast(std::vector<std::uint32_t>(10, 1)), metric->evaluate(b).value), name);
  }
}

BOOST_AUTO_TEST_CASE(every_fast_draw_over_all_classes_equals_the_slow_one) {
  const ScoredTable t = three_classes();
  const Multiclass m{.classes = 3, .truth = t.truth, .probability = t.score, .decided = {0, 0, 1, 1, 1, 2, 0}};
  const Resample resample({}, m.truth, 4);
  int there = 0;
  for (const std::string& name : registry::catalog().names("metric")) {
    const auto metric = registry::make<Metric>({name});
    if (!metric->evaluate_all(m)) continue;
    ++there;
    for (std::uint64_t draw = 0; draw < 20; ++draw) {
      const auto w = resample.draw(draw);
      BOOST_TEST(same(metric->reweighted_all(m)(w), metric->Metric::reweighted_all(m)(w)), name);
    }
  }
  BOOST_TEST(there == 7);  // accuracy, balanced accuracy, MCC, κ, Brier, log loss, ECE of the top label
}

BOOST_AUTO_TEST_CASE(several_films_of_a_patient_widen_the_intervals_and_are_counted) {
  ScoredTable t = two_classes();
  for (const char* p : {"p1", "p1", "p2", "p3", "n1", "n1", "n2", "n2", "n3", ""}) t.patient.emplace_back(p);
  const Rows r = rows(t);
  BOOST_TEST(*r.value("sensitivity") == 0.75);
  BOOST_TEST(r.at("sensitivity").estimate.method == "korn-graubard");
  BOOST_TEST(*r.at("sensitivity").n_patients == 6);
  BOOST_TEST(r.at("auc").estimate.method == "logit-cluster-bootstrap");
  BOOST_TEST(r.at("youden_j").estimate.method == "mover-clustered");
  BOOST_TEST(r.at("lr_positive").estimate.method == "log-delta-clustered");
  BOOST_TEST(r.at("ppv_at_0.2").estimate.method == "bayes-korn-graubard");
  const Rows plain = rows(two_classes());
  BOOST_TEST(*r.at("specificity").estimate.low < *plain.at("specificity").estimate.low);
}

BOOST_AUTO_TEST_CASE(a_patients_score_is_the_mean_of_their_films) {
  ScoredTable t = two_classes();
  for (const char* p : {"p1", "p2", "p2", "p2", "n1", "n2", "n1", "n2", "", "n1"}) t.patient.emplace_back(p);
  // p1 .9, p2 (.8 + .6 + .3) / 3 = .567; n1 (.7 + .4 + .05) / 3 = .383, n2 .375, one unknown .1
  const ScoredTable by = t.by_patient();
  BOOST_TEST(by.rows() == 5U);
  const Rows r = rows(t);
  BOOST_TEST(*r.value("sensitivity", "covid", "patient") == 1);
  BOOST_TEST(r.at("sensitivity", "covid", "patient").estimate.n == 2);
  BOOST_TEST(*r.value("specificity", "covid", "patient") == 1);
  BOOST_TEST(r.at("specificity", "covid", "patient").estimate.n == 3);
  BOOST_TEST(r.at("specificity", "covid", "patient").estimate.method == "clopper-pearson");
  BOOST_TEST(*r.at("specificity", "covid", "patient").n_patients == 4);
  BOOST_TEST(same(r.value("brier", "covid", "patient"),
                  (0.01 + std::pow(1 - 1.7 / 3, 2) + std::pow(1.15 / 3, 2) + 0.375 * 0.375 + 0.01) / 5));
  BOOST_TEST(*r.value("sensitivity") == 0.75);  // the films' own stays beside it
}

BOOST_AUTO_TEST_CASE(a_patient_of_two_classes_is_refused_by_name) {
  ScoredTable t = two_classes();
  for (const char* p : {"p1", "p1", "p2", "p3", "p3", "n1", "n2", "n3", "n4", "n5"}) t.patient.emplace_back(p);
  BOOST_CHECK_EXCEPTION(assess(t, {.unit = "patient"}), DataError, [](const DataError& e) {
    return std::string(e.what()).find("1 patient has films of different classes") != std::string::npos &&
           std::string(e.what()).find(": p3\n") != std::string::npos;
  });
  const Rows r = rows(t);  // nobody asked for patients
  BOOST_CHECK_THROW(static_cast<void>(r.value("sensitivity", "covid", "patient")), std::out_of_range);
  BOOST_TEST(*r.value("sensitivity") == 0.75);
}

BOOST_AUTO_TEST_CASE(folds_pool_decisions_and_average_what_ranks) {
  ScoredTable t = two_classes();
  t.fold = {0, 1, 0, 1, 1, 0, 1, 0, 0, 1};
  t.threshold = {{0, 0.5}, {1, 0.25}};
  // fold 0: .9 .6 | .55 .2 .1, AUC 1; fold 1: .8 .3 | .7 .4 .05, AUC 4/6
  const Rows r = rows(t, {.sampling = Sampling::by_class});
  BOOST_TEST(*r.value("sensitivity") == 1);    // .3 reaches fold 1's threshold
  BOOST_TEST(*r.value("specificity") == 0.5);  // .55 | .7 .4 are called
  BOOST_TEST(!r.at("specificity").threshold.has_value());
  BOOST_TEST(same(r.value("auc"), (1 + 4.0 / 6) / 2));
  BOOST_TEST(r.at("auc").estimate.method == "mean of 2 folds, logit-bootstrap, by class");
  // 1 draw in 16 of such a fold lacks a class: what does not hang on prevalence keeps the class sizes instead.
  const Rows cohort = rows(t);
  BOOST_TEST(cohort.at("auc").estimate.method == "mean of 2 folds, logit-bootstrap, by class");
  BOOST_TEST(*cohort.at("auc").estimate.low == *r.at("auc").estimate.low);
  BOOST_TEST(cohort.at("average_precision").estimate.method == "mean of 2 folds");
  BOOST_TEST(r.at("auc").estimate.n == 10);
  BOOST_TEST(same(r.value("auc_pooled"), 20.0 / 24));
  BOOST_TEST(r.at("auc_pooled").estimate.method == "logit-delong");
  BOOST_TEST(same(r.value("auc", "covid", "image", 1), 4.0 / 6));
  BOOST_TEST(*r.at("auc", "covid", "image", 1).threshold == 0.25);
  BOOST_TEST(*r.value("specificity", "covid", "image", 0) == 2.0 / 3);
  BOOST_CHECK_THROW(static_cast<void>(r.value("auc_pooled", "covid", "image", 0)), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(folds_that_separate_perfectly_have_the_exact_bound_of_their_pairs) {
  ScoredTable t = two_classes();
  t.score = {.9, .8, .7, .3, .2, .1, .05, .6, .55, .1};
  t.truth = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
  t.fold = {0, 0, 1, 1, 0, 0, 1, 0, 0, 1};
  // fold 0: .9 .8 | .6 .55 .2 .1; fold 1: .7 .3 | .1 .05: two pairs each, although .6 > .3.
  const Assessed mean = rows(t).at("auc");
  BOOST_TEST(*mean.estimate.value == 1);
  BOOST_TEST(same(mean.estimate.low, std::pow(.025, 1.0 / 4)));
  BOOST_TEST(*mean.estimate.high == 1);
  BOOST_TEST(mean.estimate.method == "mean of 2 folds, exact-bound");
  BOOST_TEST(*rows(t).value("auc_pooled") < 1);
  for (double& score : t.score) score = 1 - score;
  BOOST_TEST(same(rows(t).at("auc").estimate.high, 1 - std::pow(.025, 1.0 / 4)));
}

BOOST_AUTO_TEST_CASE(a_film_that_is_positive_and_negative_counts_once_in_the_bound) {
  ScoredTable t = three_classes();
  for (std::size_t i = 0; i < t.score.size(); ++i) {
    t.score[i] = static_cast<int>(i % 3) == t.truth[i / 3] ? 0.8 : 0.1;
  }
  // Seven films, each positive for its class and negative for two: three pairs of different films.
  BOOST_TEST(same(rows(t).at("auc", "micro").estimate.low, std::pow(.025, 1.0 / 3)));
  BOOST_TEST(same(rows(t).at("auc", "a").estimate.low, std::pow(.025, 1.0 / 3)));  // three films of a, four others
}

BOOST_AUTO_TEST_CASE(folds_that_score_the_same_films_prove_no_more_than_one) {
  ScoredTable t = two_classes();
  t.truth = {0, 0, 1, 1, 1, 0, 0, 1, 1, 1};
  t.score = {.9, .8, .3, .2, .1, .9, .7, .3, .2, .1};
  t.fold = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
  BOOST_TEST(same(rows(t).at("auc").estimate.low, std::pow(.025, 1.0 / 4)));
  t.sample = {"a", "b", "c", "d", "e", "a", "b", "c", "d", "e"};
  BOOST_TEST(same(rows(t).at("auc").estimate.low, std::pow(.025, 1.0 / 2)));
}

BOOST_AUTO_TEST_CASE(a_fold_without_an_auc_leaves_the_mean_undefined_and_says_so) {
  ScoredTable t = two_classes();
  t.fold = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
  const Rows r = rows(t);
  BOOST_TEST(!r.value("auc").has_value());
  BOOST_TEST(!r.at("auc").estimate.low.has_value());
  BOOST_TEST(r.value("auc_pooled").has_value());
}

BOOST_AUTO_TEST_CASE(a_film_that_several_folds_score_is_one_film) {
  ScoredTable t = two_classes();
  for (int i = 0; i < 10; ++i) t.sample.push_back("s" + std::to_string(i % 4));
  BOOST_TEST(rows(t).at("accuracy").estimate.method == "korn-graubard");
  BOOST_TEST(!rows(t).at("accuracy").n_patients.has_value());
  for (int i = 0; i < 10; ++i) t.sample[static_cast<std::size_t>(i)] = "s" + std::to_string(i);
  BOOST_TEST(rows(t).at("accuracy").estimate.method == "clopper-pearson");
}

BOOST_AUTO_TEST_CASE(three_classes_one_against_the_rest_and_averaged) {
  const Rows r = rows(three_classes());
  BOOST_TEST(same(r.value("sensitivity", "a"), 2.0 / 3));
  BOOST_TEST(same(r.value("sensitivity", "c"), 0.5));
  BOOST_TEST(same(r.value("ppv", "b"), 2.0 / 3));
  BOOST_TEST(same(r.value("accuracy", ""), 5.0 / 7));
  BOOST_TEST(same(r.value("sensitivity", "macro"), (2.0 / 3 + 1 + 0.5) / 3));
  BOOST_TEST(same(r.value("sensitivity", "weighted"), 5.0 / 7));
  BOOST_TEST(same(r.value("sensitivity", "micro"), 5.0 / 7));
  BOOST_TEST(same(r.value("specificity", "micro"), 12.0 / 14));
  BOOST_TEST(same(r.value("balanced_accuracy", ""), (2.0 / 3 + 1 + 0.5) / 3));
  BOOST_TEST(r.at("sensitivity", "micro").estimate.method == "clopper-pearson");  // one decision a film is right
  BOOST_TEST(r.at("specificity", "micro").estimate.method == "korn-graubard");  // two decisions a film belong together
  BOOST_TEST(!r.at("f1", "macro").estimate.low.has_value());                    // two films of a class tell too little
  const Rows by_class = rows(three_classes(), {.level = 0.5, .sampling = Sampling::by_class});
  BOOST_TEST(by_class.at("f1", "macro").estimate.method == "bootstrap, by class");
  BOOST_TEST(!r.at("sensitivity", "a").threshold.has_value());
}

BOOST_AUTO_TEST_CASE(averages_give_way_to_classes_of_their_name) {
  ScoredTable t = three_classes();
  t.classes = {"micro", "macro", "normal"};
  const Rows r = rows(t);
  BOOST_TEST(same(r.value("sensitivity", "macro"), 1.0));
  BOOST_TEST(same(r.value("sensitivity", "macro average"), (2.0 / 3 + 1 + 0.5) / 3));
  BOOST_TEST(same(r.value("sensitivity", "micro average"), 5.0 / 7));
  BOOST_TEST(same(r.value("sensitivity", "weighted"), 5.0 / 7));
}

BOOST_AUTO_TEST_CASE(a_weighted_mean_leaves_out_a_class_that_does_not_occur_and_a_macro_mean_does_not_exist) {
  ScoredTable t = three_classes();
  t.truth = {0, 0, 0, 1, 1, 0, 0};
  const Rows r = rows(t);
  BOOST_TEST(!r.value("sensitivity", "c").has_value());
  BOOST_TEST(!r.value("sensitivity", "macro").has_value());
  BOOST_TEST(same(r.value("sensitivity", "weighted"), (5 * 3.0 / 5 + 2 * 1.0) / 7));
}

BOOST_AUTO_TEST_CASE(slices_give_the_headline_with_n_and_mark_small_ones) {
  ScoredTable t;
  t.classes = {"covid", "normal"};
  for (int i = 0; i < 100; ++i) {
    t.truth.push_back(i % 2);
    t.score.push_back(i % 2 == 0 ? (i % 10 == 0 ? .3 : .8) : .2);
    t.covariates["sex"].emplace_back(i < 60 ? "F" : i < 98 ? "M" : "");
  }
  const Rows r = rows(t, {.slices = {"sex"}});
  const Assessed& women = r.at("sensitivity", "covid", "image", -1, "sex=F");
  BOOST_TEST(women.estimate.n == 30);
  BOOST_TEST(*women.estimate.value == 0.8);
  BOOST_TEST(women.estimate.method == "clopper-pearson");
  BOOST_TEST(r.at("sensitivity", "covid", "image", -1, "sex=M").estimate.method == "clopper-pearson (small slice)");
  BOOST_TEST(r.at("sensitivity", "covid", "image", -1, "sex=(unknown)").estimate.n == 1);
  BOOST_CHECK_THROW(static_cast<void>(r.value("f1", "covid", "image", -1, "sex=F")), std::out_of_range);
  BOOST_CHECK_EXCEPTION(rows(t, {.slices = {"age"}}), DataError,
                        [](const DataError& e) { return std::string(e.what()).find("'age'") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(threads_and_repetition_change_no_number) {
  const auto text = [](const std::vector<Assessed>& all) {
    std::string out;
    for (const Assessed& r : all) {
      out += r.metric + std::to_string(r.estimate.low.value_or(-9)) + std::to_string(r.estimate.high.value_or(-9));
    }
    return out;
  };
  const std::string one = text(assess(two_classes(), {.seed = 5}));
  BOOST_TEST(text(assess(two_classes(), {.seed = 5, .threads = 3})) == one);
  BOOST_TEST(text(assess(two_classes(), {.seed = 6})) != one);
}

BOOST_AUTO_TEST_CASE(tables_without_sense_are_refused_and_an_empty_one_has_no_rows) {
  ScoredTable t = two_classes();
  t.score.pop_back();
  BOOST_CHECK_THROW(assess(t, {}), DataError);
  t = two_classes();
  t.truth[3] = 2;
  BOOST_CHECK_THROW(assess(t, {}), DataError);
  t = two_classes();
  t.score[0] = NAN;
  BOOST_CHECK_THROW(assess(t, {}), DataError);
  BOOST_TEST(assess({.classes = {"a", "b"}}, {}).empty());
}

BOOST_AUTO_TEST_CASE(certain_and_wrong_throughout_has_a_loss_and_no_interval) {
  ScoredTable t;
  t.classes = {"n", "p"};
  t.positive = 1;
  for (int i = 0; i < 20; ++i) {
    t.truth.push_back(i % 2);
    t.score.push_back(i % 2 == 0 ? 1 : 0);
  }
  int seen = 0;
  for (const Assessed& a : assess(t, {})) {
    if (a.metric != "log_loss" && a.metric != "brier") continue;
    ++seen;
    BOOST_TEST(a.estimate.value.has_value(), a.metric);
    BOOST_TEST(!a.estimate.low.has_value(), a.metric);
  }
  BOOST_TEST(seen >= 2);
}

BOOST_AUTO_TEST_CASE(no_interval_claims_certainty) {
  // Constant scores: sensitivity 1, specificity 0, AUC 1/2 without variance, one point for any calibration line.
  ScoredTable t;
  t.classes = {"n", "p"};
  t.positive = 1;
  for (int i = 0; i < 20; ++i) {
    t.truth.push_back(i % 4 == 0 ? 1 : 0);
    t.score.push_back(0.5);
  }
  for (const auto sampling : {Sampling::cohort, Sampling::by_class}) {
    const auto all = assess(t, {.sampling = sampling});
    BOOST_TEST(all.size() > 15U);
    for (const Assessed& a : all) {
      if (!a.estimate.low) continue;
      BOOST_TEST_CONTEXT(a.metric) {
        BOOST_TEST(*a.estimate.high - *a.estimate.low > 1e-9);
        BOOST_TEST(*a.estimate.low <= *a.estimate.value);
        BOOST_TEST(*a.estimate.high >= *a.estimate.value);
        BOOST_TEST(std::abs(*a.estimate.high) < 1e6);
      }
    }
    for (const char* metric : {"lr_positive", "auc", "calibration_slope"}) {
      const Rows r = rows(t, {.sampling = sampling});
      BOOST_TEST_CONTEXT(metric) { BOOST_TEST(!r.at(metric, "p").estimate.low.has_value()); }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

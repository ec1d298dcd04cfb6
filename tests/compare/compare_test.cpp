#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "compare_fixture.hpp"
#include "youden/compare/comparison_json.hpp"
#include "youden/compare/curves_plot.hpp"
#include "youden/evaluate/registered.hpp"
#include "youden/metric/metrics/accuracy.hpp"
#include "youden/metric/metrics/auc.hpp"
#include "youden/metric/metrics/brier.hpp"
#include "youden/metric/metrics/f1.hpp"
#include "youden/metric/metrics/sensitivity.hpp"
#include "youden/store/removal.hpp"

using namespace youden;
using store::Database;
using test::RunSpec;
using test::says;

namespace {

// Of f3 f4 (covid) and f8 f9 f10 f11 (normal), at 0.5: the first calls f4 and f8 wrong, the second f3, f4, f9 and f10.
const std::vector<double> kFirst{.9, .4, .6, .2, .1, .3};
const std::vector<double> kSecond{.45, .3, .2, .7, .8, .1};

struct Two {
  test::TempFolder folder;
  Database db = Database::open(folder / "youden.db");

  std::int64_t add(const RunSpec& spec) { return test::add_scored_run(db, spec); }
  youden::compare::Comparison compare(const RunSpec& a, const RunSpec& b,
                                      youden::compare::CompareOptions options = {}) {
    return compare(std::vector{add(a), add(b)}, std::move(options));
  }
  youden::compare::Comparison compare(const std::vector<std::int64_t>& runs,
                                      youden::compare::CompareOptions options = {}) {
    options.metrics = evaluate::registered_metrics();
    options.bootstrap.draws = 400;
    return youden::compare::compare_runs(db, runs, options);
  }
  /// The gate of that name of the claim that `a` is better than `b` in `metric`.
  youden::compare::Gate gate(const std::string& name, const RunSpec& a, const RunSpec& b,
                             const std::string& metric = "auc", double margin = 0) {
    const auto c = compare(a, b, {.claim = youden::compare::ComparisonClaim{metric, margin}});
    for (const youden::compare::Gate& g : c.pairs.at(0).gates) {
      if (g.name == name) return g;
    }
    BOOST_FAIL("no gate " << name);
    return {};
  }
};

const evaluate::ComparisonTest& find(const std::vector<evaluate::ComparisonTest>& tests, const std::string& test,
                                     const std::string& metric) {
  for (const auto& t : tests) {
    if (t.test == test && t.metric == metric) return t;
  }
  BOOST_REQUIRE_MESSAGE(false, "no " << test << " of " << metric);
  return tests.front();
}
bool has(const std::vector<evaluate::ComparisonTest>& tests, const std::string& test, const std::string& metric) {
  return std::any_of(tests.begin(), tests.end(), [&](const auto& t) { return t.test == test && t.metric == metric; });
}
bool notes_say(const youden::compare::Comparison& c, const std::string& text) {
  for (const std::string& note : youden::compare::comparison_notes(c)) {
    if (note.find(text) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(compare, Two)

BOOST_AUTO_TEST_CASE(the_tests_of_two_runs_on_the_same_samples) {
  const auto c = compare({.name = "a", .scores = {kFirst}}, {.name = "b", .scores = {kSecond}, .dropout = 0.1});
  const auto& tests = c.pairs.at(0).tests;
  const auto& mcnemar = find(tests, "mcnemar-exact", "accuracy");
  BOOST_TEST(*mcnemar.first_only == 3);    // f3, f9, f10
  BOOST_TEST(*mcnemar.second_only == 1);   // f8
  BOOST_TEST(*mcnemar.result.p == 0.625);  // 2 (1 + 4) / 16
  // AUC of the first: .9 beats 4, .4 beats 3 of 4; of the second: .45 beats 2, .3 beats 2.
  BOOST_TEST(std::abs(*find(tests, "delong", "auc").result.difference - (7.0 / 8 - 4.0 / 8)) < 1e-12);
  BOOST_TEST(std::abs(*find(tests, "cluster-bootstrap", "sensitivity").result.difference - 0.5) < 1e-12);
  BOOST_TEST(!has(tests, "cluster-bootstrap", "auc"));    // DeLong's
  BOOST_TEST(!has(tests, "cluster-bootstrap", "brier"));  // neither run reports it
  BOOST_TEST(tests.size() == 4U);
  BOOST_TEST(*mcnemar.p_holm == 0.625);  // one pair: nothing to adjust for
  BOOST_TEST(!mcnemar.exploratory);
  BOOST_TEST(!find(tests, "delong", "auc").exploratory);
  BOOST_TEST(find(tests, "cluster-bootstrap", "sensitivity").exploratory);
  BOOST_TEST(!find(tests, "cluster-bootstrap", "sensitivity").p_holm.has_value());
  BOOST_TEST(!mcnemar.assumes_independent_films);
  BOOST_TEST(notes_say(c, "two fitted models, not two recipes"));
  BOOST_TEST(notes_say(c, "best of 2 scored on this test set"));
}

BOOST_AUTO_TEST_CASE(only_what_differs_of_the_configuration_is_told) {
  const auto c = compare({.name = "a", .scores = {kFirst}}, {.name = "b", .scores = {kSecond}, .dropout = 0.1});
  BOOST_TEST_REQUIRE(c.differences.size() == 1U);
  BOOST_TEST(c.differences[0].key == "head.dropout");
  BOOST_TEST(c.differences[0].values[1] == 0.1);
}

BOOST_AUTO_TEST_CASE(flipped_samples_have_paths_and_scores) {
  const auto c = compare({.scores = {kFirst}}, {.scores = {kSecond}});
  BOOST_TEST_REQUIRE(c.flipped.size() == 4U);  // f10, f3, f8, f9; f4 both miss
  BOOST_TEST(c.flipped[1].sample == "f3");
  BOOST_TEST(c.flipped[1].path == "/films/f3.png");
  BOOST_TEST(c.flipped[1].label == "covid");
  BOOST_TEST(*c.flipped[1].scores[0] == 0.9);
  BOOST_TEST(*c.flipped[1].scores[1] == 0.45);
  BOOST_TEST(c.flipped[1].decisions == (std::vector<std::string>{"covid", "normal"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_run_decides_by_its_own_threshold) {
  // At 0.35 the second finds f3 too, and calls f9, f10 as before.
  const auto c = compare({.scores = {kFirst}}, {.scores = {kSecond}, .threshold = 0.35});
  BOOST_TEST(*find(c.pairs[0].tests, "mcnemar-exact", "accuracy").first_only == 2);
}

BOOST_AUTO_TEST_CASE(the_order_of_classes_does_not_matter) {
  const auto c = compare({.scores = {kFirst}}, {.classes = {"normal", "covid"}, .scores = {kSecond}});
  BOOST_TEST(*find(c.pairs[0].tests, "mcnemar-exact", "accuracy").first_only == 3);
  BOOST_TEST(std::abs(*find(c.pairs[0].tests, "delong", "auc").result.difference - 3.0 / 8) < 1e-12);
  BOOST_TEST(*c.flipped[1].scores[1] == 0.45);
}

BOOST_AUTO_TEST_CASE(other_films_are_compared_unpaired) {
  const auto c = compare({.scores = {kFirst}}, {.scores = {kSecond}, .content = "other "});
  BOOST_TEST(c.pairs[0].shared == 0U);
  BOOST_TEST_REQUIRE(c.pairs[0].tests.size() == 1U);
  const auto& t = c.pairs[0].tests[0];
  BOOST_TEST(t.test == "delong-unpaired");
  // pROC: roc.test(roc(c(1,1,0,0,0,0), c(.9,.4,.6,.2,.1,.3)), roc(…, c(.45,.3,.2,.7,.8,.1)), paired = FALSE)
  BOOST_TEST(std::abs(*t.result.statistic - 1.1078234188139946) < 1e-12);
  BOOST_TEST(c.flipped.empty());
  BOOST_TEST(notes_say(c, "share no sample"));
}

BOOST_AUTO_TEST_CASE(patients_with_several_films_are_drawn_whole) {
  const std::vector<std::string> patients{"1", "2", "3", "p", "p", "6", "7", "8", "q", "q", "r", "s"};
  const auto c = compare({.scores = {kFirst}, .patients = patients}, {.scores = {kSecond}, .patients = patients});
  const auto& tests = c.pairs[0].tests;
  BOOST_TEST(find(tests, "delong", "auc").assumes_independent_films);
  BOOST_TEST(find(tests, "mcnemar-exact", "accuracy").assumes_independent_films);
  BOOST_TEST(has(tests, "cluster-bootstrap", "auc"));
  BOOST_TEST(has(tests, "cluster-bootstrap", "accuracy"));
  BOOST_TEST(!find(tests, "cluster-bootstrap", "auc").assumes_independent_films);
  BOOST_TEST(c.pairs[0].patients == 4U);
  BOOST_TEST(notes_say(c, "assumes independent films"));
}

BOOST_AUTO_TEST_CASE(a_headline_by_patient_is_compared_by_patient) {
  const std::vector<std::string> patients{"1", "2", "3", "p", "p", "6", "7", "8", "q", "q", "r", "s"};
  const auto c = compare({.scores = {kFirst}, .patients = patients, .unit = "patient"},
                         {.scores = {kSecond}, .patients = patients, .unit = "patient"});
  // Means: p .65, q .4, r .1, s .3 against p .375, q .45, r .8, s .1: right are all four, then q and s.
  const auto& mcnemar = find(c.pairs[0].tests, "mcnemar-exact", "accuracy");
  BOOST_TEST(mcnemar.n == 4);
  BOOST_TEST(*mcnemar.first_only == 2);
  BOOST_TEST(!mcnemar.assumes_independent_films);
  BOOST_TEST(std::abs(*find(c.pairs[0].tests, "delong", "auc").result.difference - (1 - 1.0 / 3)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(replicates_are_averaged_and_drawn) {
  const auto c = compare({.scores = {kFirst, kSecond}}, {.scores = {kSecond, kSecond}});
  const auto& auc = find(c.pairs[0].tests, "cluster-bootstrap", "auc");
  BOOST_TEST(std::abs(*auc.result.difference - (11.0 / 16 - 8.0 / 16)) < 1e-12);
  BOOST_TEST(find(c.pairs[0].tests, "delong", "auc").first_replicates_only);
  BOOST_TEST(notes_say(c, "draws seeds and patients"));
  BOOST_TEST(!notes_say(c, "not two recipes"));
}

BOOST_AUTO_TEST_CASE(several_runs_stand_against_the_first_in_one_table) {
  const auto c = compare({add({.scores = {kFirst}}), add({.scores = {kSecond}}), add({.scores = {kFirst}})});
  BOOST_TEST_REQUIRE(c.pairs.size() == 2U);
  BOOST_TEST(*find(c.pairs[1].tests, "mcnemar-exact", "accuracy").result.p == 1);
  const store::Json j = youden::compare::to_json(c);
  BOOST_TEST(j["runs"] == store::Json({1, 2, 3}));
  BOOST_TEST(j["tests"].size() == 8U);
  BOOST_TEST(j["flipped"][0]["scores"].size() == 3U);
  BOOST_TEST(j["metrics"]["auc"].size() == 3U);
  BOOST_TEST(j["tests"][4]["runs"] == store::Json({1, 3}));
}

BOOST_AUTO_TEST_CASE(out_of_fold_comes_before_test_and_validation_last) {
  const auto part = [&](const std::string& a, const std::string& b) {
    return compare({.part = a, .scores = {kFirst}}, {.part = b, .scores = {kSecond}}).choice.parts;
  };
  BOOST_TEST(part("oof", "oof")[0] == "oof");
  BOOST_TEST(part("val", "val")[1] == "val");
  BOOST_TEST(part("oof", "test")[0] == "oof");  // the same films, each in its own part
  BOOST_TEST(part("oof", "test")[1] == "test");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_compared_is_refused) {
  const auto refused = [&](const RunSpec& a, const RunSpec& b, std::vector<std::string> words) {
    BOOST_CHECK_EXCEPTION(compare(a, b), base::Error, says(std::move(words)));
  };
  const RunSpec good{.scores = {kFirst}};
  refused(good, {.positive = "normal", .scores = {kSecond}}, {"positive class", "'covid'", "'normal'"});
  refused(good, {.classes = {"covid", "healthy"}, .scores = {kSecond}}, {"healthy", "same classes"});
  refused(good, {.scores = {kSecond}, .status = "interrupted"}, {"interrupted", "youden resume"});
  const auto run = add(good);
  BOOST_CHECK_EXCEPTION(compare({run, run}), base::ConfigError, says({"named twice"}));
  BOOST_CHECK_EXCEPTION(compare({run}), base::ConfigError, says({"takes two"}));
  BOOST_CHECK_EXCEPTION(compare({run, add(good)}, {.part = "oof"}), base::ConfigError, says({"'oof'", "test"}));
}

BOOST_AUTO_TEST_CASE(films_with_another_label_in_the_other_run_are_named) {
  const auto a = add({.scores = {kFirst}});
  const auto b = add({.scores = {kSecond}, .patients = std::vector<std::string>(12, "x")});  // another dataset's rows
  store::execute(db.sqlite(), "UPDATE sample SET label = 'normal' WHERE id = 'f3' AND patient = 'x'");
  BOOST_CHECK_EXCEPTION(compare({a, b}), base::DataError,
                        says({"/films/f3.png", "'covid' in run 1", "'normal' in run 2"}));
}

BOOST_AUTO_TEST_CASE(curves_are_drawn_over_each_other) {
  const auto c = compare({.name = "it's", .scores = {kFirst}}, {.name = "b", .scores = {kSecond}});
  const std::string script = youden::compare::curves_script(c, "png", "/tmp/x.png");
  BOOST_TEST(script.find("'it''s (run 1)'") != std::string::npos);
  BOOST_TEST(script.find("0 0\n0 0.5\n0.25 0.5\n0.25 1\n0.5 1\n0.75 1\n1 1\ne\n") != std::string::npos);  // .9 .6 .4 …
  BOOST_CHECK_EXCEPTION(youden::compare::plot_curves(c, "curves.pdf"), base::ConfigError, says({".png", ".svg"}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(claim_gates, Two)

BOOST_AUTO_TEST_CASE(the_samples_are_the_same) {
  BOOST_TEST(gate("samples", {.scores = {kFirst}}, {.scores = {kSecond}}).passed);
  const auto other = gate("samples", {.scores = {kFirst}}, {.scores = {kSecond}, .content = "other "});
  BOOST_TEST(!other.passed);
  BOOST_TEST(other.reason.find("0 of 6 and 6") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_sample_and_no_patient_was_trained_on) {
  BOOST_TEST(gate("training", {.scores = {kFirst}}, {.scores = {kSecond}}).passed);
  std::vector<std::string> patients{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "0"};
  const auto leak = gate("training", {.scores = {kFirst}}, {.scores = {kSecond}, .patients = patients});
  BOOST_TEST(!leak.passed);  // f11 is of f0's patient
  BOOST_TEST(leak.reason.find("0 of the samples and on films of 1 of their patients") != std::string::npos);
  const auto a = add({.scores = {kFirst}});
  const auto b = add({.scores = {kSecond}, .content = "copies "});
  store::execute(db.sqlite(),
                 "UPDATE sample SET sha256 = (SELECT sha256 FROM sample t WHERE t.dataset = sample.dataset "
                 "AND t.id = 'f4') WHERE id = 'f1' AND sha256 = 'copies sha f1'");
  const auto c = compare({a, b}, {.claim = youden::compare::ComparisonClaim{"auc"}});
  BOOST_TEST(!c.pairs[0].gates[1].passed);
  BOOST_TEST(c.pairs[0].gates[1].reason.find("trained on 1 of the samples") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_interval_lies_beyond_the_margin) {
  const std::vector<double> perfect{.9, .8, .1, .2, .3, .15};
  const std::vector<double> reversed{.1, .2, .9, .8, .7, .6};
  const RunSpec good{.scores = {5, perfect}, .copies = 3};
  const RunSpec bad{.scores = {5, std::vector<double>{.35, .2, .9, .5, .35, .6}}, .copies = 3};
  BOOST_TEST(gate("interval", good, bad).passed);
  BOOST_TEST(!gate("interval", bad, good).passed);
  BOOST_TEST(!gate("interval", good, bad, "auc", 0.9).passed);
  BOOST_TEST(gate("interval", good, bad, "brier", 0.01).passed);  // the lower the better
  BOOST_TEST(!gate("interval", bad, good, "brier").passed);
  BOOST_TEST(!gate("interval", {.scores = {perfect}}, {.scores = {reversed}}).passed);  // DeLong has no variance here
}

BOOST_AUTO_TEST_CASE(nothing_was_chosen_on_the_samples) {
  BOOST_TEST(gate("chosen", {.scores = {kFirst}}, {.scores = {kSecond}}).passed);
  BOOST_TEST(!gate("chosen", {.part = "val", .scores = {kFirst}}, {.part = "val", .scores = {kSecond}}).passed);
}

BOOST_AUTO_TEST_CASE(among_many_runs_on_one_test_set_only_validation_can_choose) {
  add({.scores = {kFirst}});
  const auto third = gate("chosen", {.scores = {kFirst}}, {.scores = {kSecond}});
  BOOST_TEST(!third.passed);
  BOOST_TEST(third.reason.find("one of 3") != std::string::npos);
  const RunSpec validated{.scores = {kFirst}, .with_val = true};
  BOOST_TEST(gate("chosen", validated, validated).passed);
}

BOOST_AUTO_TEST_CASE(a_sweep_by_the_same_part_is_a_choice) {
  const auto a = add({.part = "oof", .scores = {kFirst}});
  const auto b = add({.part = "oof", .scores = {kSecond}});
  db.sqlite().exec(
      "INSERT INTO sweep VALUES (3, 'u', 's', 'f', 'completed', 'oof.auc', 'max', '', '', 0, '', '{}', '')");
  store::execute(db.sqlite(), "INSERT INTO trial (sweep, number, params, state, run) VALUES (3, 0, '{}', 'done', ?)",
                 b);
  const auto c = compare({a, b}, {.claim = youden::compare::ComparisonClaim{"auc"}});
  BOOST_TEST(!c.pairs[0].gates[3].passed);
  BOOST_TEST(c.pairs[0].gates[3].reason == "run 2 is a trial of a sweep by oof.auc");
}

BOOST_AUTO_TEST_CASE(a_threshold_chosen_out_of_fold_is_a_choice_where_it_matters) {
  const RunSpec rule{.part = "oof", .scores = {kFirst}, .config = {{"threshold", "youden"}}};
  BOOST_TEST(gate("chosen", rule, rule, "auc").passed);
  const auto refused = gate("chosen", rule, rule, "sensitivity");
  BOOST_TEST(!refused.passed);
  BOOST_TEST(refused.reason.find("run 3 was chosen on these out-of-fold scores") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(out_of_fold_values_that_ranked_more_runs_prove_nothing) {
  const RunSpec spec{.part = "oof", .scores = {kFirst}};
  BOOST_TEST(gate("chosen", spec, spec).passed);
  RunSpec elsewhere = spec;
  elsewhere.content = "other ";
  add(elsewhere);
  RunSpec broken = spec;
  broken.status = "failed";
  add(broken);
  const auto a = add(spec);
  const auto b = add(spec);
  const auto c = compare({a, b}, {.claim = youden::compare::ComparisonClaim{"auc"}});
  BOOST_TEST(!c.pairs[0].gates[3].passed);
  BOOST_TEST(c.pairs[0].gates[3].reason.find("is one of 4 cross-validated") != std::string::npos);
  store::remove_runs(db, {1, 2});  // losers that were forgotten have been looked at all the same
  BOOST_TEST(!compare({a, b}, {.claim = youden::compare::ComparisonClaim{"auc"}}).pairs[0].gates[3].passed);
}

BOOST_AUTO_TEST_CASE(the_audit_did_not_fail) {
  const auto a = add({.scores = {kFirst}});
  const auto b = add({.scores = {kSecond}});
  const auto audit = [&] {
    return compare({a, b}, {.claim = youden::compare::ComparisonClaim{"auc"}}).pairs[0].gates[4];
  };
  BOOST_TEST(!audit().passed);  // unknown is no pass
  BOOST_TEST(audit().reason.find("not audited: run 1, run 2") != std::string::npos);
  store::write_findings(db, a, {{.rule = "size", .severity = "pass"}});
  BOOST_TEST(audit().reason.find("not audited: run 2") != std::string::npos);
  store::write_findings(db, b, {{.rule = "size", .severity = "warn"}});
  BOOST_TEST(audit().passed);
  store::write_findings(db, b, {{.rule = "patient-overlap", .severity = "fail", .value = 3}});
  BOOST_TEST(!audit().passed);
  BOOST_TEST(audit().reason == "run 2 failed patient-overlap");
}

BOOST_AUTO_TEST_CASE(recipes_take_five_replicates) {
  const RunSpec five{.scores = {5, kFirst}};
  BOOST_TEST(gate("replicates", five, five).passed);
  const auto four = gate("replicates", five, {.scores = {4, kSecond}});
  BOOST_TEST(!four.passed);
  BOOST_TEST(four.reason.find("run 4 has 4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_claim_is_supported_where_every_gate_is_passed) {
  const RunSpec good{.scores = {5, {.9, .8, .1, .2, .3, .15}}, .copies = 3};
  const RunSpec bad{.scores = {5, {.35, .2, .9, .5, .35, .6}}, .copies = 3};
  const std::vector runs{add(good), add(bad)};
  for (const std::int64_t run : runs) store::write_findings(db, run, {{.rule = "size", .severity = "pass"}});
  const auto c = compare(runs, {.claim = youden::compare::ComparisonClaim{"auc", 0}});
  BOOST_TEST(c.supported());
  BOOST_TEST(!find(c.pairs[0].tests, "cluster-bootstrap", "auc").p_holm);  // tested alone
  BOOST_TEST(find(c.pairs[0].tests, "delong", "auc").exploratory);  // the claim rests on the test that knows of seeds
  BOOST_TEST(youden::compare::to_json(c)["claim"]["supported"] == true);
  BOOST_TEST(!compare(bad, good, {.claim = youden::compare::ComparisonClaim{"auc", 0}}).supported());
  BOOST_CHECK_EXCEPTION(compare(good, bad, {.claim = youden::compare::ComparisonClaim{"aux", 0}}), base::ConfigError,
                        says({"'aux'", "did you mean 'auc'"}));
}

BOOST_AUTO_TEST_SUITE_END()

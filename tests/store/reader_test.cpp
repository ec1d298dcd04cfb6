#include "youden/store/run_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "fixture.hpp"
#include "youden/store/leaderboard.hpp"
#include "youden/store/run_json.hpp"
#include "youden/store/run_ref.hpp"
#include "youden/store/scored.hpp"

using namespace youden;
using store::Database;
using test::says;

namespace {

struct Empty {
  test::TempFolder folder;
  Database db = Database::open(folder / "youden.db");
};
struct Filled : Empty {
  std::int64_t run = test::add_run(db, "a", "f");
};

std::string decisions(const std::vector<store::ScoredRow>& rows) {
  std::string out;
  for (const auto& r : rows) out += r.sample + (r.y ? "+" : "-") + (r.decision ? "P " : "N ");
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(run_reader, Filled)

BOOST_AUTO_TEST_CASE(scored_pairs_truth_score_and_decision) {
  const auto rows = store::read_scored(db, run, "test");
  BOOST_TEST(decisions(rows) == "s2+P s3+N s7-P s8-N s9-N ");
  BOOST_TEST(rows[0].sha256 == "sha-s2");
  BOOST_TEST(rows[0].score == 0.9);
  BOOST_TEST(rows[3].patient == "p7");
  BOOST_TEST(rows[3].label == "normal");
}

BOOST_AUTO_TEST_CASE(decisions_follow_the_stored_threshold) {
  store::write_results(db, run, {test::result("test", "sensitivity", 1.0, 2, 0.3)});
  BOOST_TEST(decisions(store::read_scored(db, run, "test")) == "s2+P s3+P s7-P s8-N s9-N ");
  store::write_results(db, run, {test::result("test", "sensitivity", 1.0, 2, 0.4)});  // score ≥ threshold is positive
  BOOST_TEST(decisions(store::read_scored(db, run, "test")) == "s2+P s3+P s7-P s8-N s9-N ");
}

BOOST_AUTO_TEST_CASE(confusion_is_true_by_called) {
  const auto c = store::read_confusion(db, store::read_run(db, run), "test");
  BOOST_TEST((c.labels == std::vector<std::string>{"covid", "normal"}));
  BOOST_TEST((c.matrix == std::vector<std::vector<std::int64_t>>{{1, 1}, {1, 2}}));
  store::write_results(db, run, {test::result("test", "sensitivity", 1.0, 2, 0.95)});  // nobody is positive
  const auto none = store::read_confusion(db, store::read_run(db, run), "test");
  BOOST_TEST((none.matrix == std::vector<std::vector<std::int64_t>>{{0, 2}, {0, 3}}));
  BOOST_TEST(store::read_confusion(db, store::read_run(db, run), "val").labels.empty());
}

BOOST_AUTO_TEST_CASE(three_classes_take_the_highest_probability_ties_to_the_first) {
  auto r = test::small_run("three", "g");
  r.positive = "";
  r.classes = {"normal", "covid", "other"};
  const auto three = store::claim_run(db, r, false).run;
  std::vector<store::PredictionRow> rows;
  const auto add = [&](const char* sample, double normal, double covid, double other) {
    for (const auto& [name, p] : {std::pair{"normal", normal}, {"covid", covid}, {"other", other}}) {
      rows.push_back({.part = "test", .sample = sample, .class_name = name, .probability = p});
    }
  };
  add("s0", 0.2, 0.5, 0.3);  // covid, right
  add("s1", 0.4, 0.4, 0.2);  // covid, a tie: normal stands first
  add("s9", 0.1, 0.2, 0.7);  // normal, called other
  store::write_predictions(db, three, rows);
  const auto c = store::read_confusion(db, store::read_run(db, three), "test");
  BOOST_TEST((c.matrix == std::vector<std::vector<std::int64_t>>{{0, 0, 1}, {1, 1, 0}, {0, 0, 0}}));
  BOOST_TEST(store::read_scored(db, three, "test").size() == 9U);
}

BOOST_AUTO_TEST_CASE(history_wide_has_one_row_an_epoch) {
  SQLite::Statement row(db.sqlite(),
                        "SELECT epoch, train_loss, test_auc, lr, val_loss FROM history_wide ORDER BY epoch");
  BOOST_TEST(row.executeStep());
  BOOST_TEST(row.executeStep());
  BOOST_TEST(row.getColumn(0).getInt() == 1);
  BOOST_TEST(row.getColumn(1).getDouble() == 0.7 - 0.2);
  BOOST_TEST(row.getColumn(2).getDouble() == 0.6 + 0.1);
  BOOST_TEST(row.getColumn(3).getDouble() == 0.001);
  BOOST_TEST(row.getColumn(4).isNull());
  BOOST_TEST(!row.executeStep());
}

BOOST_AUTO_TEST_CASE(test_sets_are_counted_by_content_over_completed_runs) {
  const auto second = test::add_run(db, "b", "g");
  store::write_assignments(db, store::claim_run(db, test::small_run("running", "h"), false).run, test::small_split());
  auto other_split = test::small_split();
  other_split[0].part = "test";
  const auto other = store::claim_run(db, test::small_run("c", "i"), false).run;
  store::write_assignments(db, other, other_split);
  store::finish(db, other, "completed", "", 1);
  const auto hash = store::read_run(db, run).test_hash;
  BOOST_TEST(hash == store::read_run(db, second).test_hash);
  BOOST_TEST(hash != store::read_run(db, other).test_hash);
  BOOST_TEST(store::count_scored(db, hash) == 2);
  BOOST_TEST(db.sqlite().execAndGet("SELECT sum(scored) FROM test_set").getInt() == 3);
}

BOOST_AUTO_TEST_CASE(json_keeps_its_contract) {
  std::ofstream(folder / "plot.png") << "abc";
  store::add_artifact(db, run, "plot", folder / "plot.png");
  const auto j = store::run_json(db, run);
  BOOST_TEST(j["run"] == run);
  BOOST_TEST(j["name"] == "a");
  BOOST_TEST(j["status"] == "completed");
  BOOST_TEST(j["fingerprint"] == "f");
  BOOST_TEST(j["seconds"] == 1.5);
  BOOST_TEST(j["folds"] == 1);
  BOOST_TEST(j["n"] == (store::Json{{"train", 5}, {"val", 0}, {"test", 5}}));
  BOOST_TEST(j["positive"] == "covid");
  const auto& sensitivity = j["metrics"]["test"]["sensitivity"];
  BOOST_TEST(sensitivity["value"] == 0.5);
  BOOST_TEST(sensitivity["low"] == 0.4);
  BOOST_TEST(sensitivity["high"] == 0.6);
  BOOST_TEST(sensitivity["method"] == "by-hand");
  BOOST_TEST(sensitivity["n"] == 2);
  BOOST_TEST(j["confusion"]["labels"] == (store::Json{"covid", "normal"}));
  BOOST_TEST(j["confusion"]["matrix"] == store::Json::parse("[[1, 1], [1, 2]]"));
  BOOST_TEST(j["artifacts"]["plot"] == (folder / "plot.png").string());
  BOOST_TEST(j["test_set"]["scored"] == 1);
}

BOOST_AUTO_TEST_CASE(replicates_are_averaged_without_an_interval_unless_given_jointly) {
  auto second = test::result("test", "auc", 0.5, 5);
  second.replicate = 1;
  store::write_results(db, run, {second});
  auto auc = store::read_pooled(db, run)["test"]["auc"].estimate;
  BOOST_TEST(*auc.value == (5.0 / 6 + 0.5) / 2);
  BOOST_TEST(!auc.low);
  BOOST_TEST(auc.method == "mean of 2 replicates");
  const auto mean = store::read_pooled(db, run)["test"]["auc"];
  BOOST_TEST(mean.replicates == 2);
  BOOST_TEST(*mean.sd == (5.0 / 6 - 0.5) / std::sqrt(2.0), boost::test_tools::tolerance(1e-12));
  second.replicate = -1;
  second.estimate.value = 0.65;
  store::write_results(db, run, {second});
  auc = store::read_pooled(db, run)["test"]["auc"].estimate;
  BOOST_TEST(*auc.value == 0.65);
  BOOST_TEST(auc.low.has_value());
}

BOOST_AUTO_TEST_CASE(without_a_positive_class_the_headline_is_over_all_classes_or_their_average) {
  db.sqlite().exec("UPDATE run SET positive = NULL, classes = '[\"a\", \"b\", \"macro\"]'");
  std::vector<store::ResultRow> rows;
  for (const auto& [metric, name, value] : {std::tuple{"sensitivity", "a", 0.1},
                                            {"sensitivity", "macro", 0.2},
                                            {"sensitivity", "macro average", 0.7},
                                            {"accuracy", "", 0.6},
                                            {"accuracy", "macro average", 0.9},
                                            {"f1", "macro average", 0.5}}) {
    rows.push_back(test::result("val", metric, value, 5));
    rows.back().class_name = name;
  }
  store::write_results(db, run, rows);
  const auto pooled = store::read_pooled(db, run)["val"];
  BOOST_TEST(*pooled.at("sensitivity").estimate.value == 0.7);
  BOOST_TEST(*pooled.at("accuracy").estimate.value == 0.6);
  const auto board = store::rank_runs(db, {.sort = "f1"});
  BOOST_TEST(board.runs[0].columns["f1"] == 0.5);
  BOOST_TEST(board.runs[0].columns["n_positive"].is_null());
}

BOOST_AUTO_TEST_CASE(folds_that_were_never_pooled_make_no_headline) {
  auto first = test::result("oof", "auc", 0.5, 5);
  first.fold = 0;
  auto second = first;
  second.fold = 1;
  store::write_results(db, run, {first, second});
  BOOST_TEST(!store::read_pooled(db, run).contains("oof"));
  store::erase_fold(db, run, 0, 1);
  BOOST_TEST(*store::read_pooled(db, run)["oof"]["auc"].estimate.value == 0.5);  // the only fold counts
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(run_ref, Empty)

BOOST_AUTO_TEST_CASE(a_run_is_found_by_number_name_uid_last_and_best) {
  const auto low = test::add_run(db, "low", "1", 0.2);
  const auto high = test::add_run(db, "high", "2", 0.9);
  const auto last = test::add_run(db, "last", "3", 0.4);
  BOOST_TEST(store::find_run(db, std::to_string(low)) == low);
  BOOST_TEST(store::find_run(db, "high") == high);
  BOOST_TEST(store::find_run(db, "@last") == last);
  BOOST_TEST(store::find_run(db, "@best") == high);
  const auto uid = store::read_run(db, high).uid;
  BOOST_TEST(store::find_run(db, uid) == high);
  BOOST_TEST(store::find_run(db, uid.substr(0, 15)) == high);
}

BOOST_AUTO_TEST_CASE(an_ambiguous_name_lists_its_runs) {
  test::add_run(db, "same", "1");
  test::add_run(db, "same", "2");
  BOOST_CHECK_EXCEPTION(store::find_run(db, "same"), base::ConfigError,
                        says({"means 2 runs", store::read_run(db, 1).uid, store::read_run(db, 2).uid, "completed"}));
}

BOOST_AUTO_TEST_CASE(an_unknown_run_is_refused_with_the_nearest_name) {
  BOOST_CHECK_EXCEPTION(store::find_run(db, "@last"), base::ConfigError, says({"no run yet"}));
  BOOST_CHECK_EXCEPTION(store::find_run(db, "@best"), base::ConfigError, says({"none is @best"}));
  test::add_run(db, "covid19-vgg16", "1");
  BOOST_CHECK_EXCEPTION(store::find_run(db, "covid19-vgg61"), base::ConfigError,
                        says({"did you mean 'covid19-vgg16'"}));
  BOOST_CHECK_EXCEPTION(store::find_run(db, "7"), base::ConfigError, says({"no run '7'"}));
  BOOST_CHECK_EXCEPTION(store::find_run(db, ""), base::ConfigError, says({"no run ''"}));
  BOOST_CHECK_EXCEPTION(store::find_run(db, "99999999999999999999"), base::ConfigError, says({"no run"}));
}

BOOST_AUTO_TEST_SUITE_END()

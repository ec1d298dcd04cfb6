#include "youden/store/leaderboard.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "fixture.hpp"
#include "youden/store/labels.hpp"

using namespace youden;
using store::Database;
using test::says;

namespace {

/// Runs 1–4: sensitivity .2, .9, .5 and, from validation, .7; run 5 has no result yet.
struct Ranked {
  test::TempFolder folder;
  Database db = Database::open(folder / "youden.db");
  Ranked() {
    test::add_run(db, "one", "1", 0.2, 0.1);
    test::add_run(db, "two", "2", 0.9, 0.3);
    test::add_run(db, "three", "3", 0.5, 0.7);
    test::add_run(db, "four", "4", 0.7, 0.5, "val");
    store::claim_run(db, test::small_run("five", "5"), false);
  }
  std::string order(const store::LeaderboardQuery& q) {
    std::string out;
    for (const auto& r : store::rank_runs(db, q).runs) out += std::to_string(r.run);
    return out;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(leaderboard, Ranked)

BOOST_AUTO_TEST_CASE(the_best_j_stands_first_and_runs_without_results_last) { BOOST_TEST(order({}) == "24315"); }

BOOST_AUTO_TEST_CASE(each_metric_is_sorted_in_its_direction) {
  BOOST_TEST(order({.sort = "brier"}) == "24315");  // the lower the better; made from sensitivity
  BOOST_TEST(order({.sort = "sensitivity_low", .limit = 2}) == "24");
  BOOST_TEST(order({.where = "run in (2, 3)", .sort = "kappa_low"}) == "23");  // nor is its limit
  BOOST_TEST(order({.where = "kappa_high > 0.15 and run < 3"}) == "21");
  BOOST_TEST(order({.sort = "run"}) == "54321");
  BOOST_TEST(order({.where = "run < 5", .sort = "head.dropout"}) == "1243");
  BOOST_TEST(order({.where = "run in (2, 3)", .sort = "kappa"}) == "23");  // not a leaderboard column
}

BOOST_AUTO_TEST_CASE(conditions_take_columns_and_config_keys) {
  BOOST_TEST(order({.where = "sensitivity > .4 and [head.dropout] < .6"}) == "24");
  BOOST_TEST(order({.where = "sensitivity > .4 and head.dropout < .6"}) == "24");
  BOOST_TEST(order({.where = "\"head.dropout\" = 0.7"}) == "3");
  BOOST_TEST(order({.where = "name like 't%' or name = 'it''s' or lower(name) = 'ONE'"}) == "23");
  BOOST_TEST(order({.where = "kappa between 0.05 and 0.15 and not exploratory"}) == "4");
  BOOST_TEST(order({.where = "[split.group] is null and run in (select run from tag)"}).empty());
  BOOST_TEST(order({.where = "  "}) == "24315");
}

BOOST_AUTO_TEST_CASE(tags_are_compared_as_what_they_look_like) {
  store::change_tags(db, 1, {{"site", "north"}, {"reader", "9"}});
  store::change_tags(db, 2, {{"site", "it's"}, {"reader", "10"}, {"code", "007"}});
  store::change_tags(db, 3, {{"reader", "-1.5"}});
  BOOST_TEST(order({.where = "[tag.site] = 'north'"}) == "1");
  BOOST_TEST(order({.where = "tag.site = 'it''s' and sensitivity > 0"}) == "2");
  BOOST_TEST(order({.where = "[tag.reader] > 8", .sort = "run"}) == "21");
  BOOST_TEST(order({.where = "[tag.code] = '007'"}) == "2");  // no number: it would lose its zeros
  BOOST_TEST(order({.where = "[tag.reader] is not null", .sort = "tag.reader"}) == "312");
  BOOST_TEST(store::rank_runs(db, {.where = "run = 3"}).runs[0].tags == (store::Json{{"reader", "-1.5"}}));
  BOOST_CHECK_EXCEPTION(store::rank_runs(db, {.where = "[tag.sight] = 'north'"}), base::ConfigError,
                        says({"did you mean 'tag.site'"}));
}

BOOST_AUTO_TEST_CASE(status_is_that_of_now) {
  BOOST_TEST(order({.where = "status = 'running'"}) == "5");
  store::execute(db.sqlite(), "UPDATE run SET process_start = 'gone' WHERE id = 5");
  BOOST_TEST(order({.where = "status = 'interrupted'"}) == "5");
  BOOST_TEST(order({.where = "status = 'running'"}).empty());
}

BOOST_AUTO_TEST_CASE(a_wrong_condition_is_refused_with_the_names_there_are) {
  const auto refused = [&](const std::string& where, std::vector<std::string> words) {
    BOOST_CHECK_EXCEPTION(store::rank_runs(db, {.where = where}), base::ConfigError, says(std::move(words)));
  };
  refused("sensitivty > .5", {"the SQL is wrong", "sensitivity", "[head.dropout]"});
  refused("[head.dropuot] < .5", {"head.dropuot", "did you mean 'head.dropout'"});
  refused("\"nonsense\" = 1", {"nonsense"});
  refused("run = 1; DELETE FROM run", {"';'"});
  refused("run = 1) UNION SELECT (1", {"')' without"});
  refused("run = 1 -- ", {"comment"});
  refused("run = ?", {"'?'"});
  refused("name = 'open", {"not closed", "'open"});
  refused("(run = 1", {"'(' without"});
  refused("run >", {"the SQL is wrong"});
  BOOST_TEST(test::count(db, "run") == 5);
}

BOOST_AUTO_TEST_CASE(an_unknown_sort_is_refused) {
  BOOST_CHECK_EXCEPTION(store::rank_runs(db, {.sort = "youden"}), base::ConfigError, says({"--sort", "'youden'"}));
}

BOOST_AUTO_TEST_CASE(the_part_and_what_it_means_are_told) {
  const auto board = store::rank_runs(db, {.limit = 2});
  BOOST_TEST(board.runs[0].columns["part"] == "test");
  BOOST_TEST(board.runs[0].columns["exploratory"] == 1);
  BOOST_TEST(board.runs[0].scored == 4);  // all four completed runs split alike
  BOOST_TEST(board.runs[1].columns["part"] == "val");
  BOOST_TEST(board.runs[1].scored == 0);
  BOOST_TEST(board.runs[0].columns["n_positive"] == 2);
  BOOST_TEST(board.runs[0].columns["n_negative"] == 3);
  BOOST_TEST(board.differing == std::vector<std::string>{"head.dropout"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(validation_comes_before_test_and_out_of_fold_before_both) {
  store::write_results(db, 1, {test::result("val", "sensitivity", 0.3, 4)});
  BOOST_TEST(db.sqlite().execAndGet("SELECT part FROM leaderboard WHERE run = 1").getString() == "val");
  BOOST_TEST(db.sqlite().execAndGet("SELECT auc FROM leaderboard WHERE run = 1").isNull());
  store::write_results(db, 1, {test::result("oof", "sensitivity", 0.4, 10)});
  BOOST_TEST(db.sqlite().execAndGet("SELECT sensitivity FROM leaderboard WHERE run = 1").getDouble() == 0.4);
}

BOOST_AUTO_TEST_CASE(a_sweep_lists_its_trials_only) {
  db.sqlite().exec(
      "INSERT INTO sweep VALUES (3, 'u', 's', 'f', 'completed', 'val.youden_j', 'max', '', '', 0, '', '{}', '')");
  db.sqlite().exec(
      "INSERT INTO trial (sweep, number, params, state, run) VALUES (3, 0, '{}', 'completed', 1), (3, 1, '{}', "
      "'completed', 3)");
  BOOST_TEST(order({.sweep = 3}) == "31");
}

BOOST_AUTO_TEST_SUITE_END()

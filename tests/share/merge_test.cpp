#include "youden/share/merge.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "store/fixture.hpp"
#include "youden/store/check.hpp"
#include "youden/store/labels.hpp"
#include "youden/store/query.hpp"
#include "youden/store/scored.hpp"

using namespace youden;
using store::Database;
using test::count;
using test::says;
namespace fs = std::filesystem;

namespace {

using Numbers = std::vector<std::int64_t>;

/// Here: run 1. There: runs 1 and 2, on the same images.
struct TwoDatabases {
  test::TempFolder folder;
  Database here = Database::open(folder / "here/youden.db");
  Database there = Database::open(folder / "there/youden.db");
  std::int64_t mine = test::add_run(here, "mine", "m", 0.5);
  std::int64_t first = test::add_run(there, "first", "f", 0.75);
  std::int64_t second = test::add_run(there, "second", "s", 0.25, 0.3);

  share::Merged merge() { return share::merge_database(here, there.path(), 200); }
  static fs::path write(const Database& db, const std::string& uid, const std::string& name, const std::string& text) {
    const fs::path path = store::run_folder(db, uid) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }
  static std::string uid(Database& db, std::int64_t run) { return store::read_run(db, run).uid; }
  static std::string dump(Database& db) {
    std::string out;
    for (const char* sql : {"SELECT * FROM run", "SELECT * FROM sample", "SELECT * FROM prediction",
                            "SELECT * FROM tag", "SELECT * FROM note", "SELECT * FROM result", "SELECT * FROM artifact",
                            "SELECT * FROM scoring", "SELECT * FROM trial"}) {
      out += store::query(db, sql).csv();
    }
    return out;
  }
  /// The state of an interrupted run with so many epochs, in both databases under one uid.
  void add_unfinished(Database& db, int epochs, const std::string& uid) {
    const auto run = store::claim_run(db, test::small_run("unfinished", "u"), false).run;
    store::write_assignments(db, run, test::small_split());
    for (int e = 1; e <= epochs; ++e) {
      const auto file = write(db, uid, "checkpoint-r0-f0-e" + std::to_string(e), std::string(e, 'c'));
      store::commit_epoch(db, run, 0, 0, e, {{"train", "loss", 1.0 / e}}, file);
      if (e > 1) fs::remove(store::run_folder(db, uid) / ("checkpoint-r0-f0-e" + std::to_string(e - 1)));
    }
    store::finish(db, run, "interrupted", "signal", 1);
    store::execute(db.sqlite(), "UPDATE run SET uid = ? WHERE id = ?", uid, run);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(merge, TwoDatabases)

BOOST_AUTO_TEST_CASE(runs_get_numbers_of_their_own_and_share_datasets) {
  store::change_tags(there, second, {{"site", "north"}});
  store::add_note(there, second, "mine");
  const auto m = merge();
  BOOST_TEST(m.added == (Numbers{2, 3}), boost::test_tools::per_element());
  BOOST_TEST(m.present == 0);
  BOOST_TEST(store::read_run(here, 3).name == "second");
  BOOST_TEST(uid(here, 3) == uid(there, second));
  BOOST_TEST(count(here, "dataset") == 1);
  BOOST_TEST(count(here, "sample") == 10);
  BOOST_TEST(here.sqlite().execAndGet("SELECT sensitivity FROM leaderboard WHERE run = 3").getDouble() == 0.25);
  BOOST_TEST(store::read_params(here, 3)["head.dropout"] == 0.3);
  BOOST_TEST(store::read_tags(here, 3)["site"] == "north");
  BOOST_TEST(store::read_notes(here, 3)[0].body == "mine");
  for (const char* table : {"scored", "confusion", "history", "assignment"}) {
    const auto rows = [&](Database& db, int run) {
      return store::query(db, std::string("SELECT * FROM ") + table + " WHERE run = " + std::to_string(run)).rows;
    };
    auto expected = rows(there, 2);
    for (auto& row : expected) row[0] = 3;
    BOOST_TEST((rows(here, 3) == expected || table == std::string("assignment")), table);
    BOOST_TEST(rows(here, 3).size() == expected.size());
  }
  BOOST_TEST(store::check_database(here).problems.empty());
}

BOOST_AUTO_TEST_CASE(a_second_merge_adds_nothing) {
  store::add_note(there, second, "mine");
  merge();
  const std::string before = dump(here);
  const auto m = merge();
  BOOST_TEST(m.added.empty());
  BOOST_TEST(m.updated.empty());
  BOOST_TEST(m.present == 2);
  BOOST_TEST(m.rows == 0);
  BOOST_TEST(dump(here) == before);
}

BOOST_AUTO_TEST_CASE(both_ways_end_in_the_same_runs) {
  merge();
  BOOST_TEST(share::merge_database(there, here.path()).added.size() == 1U);
  BOOST_TEST(count(there, "run") == 3);
  BOOST_TEST(store::count_scored(there, store::read_run(there, first).test_hash) == 3);
  BOOST_TEST(store::count_scored(here, store::read_run(here, mine).test_hash) == 3);
}

BOOST_AUTO_TEST_CASE(a_look_at_the_test_set_counts_though_its_run_was_removed) {
  store::remove_runs(there, {second});
  const auto m = merge();
  BOOST_TEST(m.added.size() == 1U);
  BOOST_TEST(store::count_scored(here, store::read_run(here, mine).test_hash) == 3);
}

BOOST_AUTO_TEST_CASE(files_beside_the_other_database_come_along) {
  store::add_artifact(there, first, "model", write(there, uid(there, first), "model.safetensors", "12345"));
  store::add_artifact(there, first, "plot", write(there, uid(there, first), "deep/plot.png", "abc"));
  write(there, uid(there, first), "x.1-0.partial", "half");
  fs::create_symlink("/etc/passwd", store::run_folder(there, uid(there, first)) / "link");
  const auto m = merge();
  const auto place = store::run_folder(here, uid(there, first));
  BOOST_TEST(m.copied.size() == 2U);
  BOOST_TEST(m.missing.empty());
  BOOST_TEST(store::regular_files(place).size() == 2U);
  BOOST_TEST(!fs::exists(fs::symlink_status(place / "link")));
  const auto files = store::read_artifacts(here, 2);
  BOOST_TEST(files.size() == 2U);
  BOOST_TEST(files[0].path == place / "model.safetensors");
  BOOST_TEST(store::check_database(here).problems.empty());
}

BOOST_AUTO_TEST_CASE(files_that_are_not_there_are_named) {
  const auto file = write(there, uid(there, first), "model.safetensors", "12345");
  store::add_artifact(there, first, "model", file);
  fs::remove(file);
  const auto m = merge();
  BOOST_TEST(m.missing == std::vector<fs::path>{store::run_folder(here, uid(there, first)) / "model.safetensors"},
             boost::test_tools::per_element());
  write(there, uid(there, first), "model.safetensors", "12345");  // the folder was forgotten, and is brought after it
  BOOST_TEST(merge().copied == m.missing, boost::test_tools::per_element());
  BOOST_TEST(store::check_database(here).problems.empty());
}

BOOST_AUTO_TEST_CASE(the_run_that_came_further_wins_with_its_files) {
  add_unfinished(here, 1, "u1");
  add_unfinished(there, 3, "u1");
  store::change_tags(here, 2, {{"site", "here"}});
  store::change_tags(there, 3, {{"site", "there"}, {"reader", "2"}});
  const auto m = merge();
  BOOST_TEST(m.updated == Numbers{2}, boost::test_tools::per_element());
  BOOST_TEST(store::read_history(here, 2).size() == 3U);
  BOOST_TEST(store::last_checkpoint(here, 2, 0, 0)->path == folder / "here/runs/u1/checkpoint-r0-f0-e3");
  BOOST_TEST(store::regular_files(folder / "here/runs/u1").size() == 1U);
  BOOST_TEST(store::read_tags(here, 2) == (store::Json{{"reader", "2"}, {"site", "here"}}));
  BOOST_TEST(share::merge_database(there, here.path()).updated.empty());  // the other way it is there already
  BOOST_TEST(store::read_history(there, 3).size() == 3U);
}

BOOST_AUTO_TEST_CASE(predictions_on_data_from_outside_are_added_to_a_run_that_both_have) {
  merge();
  store::DatasetRow other{"x-hash", "x", {{.id = "s2", .path = "/x", .sha256 = "x-sha", .label = "normal"}}};
  const auto dataset = store::add_dataset(there, other);
  store::write_predictions(
      there, first, {{.part = "external:x", .sample = "s2", .class_name = "covid", .probability = 0.7}}, dataset);
  BOOST_TEST(merge().rows == 3);  // a dataset, a sample, a prediction
  BOOST_TEST(store::read_scored(here, 2, "external:x").at(0).sha256 == "x-sha");
  BOOST_TEST(merge().rows == 0);
}

BOOST_AUTO_TEST_CASE(one_name_for_two_data_sets_from_outside_keeps_ours_and_says_so) {
  merge();
  const auto score = [](Database& db, std::int64_t run, const std::string& content) {
    const auto id = store::add_dataset(db, {content, "x", {{"s2", "/x", content + "-sha", "normal"}}});
    store::write_predictions(db, run,
                             {{.part = "external:o'x", .sample = "s2", .class_name = "covid", .probability = 0.7}}, id);
  };
  score(there, first, "theirs");
  score(here, 2, "ours");
  const auto m = merge();
  BOOST_TEST(m.rows == 0);
  BOOST_REQUIRE(m.left_out.size() == 1U);
  BOOST_TEST(m.left_out[0] ==
             "external:o'x of run " + uid(here, 2) + " is of other data there than here, where it stays");
  BOOST_TEST(store::read_scored(here, 2, "external:o'x").at(0).sha256 == "ours-sha");
}

BOOST_AUTO_TEST_CASE(different_numbers_of_one_run_are_refused) {
  merge();
  const auto before = dump(here);
  test::add_run(there, "third", "t");
  store::execute(there.sqlite(), "UPDATE prediction SET probability = 0.99 WHERE run = ? AND sample = 's3'", second);
  BOOST_CHECK_EXCEPTION(merge(), base::StoreError,
                        says({uid(there, second), "different numbers", there.path().string(), "nothing of this file"}));
  BOOST_TEST(dump(here) == before);
}

BOOST_AUTO_TEST_CASE(runs_that_are_being_worked_on_are_left_out) {
  const auto running = store::claim_run(there, test::small_run("r", "r"), false).run;
  const auto m = merge();
  BOOST_TEST(m.added.size() == 2U);
  BOOST_TEST(m.left_out.size() == 1U);
  BOOST_TEST(m.left_out[0].find(uid(there, running)) != std::string::npos);
  store::finish(there, running, "completed", "", 1);
  BOOST_TEST(merge().added.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_removed_run_comes_back_whole) {
  const auto id = merge().added[0];
  write(there, uid(there, first), "model.safetensors", "1");
  const auto gone = uid(here, id);
  store::remove_runs(here, {id});
  store::execute(here.sqlite(), "INSERT INTO removal (uid) VALUES (?)", gone);  // a kill left its folder
  merge();
  store::finish_removals(here);
  BOOST_TEST(fs::exists(store::run_folder(here, gone) / "model.safetensors"));
}

BOOST_AUTO_TEST_CASE(sweeps_come_with_their_trials_and_new_runs) {
  there.sqlite().exec(
      "INSERT INTO sweep VALUES (3, 'sw', 's', 'f', 'running', 'val.auc', 'max', '', '', 0, '', '{}', '')");
  there.sqlite().exec(
      "INSERT INTO trial (sweep, number, params, state, run, value) VALUES (3, 0, '{}', 'completed', 2, 0.5), "
      "(3, 1, '{}', 'running', NULL, NULL)");
  merge();
  BOOST_TEST(here.sqlite().execAndGet("SELECT run FROM trial WHERE number = 0").getInt() == 3);
  store::execute(there.sqlite(), "UPDATE trial SET run = 1, value = 0.25, state = 'completed' WHERE number = 1");
  merge();
  BOOST_TEST(count(here, "sweep") == 1);
  BOOST_TEST(count(here, "trial") == 2);
  BOOST_TEST(here.sqlite().execAndGet("SELECT run FROM trial WHERE number = 1").getInt() == 2);
  BOOST_TEST(here.sqlite().execAndGet("SELECT value FROM trial WHERE number = 1").getDouble() == 0.25);
}

BOOST_AUTO_TEST_CASE(an_older_version_is_merged_and_left_as_it_is) {
  test::make_version_1(folder / "old.db");
  BOOST_TEST(share::merge_database(here, folder / "old.db").added.size() == 3U);
  BOOST_TEST(SQLite::Database(folder / "old.db").execAndGet("PRAGMA user_version").getInt() == 1);
  BOOST_TEST(store::count_scored(here, "t") == 2);
}

BOOST_AUTO_TEST_CASE(what_is_no_database_of_ours_is_named) {
  std::ofstream(folder / "text.db") << std::string(5000, 'x');
  std::ofstream(folder / "empty.db").close();
  SQLite::Database(folder / "foreign.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE b (url)");
  const auto refused = [&](const fs::path& file, std::vector<std::string> words) {
    words.push_back(file.string());
    BOOST_CHECK_EXCEPTION(share::merge_database(here, file), base::Error, says(std::move(words)));
  };
  refused(folder / "text.db", {"not a results database"});
  refused(folder / "empty.db", {"empty"});
  refused(folder / "foreign.db", {"another program"});
  refused(folder / "none.db", {"no such"});
  refused(folder.path(), {"this is a folder"});
  refused(here.path(), {"the database itself"});
  fs::create_symlink(here.path(), folder / "link.db");
  refused(folder / "link.db", {"the database itself"});
  there.sqlite().exec("PRAGMA user_version = 99");
  refused(there.path(), {"newer Youden", "99"});
  there.sqlite().exec("PRAGMA user_version = -1");
  refused(there.path(), {"number -1", "never was"});
  BOOST_REQUIRE(::mkfifo((folder / "pipe.db").c_str(), 0600) == 0);
  refused(folder / "pipe.db", {"no plain file"});
  BOOST_TEST(count(here, "run") == 1);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_named_and_nothing_of_it_merged) {
  there.sqlite().exec("PRAGMA wal_checkpoint(TRUNCATE)");
  std::fstream file(there.path(), std::ios::in | std::ios::out | std::ios::binary);
  for (int page = 1; page < 40; ++page) file.seekp(page * 4096) << std::string(512, '\xff');
  file.close();
  BOOST_CHECK_EXCEPTION(merge(), base::StoreError, says({"damaged", there.path().string()}));
  BOOST_TEST(count(here, "run") == 1);
}

BOOST_AUTO_TEST_CASE(rows_that_do_not_fit_together_are_refused_whole) {
  there.sqlite().exec("PRAGMA foreign_keys = OFF");
  store::execute(there.sqlite(), "DELETE FROM sample WHERE id = 's9'");
  const auto before = dump(here);
  store::execute(here.sqlite(), "DELETE FROM run");
  store::execute(here.sqlite(), "DELETE FROM dataset");
  BOOST_CHECK_EXCEPTION(merge(), base::StoreError,
                        says({"'assignment'", "'sample'", "does not exist", there.path().string()}));
  BOOST_TEST(count(here, "run") == 0);
}

BOOST_AUTO_TEST_CASE(a_uid_that_leaves_the_folder_is_refused) {
  store::execute(there.sqlite(), "UPDATE run SET uid = '../../x' WHERE id = ?", second);
  BOOST_CHECK_EXCEPTION(merge(), base::StoreError, says({"../../x", "no uid", "nothing of this file"}));
  BOOST_TEST(count(here, "run") == 1);
}

BOOST_AUTO_TEST_CASE(a_failure_in_the_middle_leaves_neither_rows_nor_files) {
  store::add_artifact(there, first, "model", write(there, uid(there, first), "model.safetensors", "12345"));
  here.sqlite().exec("CREATE TEMP TRIGGER t BEFORE INSERT ON main.prediction BEGIN SELECT raise(ABORT, 'full'); END");
  BOOST_CHECK_THROW(merge(), base::StoreError);
  BOOST_TEST(count(here, "run") == 1);
  BOOST_TEST(!fs::exists(folder / "here/runs"));
  here.sqlite().exec("DROP TRIGGER temp.t");
  BOOST_TEST(merge().added.size() == 2U);
}

BOOST_AUTO_TEST_CASE(many_runs_never_hold_the_lock_for_a_second) {
  constexpr int kRuns = 1500;
  {
    store::Transaction all(there.sqlite());
    for (int i = 0; i < kRuns; ++i) test::add_run(there, "many", "many-" + std::to_string(i));
    all.commit();
  }
  double longest = 0;
  {
    std::jthread writer([&](const std::stop_token& stop) {
      Database own = Database::open(here.path());
      while (!stop.stop_requested()) {
        const base::Stopwatch watch;
        store::detail::write(own, [](SQLite::Database& db) { db.exec("UPDATE run SET name = name WHERE id = 1"); });
        longest = std::max(longest, watch.seconds());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    });
    BOOST_TEST(merge().added.size() == kRuns + 2U);
  }
  BOOST_TEST_MESSAGE("the longest wait was " << longest << " s");
  BOOST_TEST(longest < 1);
}

BOOST_AUTO_TEST_CASE(what_a_killed_merge_left_is_finished_by_the_next) {
  for (int i = 0; i < 30; ++i) {
    const auto run = test::add_run(there, "r", "r-" + std::to_string(i));
    store::add_artifact(there, run, "model",
                        write(there, uid(there, run), "model.safetensors", std::string(200'000, 'm')));
  }
  int killed = 0;
  for (int ms = 1; ms < 400; ms += 25) {
    const int status = test::in_child([&] {
      std::jthread([ms] {
        std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        ::kill(::getpid(), SIGKILL);
      }).detach();
      Database own = Database::open(here.path());
      share::merge_database(own, there.path());
    });
    killed += WIFSIGNALED(status) ? 1 : 0;
    BOOST_TEST(store::query(here, "PRAGMA user_version").rows.size() == 1U);
  }
  BOOST_TEST(killed > 0);
  const auto m = merge();
  BOOST_TEST(count(here, "run") == 33);
  BOOST_TEST(store::check_database(here).problems.empty());
  BOOST_TEST(count(here, "removal") == 0);
  int partials = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "here")) {
    partials += entry.path().string().find(".partial") != std::string::npos ? 1 : 0;
  }
  BOOST_TEST(partials == 0);
}

BOOST_AUTO_TEST_CASE(locks_on_either_side_are_explained) {
  {
    Database holder = Database::open(here.path());
    Database waiter = Database::open(here.path(), 50);
    const store::Transaction held(holder.sqlite());
    BOOST_CHECK_EXCEPTION(share::merge_database(waiter, there.path()), base::StoreError,
                          says({"locked", here.path().string()}));
  }
  const store::Transaction held(there.sqlite());  // a writer over there does not matter: WAL
  BOOST_TEST(merge().added.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

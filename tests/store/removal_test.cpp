#include "youden/store/removal.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "fixture.hpp"
#include "youden/store/check.hpp"
#include "youden/store/labels.hpp"

using namespace youden;
using test::count;
using test::says;
namespace fs = std::filesystem;

namespace {

struct ThreeRuns {
  test::TempFolder folder;
  store::Database db = store::Database::open(folder / "youden.db");
  std::int64_t first = test::add_run(db, "a", "f");
  std::int64_t second = test::add_run(db, "b", "g");
  std::int64_t other = add_other();

  /// On images of its own.
  std::int64_t add_other() {
    auto r = test::small_run("other", "o");
    r.dataset.hash = "another";
    r.dataset.skipped = {{"s99", "/films/s99.png", "truncated"}};
    const auto run = store::claim_run(db, r, false).run;
    store::write_assignments(db, run, test::small_split());
    store::finish(db, run, "completed", "", 1);
    return run;
  }
  fs::path files_of(std::int64_t run) { return store::run_folder(db, store::read_run(db, run).uid); }
  fs::path write(std::int64_t run, const std::string& name, const std::string& text) {
    const fs::path path = files_of(run) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }
  bool whole() { return store::check_database(db).problems.empty(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(removal, ThreeRuns)

BOOST_AUTO_TEST_CASE(what_belongs_to_a_run_is_counted) {
  write(first, "model.safetensors", "12345");
  write(first, "deep/plot.png", "123");
  fs::create_symlink("/etc/passwd", files_of(first) / "link");
  store::add_note(db, first, "mine");
  const auto b = store::belongings(db, first);
  // 1 run, 4 params, 2 environment, 1 note, 10 assignments, 6 history, 10 predictions, 1 fold, 6 results, 1 headline
  BOOST_TEST(b.rows == 42);
  BOOST_TEST(b.files == 2U);
  BOOST_TEST(b.bytes == 8U);
}

BOOST_AUTO_TEST_CASE(a_run_goes_with_all_its_rows_and_files) {
  store::add_artifact(db, first, "model", write(first, "model.safetensors", "12345"));
  store::add_artifact(db, second, "model", write(second, "model.safetensors", "678"));
  const auto gone = files_of(first);
  const auto kept = files_of(second);
  const auto rows = count(db, "prediction");
  store::remove_runs(db, {first});
  BOOST_TEST(!fs::exists(gone));
  BOOST_TEST(fs::exists(kept / "model.safetensors"));
  BOOST_TEST(count(db, "run") == 2);
  BOOST_TEST(count(db, "prediction") == rows - 10);
  for (const std::string& table : store::tables_of_runs(db.sqlite())) {
    BOOST_TEST(count(db, table + " WHERE run = 1") == 0, table);
  }
  BOOST_TEST(count(db, "removal") == 0);
  BOOST_TEST(whole());
  BOOST_TEST(db.sqlite().execAndGet("PRAGMA foreign_keys").getInt() == 1);
}

BOOST_AUTO_TEST_CASE(a_dataset_goes_with_its_last_run) {
  store::remove_runs(db, {first});
  BOOST_TEST(count(db, "sample") == 20);
  store::remove_runs(db, {second});
  BOOST_TEST(count(db, "dataset") == 1);
  BOOST_TEST(count(db, "sample") == 10);
  store::remove_runs(db, {other});
  for (const char* table : {"dataset", "sample", "skipped", "assignment"}) BOOST_TEST(count(db, table) == 0, table);
}

BOOST_AUTO_TEST_CASE(a_dataset_on_which_another_run_was_evaluated_stays) {
  const auto dataset = store::read_run(db, other).dataset;
  store::write_predictions(
      db, first, {{.part = "external:x", .sample = "s2", .class_name = "covid", .probability = 0.7}}, dataset);
  store::remove_runs(db, {other});
  BOOST_TEST(store::read_samples(db, dataset).size() == 10U);
  store::remove_runs(db, {first});
  BOOST_TEST(count(db, "dataset") == 1);  // the second run's
  BOOST_TEST(whole());
}

BOOST_AUTO_TEST_CASE(looks_at_the_test_set_stay_counted) {
  const auto hash = store::read_run(db, first).test_hash;
  BOOST_TEST(store::count_scored(db, hash) == 3);
  store::remove_runs(db, {first, other});
  BOOST_TEST(store::count_scored(db, hash) == 3);
  test::add_run(db, "c", "h");
  BOOST_TEST(db.sqlite().execAndGet("SELECT scored FROM test_set").getInt() == 4);
}

BOOST_AUTO_TEST_CASE(a_run_that_is_being_worked_on_stays_with_all_others) {
  const auto running = store::claim_run(db, test::small_run("r", "r"), false).run;
  const auto me = store::this_process();
  BOOST_CHECK_EXCEPTION(store::remove_runs(db, {first, running}), base::ConfigError,
                        says({"being worked on by process " + std::to_string(me.pid), me.host}));
  BOOST_TEST(count(db, "run") == 4);
  store::execute(db.sqlite(), "UPDATE run SET host = 'elsewhere', process_start = 'b/1/2' WHERE id = ?",
                 running);  // its heartbeat is fresh
  BOOST_CHECK_EXCEPTION(store::remove_runs(db, {running}), base::ConfigError, says({"elsewhere"}));
  // Another owner, whom nobody has looked at before, and who has not been heard of since.
  store::execute(db.sqlite(), "UPDATE run SET pid = 77, heartbeat = '2026-01-01T00:00:00.000Z' WHERE id = ?", running);
  store::remove_runs(db, {running});
  BOOST_TEST(count(db, "run") == 3);
}

BOOST_AUTO_TEST_CASE(what_a_kill_left_behind_is_finished_by_the_next) {
  const auto gone = write(first, "model.safetensors", "1").parent_path();
  const auto uid = store::read_run(db, first).uid;
  fs::rename(gone, folder / "aside");
  store::remove_runs(db, {first});
  fs::rename(folder / "aside", gone);  // as if it had been killed between the rows and the files
  store::execute(db.sqlite(), "INSERT INTO removal (uid) VALUES (?)", uid);
  BOOST_TEST(!whole());
  store::finish_removals(db);
  BOOST_TEST(!fs::exists(gone));
  BOOST_TEST(count(db, "removal") == 0);
  BOOST_TEST(whole());
}

BOOST_AUTO_TEST_CASE(links_are_removed_and_not_followed) {
  fs::create_directories(folder / "films");
  std::ofstream(folder / "films/a.png") << "film";
  write(first, "model.safetensors", "1");
  fs::create_directory_symlink(folder / "films", files_of(first) / "films");
  store::remove_runs(db, {first});
  BOOST_TEST(fs::exists(folder / "films/a.png"));
  fs::create_directory_symlink(folder / "films", files_of(second));  // the run's folder itself
  BOOST_TEST(store::belongings(db, second).files == 0U);
  store::remove_runs(db, {second});
  BOOST_TEST(fs::exists(folder / "films/a.png"));
}

BOOST_AUTO_TEST_CASE(a_uid_that_leaves_the_folder_goes_without_a_file) {
  fs::create_directories(folder / "films");
  store::execute(db.sqlite(), "UPDATE run SET uid = '../films' WHERE id = ?", first);
  store::remove_runs(db, {first});
  BOOST_TEST(fs::exists(folder / "films"));
  BOOST_TEST(count(db, "run") == 2);
  BOOST_TEST(count(db, "removal") == 0);
}

BOOST_AUTO_TEST_CASE(a_run_whose_json_is_broken_can_be_removed) {
  store::execute(db.sqlite(), "UPDATE run SET config = ?, classes = '{' WHERE id = ?", std::string(200'000, '['),
                 first);
  BOOST_CHECK_THROW(store::read_run(db, first), base::StoreError);
  BOOST_TEST(store::check_database(db).problems.size() == 2U);
  BOOST_TEST(store::belongings(db, first).rows > 10);
  store::remove_runs(db, {first});
  BOOST_TEST(count(db, "run") == 2);
  BOOST_TEST(whole());
}

BOOST_AUTO_TEST_CASE(a_trial_outlives_its_run) {
  db.sqlite().exec(
      "INSERT INTO sweep VALUES (3, 'u', 's', 'f', 'completed', 'val.auc', 'max', '', '', 0, '', '{}', '')");
  db.sqlite().exec("INSERT INTO trial (sweep, number, params, state, run) VALUES (3, 0, '{}', 'completed', 1)");
  store::remove_runs(db, {first});
  BOOST_TEST(count(db, "trial WHERE run IS NULL") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

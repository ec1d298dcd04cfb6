#include "youden/store/database.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "fixture.hpp"
#include "youden/store/query.hpp"

using namespace youden;
using store::Database;
using test::says;

BOOST_AUTO_TEST_SUITE(database)

BOOST_AUTO_TEST_CASE(a_new_one_is_wal_with_foreign_keys_at_the_newest_version) {
  const test::TempFolder folder;
  Database db = Database::open(folder / "deep" / "er" / "youden.db");
  BOOST_TEST(db.sqlite().execAndGet("PRAGMA journal_mode").getString() == "wal");
  BOOST_TEST(db.sqlite().execAndGet("PRAGMA foreign_keys").getInt() == 1);
  BOOST_TEST(db.version() == store::schema_version());
  BOOST_CHECK_THROW(db.sqlite().exec("INSERT INTO tag VALUES (99, 'a', 'b')"), SQLite::Exception);
}

BOOST_AUTO_TEST_CASE(no_column_of_a_table_or_view_is_an_sql_keyword) {
  const test::TempFolder folder;
  Database db = Database::open(folder / "youden.db");
  const auto tables = store::table_names(db);
  BOOST_TEST(tables.size() > 20U);
  for (const std::string& table : tables) {
    for (const std::string& column : store::column_names(db, table)) {
      BOOST_TEST(sqlite3_keyword_check(column.c_str(), static_cast<int>(column.size())) == 0, table << "." << column);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_migrated_from_version_0) {
  const test::TempFolder folder;
  std::ofstream(folder / "youden.db").close();
  Database db = Database::open_read_only(folder / "youden.db");
  BOOST_TEST(db.version() == store::schema_version());
  BOOST_TEST(test::count(db, "leaderboard") == 0);
}

BOOST_AUTO_TEST_CASE(version_1_is_brought_up_to_date_and_its_scorings_are_counted) {
  const test::TempFolder folder;
  test::make_version_1(folder / "youden.db");
  Database db = Database::open_read_only(folder / "youden.db");
  BOOST_TEST(db.version() == store::schema_version());
  BOOST_TEST(store::count_scored(db, "t") == 2);  // the failed one did not score it
  BOOST_TEST(test::count(db, "leaderboard") == 3);
}

BOOST_AUTO_TEST_CASE(a_copy_is_brought_up_to_date_and_the_original_left_alone) {
  const test::TempFolder folder;
  test::make_version_1(folder / "old.db");
  Database copy = Database::open_copy(folder / "old.db", folder / "copy.db");
  BOOST_TEST(copy.version() == store::schema_version());
  BOOST_TEST(test::count(copy, "run") == 3);
  BOOST_TEST(SQLite::Database(folder / "old.db").execAndGet("PRAGMA user_version").getInt() == 1);
}

BOOST_AUTO_TEST_CASE(a_newer_version_is_refused) {
  const test::TempFolder folder;
  Database::open(folder / "youden.db").sqlite().exec("PRAGMA user_version = 99");
  for (const auto open : {&Database::open, &Database::open_read_only}) {
    BOOST_CHECK_EXCEPTION(open(folder / "youden.db", 100), base::StoreError, says({"newer Youden", "99", "update"}));
  }
}

BOOST_AUTO_TEST_CASE(another_programs_database_is_refused_and_left_alone) {
  const test::TempFolder folder;
  const std::string path = folder / "firefox.sqlite";
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE bookmark (url)");
  BOOST_CHECK_EXCEPTION(Database::open(path), base::StoreError, says({"another program", "--db"}));
  BOOST_TEST(SQLite::Database(path).execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 1);
  BOOST_TEST(SQLite::Database(path).execAndGet("PRAGMA journal_mode").getString() == "delete");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_named) {
  const test::TempFolder folder;
  const std::string path = folder / "youden.db";
  std::ofstream(path) << std::string(5000, 'x');
  for (const auto open : {&Database::open, &Database::open_read_only}) {
    BOOST_CHECK_EXCEPTION(open(path, 100), base::StoreError, says({"not a results database", path, "--db"}));
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_database_is_reported_as_damaged) {
  const test::TempFolder folder;
  const std::string path = folder / "youden.db";
  {
    Database db = Database::open(path);
    test::add_run(db, "a", "f");
    db.sqlite().exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  for (int page = 1; page < 40; ++page) file.seekp(page * 4096) << std::string(512, '\xff');  // the header stays
  file.close();
  const auto read = [&] {
    Database db = Database::open_read_only(path);
    store::read_run(db, 1);
  };
  BOOST_CHECK_EXCEPTION(read(), base::StoreError, says({"damaged", path, ".recover"}));
}

BOOST_AUTO_TEST_CASE(a_lock_that_lasts_too_long_is_explained) {
  const test::TempFolder folder;
  Database holder = Database::open(folder / "youden.db");
  Database waiter = Database::open(folder / "youden.db", 50);
  const store::Transaction held(holder.sqlite());
  BOOST_CHECK_EXCEPTION(store::claim_run(waiter, test::small_run("a", "f"), false), base::StoreError,
                        says({"locked by another process", "youden.db"}));
}

BOOST_AUTO_TEST_CASE(a_missing_one_is_not_made_by_reading) {
  const test::TempFolder folder;
  BOOST_CHECK_EXCEPTION(Database::open_read_only(folder / "youden.db"), base::ConfigError,
                        says({"no results database", "youden train"}));
  BOOST_TEST(!std::filesystem::exists(folder / "youden.db"));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_hold_it_is_explained) {
  const test::TempFolder folder;
  std::ofstream(folder / "file").close();
  BOOST_CHECK_EXCEPTION(Database::open(folder / "file" / "youden.db"), base::StoreError, says({"folder", "--db"}));
  BOOST_CHECK_EXCEPTION(Database::open("/proc/youden.db"), base::StoreError, says({"cannot be opened", "--db"}));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_explained_and_what_was_committed_stays) {
  const test::TempFolder folder;
  Database db = Database::open(folder / "youden.db");
  const auto run = store::claim_run(db, test::small_run("a", "f"), false).run;
  store::commit_epoch(db, run, 0, 0, 0, {{"train", "loss", 0.5}}, {});
  const int pages = db.sqlite().execAndGet("PRAGMA page_count").getInt();
  db.sqlite().execAndGet("PRAGMA max_page_count = " + std::to_string(pages));  // SQLite then says SQLITE_FULL
  std::vector<store::HistoryRow> many;
  for (int i = 0; i < 2000; ++i) many.push_back({"train", "metric" + std::to_string(i), 1.0});
  BOOST_CHECK_EXCEPTION(store::commit_epoch(db, run, 0, 0, 1, many, {}), base::StoreError,
                        says({"disk is full", "safe"}));
  BOOST_TEST(test::count(db, "history") == 1);
}

BOOST_AUTO_TEST_CASE(reading_writes_nothing) {
  const test::TempFolder folder;
  Database::open(folder / "youden.db");
  Database db = Database::open_read_only(folder / "youden.db");
  BOOST_CHECK_EXCEPTION(store::write_metric(db, "x", "max", ""), base::StoreError, says({"cannot be written"}));
}

BOOST_AUTO_TEST_CASE(files_below_the_database_are_stored_relative_and_move_with_it) {
  const test::TempFolder folder;
  std::filesystem::create_directories(folder / "old");
  {
    const Database db = Database::open(folder / "old" / "youden.db");
    BOOST_TEST(db.stored_path(folder / "old" / "runs" / "7" / "model.pt") == "runs/7/model.pt");
    BOOST_TEST(db.stored_path("/elsewhere/model.pt") == "/elsewhere/model.pt");
    BOOST_TEST(db.stored_path(folder / "older") == (folder / "older").string());
  }
  std::filesystem::rename(folder / "old", folder / "new");
  const Database db = Database::open(folder / "new" / "youden.db");
  BOOST_TEST(db.absolute_path("runs/7/model.pt") == folder / "new" / "runs" / "7" / "model.pt");
  BOOST_TEST(db.absolute_path("/elsewhere/model.pt") == "/elsewhere/model.pt");
}

BOOST_AUTO_TEST_CASE(transactions_roll_back_and_nest) {
  const test::TempFolder folder;
  Database db = Database::open(folder / "youden.db");
  {
    const store::Transaction outer(db.sqlite());
    store::write_metric(db, "mine", "max", "joins the transaction that is open");
  }
  BOOST_TEST(test::count(db, "metric WHERE name = 'mine'") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

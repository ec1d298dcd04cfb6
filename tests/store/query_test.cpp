#include "youden/store/query.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "fixture.hpp"
#include "youden/store/check.hpp"

using namespace youden;
using store::Database;
using test::says;

namespace {

struct Filled {
  test::TempFolder folder;
  std::string path = folder / "youden.db";
  Database db = Database::open(path);
  std::int64_t run = test::add_run(db, "a", "f");
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(query, Filled)

BOOST_AUTO_TEST_CASE(a_select_gives_columns_and_typed_cells) {
  const auto t = store::query(db, "SELECT run, name, sensitivity AS s, ppv FROM leaderboard; ");
  BOOST_TEST(t.columns == (std::vector<std::string>{"run", "name", "s", "ppv"}), boost::test_tools::per_element());
  BOOST_TEST(t.json().dump() == R"([{"run":1,"name":"a","s":0.5,"ppv":null}])");
  BOOST_TEST(t.csv() == "run,name,s,ppv\n1,a,0.5,\n");
  BOOST_TEST(t.text() == "run  name    s  ppv\n  1  a     0.5    -\n");
}

BOOST_AUTO_TEST_CASE(only_reading_is_allowed) {
  const std::string other = folder / "other.db";
  for (const std::string& sql :
       {std::string("DELETE FROM run"), "ATTACH '" + other + "' AS o", "VACUUM INTO '" + other + "'",
        std::string("PRAGMA journal_mode = delete"), std::string("PRAGMA user_version = 7"),
        std::string("CREATE TEMP TABLE t (x)"), std::string("SELECT load_extension('x')"), std::string("BEGIN")}) {
    BOOST_CHECK_THROW(store::query(db, sql), base::ConfigError);
    BOOST_TEST(!std::filesystem::exists(other), sql);
  }
  BOOST_TEST(test::count(db, "run") == 1);
  BOOST_TEST(store::query(db, "PRAGMA table_info(run)").rows.size() > 20U);
}

BOOST_AUTO_TEST_CASE(wrong_sql_is_explained) {
  const auto refused = [&](const std::string& sql, std::vector<std::string> words) {
    BOOST_CHECK_EXCEPTION(store::query(db, sql), base::ConfigError, says(std::move(words)));
  };
  refused("SELEC 1", {"the SQL is wrong", "leaderboard", "results/README.md"});
  refused("SELECT * FROM runs", {"no such table: runs", "run"});
  refused("SELECT 1; SELECT 2", {"more than one"});
  refused("", {"no SQL"});
}

BOOST_AUTO_TEST_CASE(csv_quotes_what_it_must) {
  const store::Table t{{"a,b", "c"}, {{"say \"x\"", nullptr}, {"two\nlines", 0.1}}};
  BOOST_TEST(t.csv() == "\"a,b\",c\n\"say \"\"x\"\"\",\n\"two\nlines\",0.1\n");
}

BOOST_AUTO_TEST_CASE(text_counts_characters_not_bytes) {
  const store::Table t{{"n+/n−", "x"}, {{"é", 1}, {"abcdefg", 22}}};
  BOOST_TEST(t.text() == "n+/n−     x\né         1\nabcdefg  22\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(check, Filled)

BOOST_AUTO_TEST_CASE(a_sound_database_has_no_problem) {
  std::ofstream(folder / "plot.png") << "abc";
  store::add_artifact(db, run, "plot", folder / "plot.png");
  const auto report = store::check_database(db);
  BOOST_TEST(report.problems.empty());
  BOOST_TEST(report.artifacts == 1);
}

BOOST_AUTO_TEST_CASE(changed_missing_and_cut_artifacts_are_named) {
  for (const char* name : {"changed", "cut", "gone", "sound"}) {
    std::ofstream(folder / name) << "abc";
    store::add_artifact(db, run, "plot", folder / name);
  }
  std::ofstream(folder / "changed") << "abd";
  std::ofstream(folder / "cut") << "ab";
  std::filesystem::remove(folder / "gone");
  const auto report = store::check_database(db);
  BOOST_TEST(report.problems.size() == 3U);
  BOOST_TEST(report.problems[0].text().find("changed") != std::string::npos);
  BOOST_TEST(report.problems[1].text().find("2 bytes instead of 3") != std::string::npos);
  BOOST_TEST(report.problems[2].text().find("missing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(dangling_rows_and_lost_checkpoints_are_named) {
  const auto stopped = store::claim_run(db, test::small_run("b", "g"), false).run;
  store::commit_epoch(db, stopped, 0, 0, 0, {}, folder / "lost");
  store::finish(db, stopped, "interrupted", "", 1);
  db.sqlite().exec("PRAGMA foreign_keys = OFF");
  db.sqlite().exec("INSERT INTO tag VALUES (99, 'a', 'b')");
  const auto report = store::check_database(db);
  BOOST_TEST(report.problems.size() == 2U);
  BOOST_TEST(report.problems[0].text().find("'tag'") != std::string::npos);
  BOOST_TEST(report.problems[1].text().find("cannot be resumed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(vacuum_gives_space_back) {
  std::vector<store::HistoryRow> many;
  const auto big = store::claim_run(db, test::small_run("b", "g"), false).run;
  for (int i = 0; i < 20'000; ++i) many.push_back({"train", fmt::format("metric {}", i), 1.0});
  store::commit_epoch(db, big, 0, 0, 0, many, {});
  db.sqlite().exec("PRAGMA wal_checkpoint(TRUNCATE)");
  store::erase_fold(db, big, 0, 0);
  const auto [before, after] = store::vacuum(db);
  BOOST_TEST(after < before / 2);
  BOOST_TEST(test::count(db, "history") == 6);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sha256)

BOOST_AUTO_TEST_CASE(known_answers_of_fips_180_4) {
  const auto of = [](const std::string& text) { return base::Sha256().add(text).hex(); };
  BOOST_TEST(of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  BOOST_TEST(of(std::string(1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_SUITE_END()

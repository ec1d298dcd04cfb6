#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "store/fixture.hpp"
#include "youden/base/philox.hpp"
#include "youden/share/export.hpp"
#include "youden/share/merge.hpp"
#include "youden/store/check.hpp"
#include "youden/store/removal.hpp"
#include "youden/store/run_json.hpp"
#include "youden/store/sweeps.hpp"

using namespace youden;
using store::Database;
namespace fs = std::filesystem;

namespace {

/// Path → content of every file in some folders.
using Files = std::map<std::string, std::string>;

/// A database from elsewhere, changed as no Youden would change it, and files around it that nothing may touch.
struct Hostile {
  test::TempFolder folder;
  fs::path there = folder.path() / "there" / "youden.db";

  Hostile() {
    write(folder.path() / "precious", "p");
    write(folder.path() / "home/.bashrc", "b");
    write(folder.path() / "elsewhere/model.safetensors", "e");
  }
  static void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  [[nodiscard]] Files outside() const {
    Files out;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      const auto rest = entry.path().lexically_relative(folder.path()).string();
      if (rest.starts_with("here/") || rest.starts_with("there/") || !entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      out[rest] = {std::istreambuf_iterator<char>(in), {}};
    }
    return out;
  }

  /// Sound: two runs with a file and a checkpoint each, and a sweep. Returns the first one's uid.
  std::string make() const {
    fs::remove_all(there.parent_path());
    Database db = Database::open(there);
    for (const char* name : {"first", "second"}) {
      const auto run = test::add_run(db, name, name);
      const auto place = store::run_folder(db, store::read_run(db, run).uid);
      write(place / "model.safetensors", name);
      store::add_artifact(db, run, "model", place / "model.safetensors");
      store::execute(db.sqlite(), "INSERT INTO checkpoint VALUES (?, 0, 0, 1, ?)", run,
                     db.stored_path(place / "checkpoint-1"));
      store::write_findings(db, run, {{"copies", "warn", 1.0, {{"films", {"a", "b"}}}}});
    }
    db.sqlite().exec("INSERT INTO sweep VALUES (1, 'sw', 's', 'f', 'open', 'val.auc', 'max', '', '', 0, '', '{}', '')");
    db.sqlite().exec(
        "INSERT INTO trial (sweep, number, params, state, run, value) VALUES (1, 0, '{}', 'completed', 1, 1)");
    return store::read_run(db, 1).uid;
  }
  /// As a foreign hand would: no key, no rule and no schema stands in the way.
  void change(const std::string& sql) const {
    SQLite::Database db(there.string(), SQLite::OPEN_READWRITE);
    db.exec("PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = ON");
    db.exec(sql);
  }

  /// Takes every CHECK out of the schema, so that what it forbids looks sound to SQLite itself.
  void without_checks() const {
    SQLite::Database db(there.string(), SQLite::OPEN_READWRITE);
    db.exec("PRAGMA writable_schema = ON");
    db.exec(
        "UPDATE sqlite_schema SET sql = replace(replace(sql, ' CHECK (status IN (''running'', ''completed'', "
        "''failed'', ''interrupted''))', ''), ' CHECK (direction IN (''max'', ''min'', ''none''))', '')");
  }

  /// Everything that reads, exports, merges and removes. What it does not like it refuses by one of our exceptions.
  /// Returns whether the merge took it.
  bool provoke() const {
    bool merged = false;
    const auto try_to = [](const auto& act) {
      try {
        act();
      } catch (const base::Error&) {
        return false;
      }
      return true;
    };
    merged = try_to([&] {
      Database here = Database::open(folder.path() / "here/youden.db");
      share::merge_database(here, there);
      BOOST_TEST(store::check_database(here).problems.size() <= 2U);  // checkpoints that were never there
    });
    try_to([&] {
      Database db = Database::open_read_only(there);
      store::check_database(db);
      share::export_runs(db, folder.path() / "here/out.db", {.runs = {1, 2}, .deidentify = true, .force = true});
    });
    for (const std::int64_t run : {1, 2}) {
      try_to([&] {
        Database db = Database::open_read_only(there);
        store::run_json(db, run).dump(2, ' ', false, config::kAnyBytes);
      });
      try_to([&] {
        Database db = Database::open_read_only(there);
        for (const auto& f : store::read_findings(db, run)) f.evidence.dump(2, ' ', false, config::kAnyBytes);
        store::read_samples(db, 1);
      });
    }
    try_to([&] {
      Database db = Database::open_read_only(there);
      store::read_sweeps(db);
      store::read_trials(db, 1);
    });
    fs::remove_all(folder.path() / "here");
    return merged;
  }
};

std::string literal(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hostile, Hostile)

BOOST_AUTO_TEST_CASE(a_sound_one_is_merged) {
  make();
  BOOST_TEST(provoke());
}

BOOST_AUTO_TEST_CASE(paths_that_leave_the_runs_folder_are_refused_and_nothing_outside_is_touched) {
  const Files before = outside();
  for (const char* table : {"artifact", "checkpoint"}) {
    for (const std::string& path : {"../precious", "../../precious", "/etc/passwd", "runs/UID/../../../precious",
                                    "runs/UID/../other/x", "runs/UID", "runs/other/model.safetensors", "secret", "",
                                    ".", "/", "runs//UID/", "ABS/precious", "ABS/elsewhere/model.safetensors"}) {
      const std::string uid = make();
      std::string text = path;
      for (const auto& [from, to] :
           {std::pair<std::string, std::string>{"UID", uid}, {"ABS", folder.path().string()}}) {
        if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
      }
      change(std::string("UPDATE ") + table + " SET path = " + literal(text) + " WHERE run = 1");
      BOOST_TEST(!provoke(), table << " " << text);
      BOOST_TEST((outside() == before), table << " " << text);
    }
  }
}

BOOST_AUTO_TEST_CASE(links_are_neither_followed_nor_copied) {
  for (const int kind : {0, 1, 2, 3}) {
    const std::string uid = make();
    const fs::path run = there.parent_path() / "runs" / uid;
    if (kind == 0) {
      fs::remove(run / "model.safetensors");
      fs::create_symlink(folder.path() / "precious", run / "model.safetensors");
    } else if (kind == 1) {
      fs::remove_all(run);
      fs::create_directory_symlink(folder.path() / "elsewhere", run);
    } else if (kind == 2) {
      fs::rename(there.parent_path() / "runs", folder.path() / "moved");
      fs::create_directory_symlink(folder.path() / "moved", there.parent_path() / "runs");
    } else {
      fs::remove(run / "model.safetensors");
      BOOST_REQUIRE(::mkfifo((run / "model.safetensors").c_str(), 0600) == 0);
    }
    Database here = Database::open(folder.path() / "here/youden.db");
    const auto m = share::merge_database(here, there);
    BOOST_TEST(m.added.size() == 2U);
    BOOST_TEST(!fs::exists(folder.path() / "here/runs" / uid / "model.safetensors"), "kind " << kind);
    BOOST_TEST(m.missing.size() >= 1U);
    fs::remove_all(folder.path() / "here");
  }
}

BOOST_AUTO_TEST_CASE(what_no_results_database_has_is_refused) {
  const std::string deep = literal(std::string(200'000, '['));
  const std::string closed = literal(std::string(100, '[') + std::string(100, ']'));
  for (const std::string& sql :
       {"UPDATE run SET config = " + deep,
        "UPDATE run SET config = " + closed,
        "UPDATE run SET classes = " + deep,
        "UPDATE sample SET covariates = " + deep,
        "UPDATE finding SET evidence = " + deep,
        "UPDATE trial SET params = " + deep,
        "UPDATE trial SET objectives = " + deep,
        "UPDATE sweep SET config = " + deep,
        std::string("UPDATE run SET config = '[1]'"),
        std::string("UPDATE run SET classes = '{}x'"),
        std::string("UPDATE run SET classes = '{\"a\":1}'"),
        std::string("UPDATE run SET config = x'00ff'"),
        std::string("UPDATE trial SET params = '7'"),
        std::string("UPDATE run SET uid = '../../x' WHERE id = 1"),
        std::string("UPDATE run SET uid = '' WHERE id = 1"),
        std::string("UPDATE run SET uid = 'a/b' WHERE id = 1"),
        std::string("UPDATE sweep SET uid = '..'"),
        std::string("UPDATE run SET seed = 'many'"),
        std::string("UPDATE run SET folds = x'00'"),
        std::string("UPDATE history SET value = 'high'"),
        std::string("PRAGMA user_version = -1"),
        std::string("PRAGMA user_version = 1000"),
        std::string("PRAGMA application_id = 5"),
        std::string("DROP TABLE prediction"),
        std::string("DROP TABLE tag"),
        std::string("DROP TABLE trial"),
        std::string("DROP VIEW leaderboard"),
        std::string("ALTER TABLE note RENAME COLUMN body TO corpse"),
        std::string("CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END"),
        std::string("DROP TABLE tag; CREATE VIEW tag AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n FROM c) "
                    "SELECT n AS run, n AS name, n AS value FROM c"),
        std::string("UPDATE run SET status = 'finished'"),
        std::string("UPDATE assignment SET dataset = 99"),
        std::string("DELETE FROM sample WHERE id = 's2'")}) {
    make();
    change(sql);
    BOOST_TEST(!provoke(), sql.substr(0, 80));
  }
}

BOOST_AUTO_TEST_CASE(rows_that_no_run_writes_are_named_at_the_door_and_by_check) {
  for (const auto& [sql, words] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"UPDATE run SET status = 'weird' WHERE id = 2", {"run.status of run 2", "'weird'", "'interrupted'"}},
           {"UPDATE run SET classes = '[1,{}]' WHERE id = 2", {"run 2: classes holds something else than names"}},
           {"UPDATE run SET config = '{\"train\":\"x\"}'", {"run 1: config has a 'train' that is no section"}},
           {"UPDATE run SET config = '{\"head\":7}'", {"run 1: config has a 'head' that is no component"}},
           {"UPDATE run SET config = '{\"sampling\":{}}'", {"run 1: config has a 'sampling' that is no text"}},
           {"UPDATE sweep SET config = '{\"train\":[]}'", {"sweep 1: config has a 'train' that is no section"}},
           {"UPDATE run SET folds = 2000000000 WHERE id = 2", {"run.folds of run 2 is '2000000000'", "1 to 100000"}},
           {"UPDATE run SET folds = -5", {"run.folds of run 1 is '-5'"}},
           {"UPDATE result SET value = 9e999", {"result.value of run 1", "be finite"}},
           {"UPDATE history SET value = -9e999", {"history.value of run 1", "be finite"}},
           {"UPDATE run SET replicates = 2000000000", {"run.replicates of run 1 is '2000000000'"}},
           {"UPDATE run SET replicates = 0", {"run.replicates of run 1 is '0'"}},
           {"UPDATE prediction SET probability = 1e999 WHERE run = 2", {"prediction.probability of run 2 is 'Inf'"}},
           {"UPDATE prediction SET probability = -1e999 WHERE run = 2", {"prediction.probability of run 2 is '-Inf'"}},
           {"UPDATE prediction SET probability = 1.5", {"prediction.probability of run 1 is '1.5'; it must be from 0"}},
           {"UPDATE artifact SET bytes = -1", {"artifact.bytes of run 1 is '-1'; it must not be negative"}},
           {"UPDATE result SET n = -1 WHERE run = 2", {"result.n of run 2 is '-1'"}},
           {"UPDATE result SET n_patients = -3", {"result.n_patients of run 1 is '-3'"}},
           {"UPDATE result SET level = 7", {"result.level of run 1 is '7", "between 0 and 1"}},
           {"UPDATE result SET level = 1 WHERE metric = 'auc'", {"result.level of run 1 is '1"}},
           {"UPDATE metric SET direction = 'up' WHERE name = 'auc'", {"metric.direction of metric auc is 'up'"}},
           {"UPDATE run SET name = hex(zeroblob(3000000))", {"run.name of run 1", "at most 1000 bytes"}},
           {"UPDATE run SET name = 'x' || char(0) || hex(zeroblob(600))", {"run.name of run 1", "at most 1000 bytes"}},
           {"INSERT INTO tag VALUES (2, 'site', hex(zeroblob(6000)))", {"tag.value of run 2", "at most 10000 bytes"}},
           {"INSERT INTO note VALUES (1, 2, '', hex(zeroblob(600000)))", {"note.body of run 2", "1000000 bytes"}},
           {"UPDATE run SET uid = 'a/b' WHERE id = 1", {"'a/b' is no uid"}},
           {"UPDATE history SET value = 'high'", {"table 'history'", "another type"}},
           {"DELETE FROM sample WHERE id = 's2'", {"'assignment'", "'sample'", "does not exist"}},
           {"CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END", {"the trigger 't'"}}}) {
    make();
    without_checks();
    change(sql);
    BOOST_TEST_CONTEXT(sql) {
      Database here = Database::open(folder.path() / "here/youden.db");
      BOOST_CHECK_EXCEPTION(share::merge_database(here, there), base::StoreError, [&](const base::StoreError& e) {
        const std::string said = e.what();
        return test::says(words)(e) && test::says({there.string()})(e) && e.exit_code() == 2 &&
               said.find("fault of Youden") == std::string::npos && said.size() < 1000;
      });
      BOOST_TEST(test::count(here, "run") == 0);
      Database itself = Database::open_read_only(there);
      const auto problems = store::check_database(itself).problems;
      BOOST_TEST(std::any_of(problems.begin(), problems.end(),
                             [&](const base::Fault& p) { return test::says(words)(base::StoreError(p)); }));
    }
    fs::remove_all(folder.path() / "here");
  }
}

BOOST_AUTO_TEST_CASE(whatever_is_in_a_cell_nothing_crashes_and_nothing_outside_is_touched) {
  const Files before = outside();
  make();
  fs::create_directories(folder.path() / "sound");
  const std::string uid = make();
  std::vector<std::pair<std::string, std::string>> cells;
  {
    SQLite::Database db(there.string(), SQLite::OPEN_READWRITE);
    db.exec("PRAGMA journal_mode = DELETE");
    SQLite::Statement row(db,
                          "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE "
                          "m.type = 'table' AND m.name NOT LIKE 'sqlite_%'");
    while (row.executeStep()) cells.emplace_back(row.getColumn(0).getString(), row.getColumn(1).getString());
  }
  fs::copy_file(there, folder.path() / "sound/copy.db");
  const std::vector<std::string> values{"NULL",
                                        "-1",
                                        "9223372036854775807",
                                        "1e999",
                                        "''",
                                        "'x'",
                                        "x'ff00'",
                                        "'../../precious'",
                                        "'/etc/passwd'",
                                        literal(std::string(200'000, '{')),
                                        "'[[1],{}]'",
                                        "'{\"a\":'",
                                        "char(0)",
                                        "'%s%n'",
                                        "zeroblob(100000)"};
  base::Stream random({.seed = 12, .purpose = "hostile"});
  int merged = 0;
  const char* asked = std::getenv("YOUDEN_HOSTILE");  // how many databases; each takes a third of a second
  const int databases = asked == nullptr ? 60 : std::atoi(asked);
  Files with_copy = outside();
  for (int i = 0; i < databases; ++i) {
    fs::copy_file(folder.path() / "sound/copy.db", there, fs::copy_options::overwrite_existing);
    for (const char* journal : {"-wal", "-shm"}) fs::remove(there.string() + journal);
    const auto& [table, column] = cells[random.below(cells.size())];
    const std::string& value = values[random.below(values.size())];
    try {
      change("UPDATE " + table + " SET " + column + " = " + value);
    } catch (const SQLite::Exception&) {  // a key or a NOT NULL: not even a foreign hand can write that
      continue;
    }
    BOOST_TEST_CONTEXT(table << "." << column << " = " << value.substr(0, 40)) {
      merged += provoke() ? 1 : 0;
      BOOST_TEST((outside() == with_copy));
    }
  }
  BOOST_TEST_MESSAGE(merged << " of " << databases << " were merged, all others refused");
  BOOST_TEST(merged > databases / 30);
  BOOST_TEST(merged < databases);
}

BOOST_AUTO_TEST_CASE(neither_a_pipe_nor_a_folder_is_waited_for) {
  BOOST_REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
  fs::create_directory(folder.path() / "dir");
  for (const char* name : {"pipe", "dir"}) {
    BOOST_CHECK_THROW(Database::open(folder.path() / name), base::ConfigError);
    BOOST_CHECK_THROW(Database::open_read_only(folder.path() / name), base::ConfigError);
  }
  make();
  fs::create_symlink(folder.path() / "precious", there.string() + "-journal");
  BOOST_CHECK_THROW(Database::open(there), base::ConfigError);
}

BOOST_AUTO_TEST_SUITE_END()

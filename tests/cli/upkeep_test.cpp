#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "project.hpp"
#include "store/fixture.hpp"
#include "youden/store/run_folder.hpp"

using namespace youden::test;
namespace fs = std::filesystem;
namespace store = youden::store;

namespace {

/// Runs 1 (north), 2 (south) and 3 (south), written by the library; the engine is not needed here.
struct ThreeRuns {
  Project project;
  ThreeRuns() {
    auto db = store::Database::open(project.db());
    add_run(db, "north", "n", 0.75);
    add_run(db, "south", "s", 0.5, 0.3);
    add_run(db, "south", "t", 0.25, 0.3);
  }
  [[nodiscard]] fs::path model_of(int run) const {
    auto db = store::Database::open(project.db());
    const auto path = store::run_folder(db, store::read_run(db, run).uid) / "model.safetensors";
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "12345";
    store::add_artifact(db, run, "model", path);
    return path;
  }
  [[nodiscard]] Finished with_input(std::vector<std::string> args, const std::string& text) const {
    Launch launch = project.launch(std::move(args));
    launch.input = project.write("input.txt", text);
    return Program(launch).wait();
  }
};

void check_clean(const Finished& done) {
  for (const char* foreign : {"terminate", "unexpected:", "basic_", "std::"}) BOOST_TEST(!done.says(foreign), done.err);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(upkeep, ThreeRuns)

BOOST_AUTO_TEST_CASE(tags_are_set_listed_and_found) {
  BOOST_TEST(project.run({"tag", "1", "site=A", "reader=2"}).code == 0);
  BOOST_TEST(project.run({"tag", "3", "site=B", "reader=10"}).code == 0);
  const Json tags = project.run({"tag", "1", "--format", "json"}).json();
  BOOST_TEST(tags == (Json{{"run", 1}, {"tags", {{"site", "A"}, {"reader", "2"}}}}));
  const Json found = project.run({"list", "--where", "[tag.reader] > 9", "--format", "json"}).json();
  BOOST_TEST(found["runs"].size() == 1U);
  BOOST_TEST(found["runs"][0]["run"] == 3);
  BOOST_TEST(found["runs"][0]["tags"]["site"] == "B");
  BOOST_TEST(project.run({"show", "1"}).out.find("site    A") != std::string::npos);
  BOOST_TEST(project.run({"list"}).out.find("reader=10 site=B") != std::string::npos);
  const std::string csv = project.run({"list", "--format", "csv"}).out;
  BOOST_TEST(csv.substr(0, csv.find('\n')).ends_with(",head.dropout,tag.reader,tag.site"));
  const Json less = project.run({"tag", "1", "site=", "--remove", "reader", "--format", "json"}).json();
  BOOST_TEST(less["tags"].empty());
}

BOOST_AUTO_TEST_CASE(notes_come_from_the_command_line_and_from_stdin) {
  BOOST_TEST(project.run({"note", "1", "two", "lateral", "views"}).code == 0);
  const Json notes = with_input({"note", "1", "-", "--format", "json"}, "first line\nsecond line\n").json();
  BOOST_TEST(notes["notes"].size() == 2U);
  BOOST_TEST(notes["notes"][0]["text"] == "two lateral views");
  BOOST_TEST(notes["notes"][1]["text"] == "first line\nsecond line");
  BOOST_TEST(project.run({"show", "1"}).out.find("    second line\n") != std::string::npos);
  BOOST_TEST(project.run({"show", "1", "--format", "json"}).json()["notes"] == notes["notes"]);
  BOOST_TEST(project.run({"note", "1", "--remove", "1", "--format", "json"}).json()["notes"].size() == 1U);
  BOOST_TEST(project.run({"note", "2"}).out == "run 2 has no notes\n");
}

BOOST_AUTO_TEST_CASE(no_text_of_a_run_reaches_the_terminal_as_a_command) {
  const Project named;
  named.train({"name=\"a\\e[31mred\\a\""});
  BOOST_TEST(named.run({"note", "1", "n\x1b[31mx"}).code == 0);
  const std::string out = named.run({"show", "1"}).out;
  BOOST_TEST(out.find('\x1b') == std::string::npos);
  BOOST_TEST(out.find('\x07') == std::string::npos);
  BOOST_TEST(out.find("n\\x1b[31mx") != std::string::npos, out);
}

BOOST_AUTO_TEST_CASE(a_script_says_yes_before_runs_go) {
  const fs::path model = model_of(2);
  const Finished asked = project.run({"rm", "2"});
  BOOST_TEST(asked.code == 2);
  BOOST_TEST(asked.says("--yes"), asked.err);
  BOOST_TEST(asked.says("south"), asked.err);
  BOOST_TEST(project.runs() == 3);
  const Json done = project.run({"rm", "2", "1", "2", "--yes", "--format", "json"}).json();
  BOOST_TEST(done["removed"].size() == 2U);
  BOOST_TEST(done["removed"][0]["run"] == 2);
  BOOST_TEST(done["removed"][0]["files"] == 1);
  BOOST_TEST(done["removed"][0]["bytes"] == 5);
  BOOST_TEST(!fs::exists(model.parent_path()));
  BOOST_TEST((project.sql("SELECT id FROM run") == Json{{3}}));
  BOOST_TEST(project.run({"list", "--format", "json"}).json()["runs"][0]["scored_on_this_test_set"] == 3);
  BOOST_TEST(project.run({"db", "check"}).code == 0);
}

BOOST_AUTO_TEST_CASE(a_live_run_is_refused_by_host_and_process) {
  {
    auto db = store::Database::open(project.db());
    store::claim_run(db, small_run("live", "l"), false);
  }
  const Finished done = project.run({"rm", "live", "--yes"});
  BOOST_TEST(done.code == 2);
  BOOST_TEST(done.says("process " + std::to_string(::getpid()) + " on " + store::host_name()), done.err);
  BOOST_TEST(project.run({"tag", "live", "watch=yes"}).code == 0);
  BOOST_TEST(project.runs() == 4);
}

BOOST_AUTO_TEST_CASE(an_export_is_a_database_and_merges) {
  const fs::path model = model_of(3);
  const std::string out = (project / "share.db").string();
  const Json done = project.run({"db", "export", out, "1", "3", "--format", "json"}).json();
  BOOST_TEST(done["runs"] == 2);
  BOOST_TEST(done["deidentified"] == false);
  const Json list = Program({{"list", "--db", out, "--format", "json"}, project.path()}).wait().json();
  BOOST_TEST(list["runs"].size() == 2U);
  BOOST_TEST(list["runs"][0]["scored_on_this_test_set"] == 3);
  const std::string fresh = (project / "new/youden.db").string();
  const Finished merged =
      Program({{"db", "merge", out, project.db().string(), "--db", fresh, "--format", "json"}, project.path()}).wait();
  BOOST_TEST(merged.code == 0, merged.err);
  const Json files = merged.json()["files"];
  BOOST_TEST(files[0]["added"] == (Json{1, 2}));
  BOOST_TEST(
      files[0]["files_copied"].empty());  // an export alone brings rows: files are taken from its own folder only
  BOOST_TEST(!files[1]["files_copied"].empty());  // what the rows lack comes with the database that has them
  BOOST_TEST(files[1]["added"] == (Json{3}));
  BOOST_TEST(files[1]["present"] == 2);
  BOOST_TEST(Program({{"db", "check", "--db", fresh}, project.path()}).wait().code == 0);
}

BOOST_AUTO_TEST_CASE(a_deidentified_export_is_shown_and_names_nobody) {
  const std::string out = (project / "share.db").string();
  BOOST_TEST(project.run({"db", "export", out, "--deidentify"}).code == 0);
  const std::string bytes = read_text(out);
  for (const char* secret : {"/films/", "sha-s", "x.yaml"}) {
    BOOST_TEST(bytes.find(secret) == std::string::npos, secret);
  }
  const Finished shown = Program({{"show", "1", "--db", out, "--format", "json"}, project.path()}).wait();
  BOOST_TEST(shown.code == 0, shown.err);
  BOOST_TEST(shown.json()["metrics"]["test"]["sensitivity"]["value"] == 0.75);
  BOOST_TEST(Program({{"show", "1", "--db", out}, project.path()}).wait().code == 0);
}

BOOST_AUTO_TEST_CASE(one_bad_file_does_not_keep_the_others_out) {
  const std::string good = (project / "good.db").string();
  BOOST_TEST(project.run({"db", "export", good, "1"}).code == 0);
  const std::string bad = project.write("bad.db", std::string(5000, 'x')).string();
  const std::string fresh = (project / "new/youden.db").string();
  const Finished done = Program({{"db", "merge", bad, good, "none.db", "--db", fresh}, project.path()}).wait();
  BOOST_TEST(done.code == 2);
  BOOST_TEST(done.says(bad), done.err);
  BOOST_TEST(done.says("none.db"), done.err);
  BOOST_TEST(done.out.find("refused") != std::string::npos);
  BOOST_TEST(Program({{"show", "1", "--db", fresh}, project.path()}).wait().code == 0);
  check_clean(done);
}

BOOST_AUTO_TEST_CASE(what_is_mistyped_is_refused_with_a_remedy) {
  struct Row {
    std::vector<std::string> args;
    std::string says;
  };
  const std::string taken = project.write("taken.db", "text").string();
  for (const Row& row : std::vector<Row>{{{"tag"}, "the run is missing"},
                                         {{"tag", "south", "a=b"}, "means 2 runs"},
                                         {{"tag", "1", "site"}, "name=value"},
                                         {{"tag", "1", "my site=1"}, "no name for a tag"},
                                         {{"tag", "1", "--remove", "site"}, "no tag 'site'"},
                                         {{"tag", "nroth", "a=b"}, "did you mean 'north'"},
                                         {{"note", "1", " "}, "empty"},
                                         {{"note", "1", "--remove", "7"}, "no note 7"},
                                         {{"note", "9", "text"}, "no run '9'"},
                                         {{"rm", "--yes"}, "the run is missing"},
                                         {{"rm", "south", "--yes"}, "means 2 runs"},
                                         {{"rm", "1", "9", "--yes"}, "no run '9'"},
                                         {{"db", "merge"}, "missing"},
                                         {{"db", "merge", project.db().string()}, "the database itself"},
                                         {{"db", "export"}, "missing"},
                                         {{"db", "export", taken}, "--force"},
                                         {{"db", "export", "o.db", "south"}, "means 2 runs"},
                                         {{"db", "check", "--force"}, "db export"},
                                         {{"db", "exprot", "o.db"}, "did you mean 'export'"}}) {
    BOOST_TEST_CONTEXT(row.args[0] << " " << row.args.back()) {
      const Finished done = project.run(row.args);
      BOOST_TEST(done.code == 2);
      BOOST_TEST(done.says(row.says), done.err);
      check_clean(done);
    }
  }
  BOOST_TEST(project.runs() == 3);
  BOOST_TEST(project.sql("SELECT * FROM tag").empty());
}

BOOST_AUTO_TEST_CASE(without_a_database_nothing_is_made) {
  const Project empty;
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"tag", "1", "a=b"}, {"note", "1", "a"}, {"rm", "1", "--yes"}, {"db", "export", "o"}}) {
    const Finished done = empty.run(args);
    BOOST_TEST(done.code == 2);
    BOOST_TEST(done.says("no results database yet"), done.err);
    BOOST_TEST(!fs::exists(empty.db()));
  }
}

BOOST_AUTO_TEST_CASE(a_locked_database_is_waited_for) {
  SQLite::Database holder(project.db().string(), SQLite::OPEN_READWRITE);
  holder.exec("BEGIN IMMEDIATE");
  Program waiting(project.launch({"tag", "1", "a=b"}));
  BOOST_TEST(!waiting.listen(0.5));
  BOOST_TEST(project.run({"tag", "1"}).code == 0);  // looking needs no lock
  holder.exec("COMMIT");
  BOOST_TEST(waiting.wait().code == 0);
  BOOST_TEST((project.sql("SELECT value FROM tag") == Json{{"b"}}));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_explained, *boost::unit_test::precondition([](auto) {
                       return boost::test_tools::assertion_result(::geteuid() != 0);  // root writes everywhere
                     })) {
  ::chmod((project / "r").c_str(), 0500);
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"tag", "1", "a=b"}, {"note", "1", "a"}, {"rm", "1", "--yes"}}) {
    const Finished done = project.run(args);
    BOOST_TEST(done.code == 1);
    BOOST_TEST(done.says(project.db().string()), done.err);
    check_clean(done);
  }
  BOOST_TEST(project.run({"db", "export", (project / "share.db").string()}).code == 0);  // reading is enough
  ::chmod((project / "r").c_str(), 0700);
}

BOOST_AUTO_TEST_SUITE_END()

#include "project.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(storage)

namespace {

void check_clean(const Finished& done) {
  for (const char* foreign : {"terminate", "unexpected:", "basic_", "c10", "std::"})
    BOOST_TEST(!done.says(foreign), done.err);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_disk_stops_the_run_and_loses_nothing) {
  // A limit on file sizes makes writes fail as a full disk does, at a different file and moment for each limit.
  Project project;
  project.train({"train.epochs=5"});
  const Json expected = project.numbers(1);
  const auto files = project.files(1);
  int stopped = 0;
  for (const rlim_t limit : {rlim_t{4'096}, rlim_t{60'000}, rlim_t{150'000}, rlim_t{230'000}, rlim_t{400'000}}) {
    BOOST_TEST_CONTEXT(limit << " bytes") {
      project.move_to("full" + std::to_string(limit));
      Launch launch = project.launch({"train", "e.yaml", "train.epochs=5", "--format", "json"});
      launch.file_limit = limit;
      const Finished done = Program(launch).wait();
      check_clean(done);
      BOOST_TEST((done.code == 0 || done.code == 1), done.code << ": " << done.err);
      BOOST_TEST(done.json().is_object());
      const bool begun = project.runs() > 0;
      if (done.code == 1) {
        ++stopped;
        BOOST_TEST(done.says(project.db().parent_path().string()), done.err);
      }
      const Json committed = begun ? project.sql("SELECT * FROM history ORDER BY 1, 2, 3, 4, 5, 6") : Json::array();
      const Finished more = project.run({"train", "e.yaml", "train.epochs=5"});
      BOOST_TEST(more.code == 0, more.err);
      if (!committed.empty()) BOOST_TEST(!more.says("epoch 1/5"), "an epoch that was committed is trained again");
      BOOST_TEST((project.numbers(1) == expected));
      BOOST_TEST(project.files(1) == files, boost::test_tools::per_element());
    }
  }
  BOOST_TEST(stopped >= 2);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_no_number_fails_and_keeps_the_last_good_epoch) {
  const Project project;
  // Each step multiplies every weight by 1 - 100 * 0.5, so that a few epochs overflow.
  const Finished done =
      project.run({"train", "e.yaml", "train.optimizer=sgd", "train.lr=100", "train.optimizer.weight_decay=0.5",
                   "train.epochs=40", "train.schedule=constant", "train.select.patience=null"});
  BOOST_TEST(done.code == 1, done.err);
  check_clean(done);
  BOOST_TEST(done.out == "");
  BOOST_TEST(done.says("the loss is"), done.err);
  const Json row = project.sql("SELECT status, reason FROM run")[0];
  BOOST_TEST(row[0] == "failed");
  BOOST_TEST(row[1].get<std::string>().find("the loss is") != std::string::npos);
  const int epochs = project.sql("SELECT max(epoch) FROM history")[0][0].get<int>();
  const Json kept = project.sql("SELECT epoch, path FROM checkpoint");
  BOOST_REQUIRE(kept.size() == 1U);
  BOOST_TEST(kept[0][0] == epochs);
  BOOST_TEST(std::filesystem::exists(project.db().parent_path() / kept[0][1].get<std::string>()));
  BOOST_TEST(project.run({"show", "1"}).out.find("the loss is") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_run_needs_no_gnuplot) {
  const Project project;
  Launch launch = project.launch({"train", "e.yaml", "--format", "json"});
  launch.environment["PATH"] = "/nowhere";
  const Finished done = Program(launch).wait();
  BOOST_TEST(done.code == 0, done.code << ": " << done.err);
  BOOST_TEST(done.says("gnuplot"), done.err);
  BOOST_TEST(done.json().at("status") == "completed");
  BOOST_TEST(!done.json().at("artifacts").contains("plot"));
  BOOST_TEST(project.files(1) == std::vector<std::string>{"model.safetensors"}, boost::test_tools::per_element());
  BOOST_TEST(project.train().at("artifacts").contains("plot"));  // drawn once gnuplot is there
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_left_alone) {
  const Project project;
  const std::string text = "these are my notes, not a database\n" + std::string(4096, 'x');
  project.write("r/youden.db", text);
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"train", "e.yaml"}, {"list"}, {"show", "1"}, {"resume", "1"}}) {
    BOOST_TEST_CONTEXT(args[0]) {
      const Finished done = project.run(args);
      BOOST_TEST(done.code == 2, done.code << ": " << done.err);
      BOOST_TEST(done.says(project.db().string()), done.err);
      BOOST_TEST(done.out == "");
      check_clean(done);
    }
  }
  BOOST_TEST(read_text(project.db()) == text);
  BOOST_TEST(project.run({"db", "check"}).code == 3);
}

BOOST_AUTO_TEST_CASE(a_damaged_database_is_said_to_be_damaged) {
  const Project project;
  project.train();
  project.change("PRAGMA wal_checkpoint(TRUNCATE)");
  std::string bytes = read_text(project.db());
  for (std::size_t at = 4096; at < bytes.size(); at += 512) bytes.replace(at, 64, 64, '\xA5');
  project.write("r/youden.db", bytes);
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"list"}, {"show", "1"}, {"train", "e.yaml", "seed=5"}}) {
    BOOST_TEST_CONTEXT(args[0]) {
      const Finished done = project.run(args);
      BOOST_TEST((done.code == 1 || done.code == 2), done.code << ": " << done.err);
      BOOST_TEST(done.says(project.db().string()), done.err);
      check_clean(done);
    }
  }
  BOOST_TEST(project.run({"db", "check"}).code == 3);
}

BOOST_AUTO_TEST_CASE(another_programs_database_is_left_alone) {
  const Project project;
  project.write("r/empty", "");
  SQLite::Database(project.db().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE recipe (id INTEGER)");
  const Finished done = project.run({"train", "e.yaml"});
  BOOST_TEST(done.code == 2);
  BOOST_TEST(done.says("another program"), done.err);
  BOOST_TEST((project.sql("SELECT name FROM sqlite_schema") == Json{{"recipe"}}));
}

BOOST_AUTO_TEST_CASE(a_locked_database_is_waited_for) {
  const Project project;
  project.train();
  SQLite::Database holder(project.db().string(), SQLite::OPEN_READWRITE);
  holder.exec("BEGIN IMMEDIATE");
  BOOST_TEST(project.run({"list"}).code == 0);  // readers do not care
  Program waiting(project.launch({"train", "e.yaml", "seed=4"}));
  BOOST_TEST(!waiting.listen(3));
  holder.exec("COMMIT");
  BOOST_TEST(waiting.wait().code == 0);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_refused) {
  const Project project;
  project.write("file", "");
  Launch launch{{"train", "e.yaml", "--db", (project / "file/below/youden.db").string()}, project.path()};
  const Finished below = Program(launch).wait();
  BOOST_TEST(below.code == 1, below.err);
  BOOST_TEST(below.says("file/below"), below.err);
  check_clean(below);
  launch.args.back() = project.path().string();
  const Finished folder = Program(launch).wait();
  BOOST_TEST((folder.code == 1 || folder.code == 2), folder.err);
  BOOST_TEST(folder.says(project.path().string()), folder.err);
  launch.args.back() = "/proc/youden.db";  // refused to root as well
  const Finished proc = Program(launch).wait();
  BOOST_TEST((proc.code == 1 || proc.code == 2), proc.err);
  BOOST_TEST(proc.says("/proc"), proc.err);
}

BOOST_AUTO_TEST_CASE(a_read_only_results_folder_can_be_read, *boost::unit_test::precondition([](auto) {
                       return boost::test_tools::assertion_result(::geteuid() != 0);  // root writes everywhere
                     })) {
  const Project project;
  project.train();
  ::chmod((project / "r").c_str(), 0500);
  BOOST_TEST(project.run({"list"}).code == 0);
  BOOST_TEST(project.run({"show", "1"}).code == 0);
  const Finished done = project.run({"train", "e.yaml", "seed=4"});
  BOOST_TEST(done.code == 1);
  BOOST_TEST(done.says(project.db().string()), done.err);
  ::chmod((project / "r").c_str(), 0700);
}

BOOST_AUTO_TEST_CASE(a_vanished_checkpoint_is_said_to_be_missing) {
  const Project project;
  Program program(project.launch({"train", "e.yaml", "train.epochs=300"}));
  BOOST_REQUIRE(program.wait_for("epoch 2/300"));
  program.send(SIGINT);
  BOOST_TEST(program.wait(20).code == 130);
  const auto uid = project.sql("SELECT uid FROM run")[0][0].get<std::string>();
  std::filesystem::remove_all(project / ("r/runs/" + uid));
  const Finished done = project.run({"resume", "1"});
  BOOST_TEST(done.code == 1, done.err);
  BOOST_TEST(done.says("checkpoint-"), done.err);
  BOOST_TEST(done.says("youden train run:1 --again"), done.err);
  BOOST_TEST(!done.says("youden resume"), done.err);
  check_clean(done);
  BOOST_TEST(project.sql("SELECT status FROM run")[0][0] == "interrupted");
  BOOST_TEST(project.run({"train", "run:1", "--again", "train.epochs=2"}).code == 0);
}

BOOST_AUTO_TEST_SUITE_END()

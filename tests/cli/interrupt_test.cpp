#include "project.hpp"

#include <unistd.h>

#include <array>

#include <string>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(interrupted)

namespace {

constexpr const char* kLong =
    "use: [dataset/phantom, augment/none, backbone/small_cnn, head/global_average, train/default, "
    "split/patient70-15-15]\n"
    "name: long\n"
    "threads: 1\n"
    "dataset: { films: 40, size: 32 }\n"
    "backbone: { depth: 3, width: 4 }\n"
    "train: { epochs: 400, batch: 8, select: { patience: null } }\n";

std::string status(const Project& project) {
  return project.run({"show", "1", "--format", "json"}).json().at("status").get<std::string>();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_signal_stops_after_the_step_and_the_run_goes_on) {
  for (const int signal : {SIGINT, SIGTERM}) {
    BOOST_TEST_CONTEXT("signal " << signal) {
      Project project;
      project.train({"train.epochs=6"});
      const Json calm = project.numbers(1);
      const auto files = project.files(1);
      project.move_to("interrupted");
      Program program(project.launch({"train", "e.yaml", "train.epochs=6"}));
      BOOST_REQUIRE(program.wait_for("epoch 2/6"));
      program.send(signal);
      const Finished done = program.wait(20);
      BOOST_TEST(done.code == 130);
      BOOST_TEST(done.out == "");
      BOOST_TEST(done.says("youden resume 1"), done.err);
      BOOST_TEST(status(project) == "interrupted");
      const Finished resumed = project.run({"resume", "1"});
      BOOST_TEST(resumed.code == 0, resumed.err);
      BOOST_TEST(!resumed.says("epoch 2/6"));
      BOOST_TEST(project.numbers(1).dump() == calm.dump());
      BOOST_TEST(project.files(1) == files, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(json_of_an_interruption_is_one_document) {
  const Project project;
  Program program(project.launch({"train", "e.yaml", "train.epochs=300", "--format", "json"}));
  BOOST_REQUIRE(program.wait_for("epoch 1/300"));
  program.send(SIGINT);
  const Finished done = program.wait(20);
  BOOST_TEST(done.code == 130);
  BOOST_TEST(done.json().at("exit") == 130);
}

BOOST_AUTO_TEST_CASE(training_again_resumes_instead_of_beginning) {
  const Project project;
  Program program(project.launch({"train", "e.yaml", "train.epochs=5"}));
  BOOST_REQUIRE(program.wait_for("epoch 1/5"));
  program.send(SIGINT);
  BOOST_TEST(program.wait(20).code == 130);
  const Finished again = project.run({"train", "e.yaml", "train.epochs=5"});
  BOOST_TEST(again.code == 0);
  BOOST_TEST(!again.says("epoch 1/5"));
  BOOST_TEST(project.runs() == 1);
}

BOOST_AUTO_TEST_CASE(a_second_process_is_refused_by_host_and_pid) {
  const Project project(kLong);
  Program first(project.launch({"train", "e.yaml"}));
  BOOST_REQUIRE(first.wait_for("epoch 1/400"));
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  for (const std::vector<std::string>& args : {std::vector<std::string>{"train", "e.yaml"}, {"resume", "1"}}) {
    const Finished second = project.run(args);
    BOOST_TEST(second.code == 2);
    BOOST_TEST(second.out == "");
    BOOST_TEST(second.says("process " + std::to_string(first.pid())), second.err);
    BOOST_TEST(second.says(host.data()), second.err);
  }
  BOOST_TEST(status(project) == "running");
  first.send(SIGKILL);
  BOOST_TEST(first.wait(20).code == 137);
  BOOST_TEST(status(project) == "interrupted");  // a dead pid is known at once, and reading wrote nothing
  BOOST_TEST(project.sql("SELECT status FROM run")[0][0] == "running");
}

BOOST_AUTO_TEST_CASE(of_two_that_start_together_one_works) {
  const Project project;
  Program a(project.launch({"train", "e.yaml", "--format", "json"}));
  Program b(project.launch({"train", "e.yaml", "--format", "json"}));
  const Finished one = a.wait();
  const Finished two = b.wait();
  BOOST_TEST((one.code == 0 || two.code == 0), one.err << two.err);
  for (const Finished* done : {&one, &two}) {
    BOOST_TEST((done->code == 0 || (done->code == 2 && done->says("is being worked on by process"))), done->err);
  }
  BOOST_TEST(project.runs() == 1);
}

BOOST_AUTO_TEST_CASE(different_experiments_share_a_database) {
  const Project project;
  Program a(project.launch({"train", "e.yaml", "seed=1"}));
  Program b(project.launch({"train", "e.yaml", "seed=2"}));
  BOOST_TEST(a.wait().code == 0);
  BOOST_TEST(b.wait().code == 0);
  BOOST_TEST(project.sql("SELECT count(*) FROM run WHERE status = 'completed'")[0][0] == 2);
}

BOOST_AUTO_TEST_CASE(follow_ends_with_the_run) {
  const Project project;
  Program work(project.launch({"train", "e.yaml", "train.epochs=4"}));
  BOOST_REQUIRE(work.wait_for("epoch 1/4"));
  const Finished followed = project.run({"show", "1", "--follow"});
  BOOST_TEST(followed.code == 0);
  BOOST_TEST(followed.out.find("completed") != std::string::npos);
  BOOST_TEST(work.wait().code == 0);
}

BOOST_AUTO_TEST_SUITE_END()

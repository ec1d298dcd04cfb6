#include "project.hpp"

#include <string>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(repeat)

BOOST_AUTO_TEST_CASE(the_same_experiment_is_answered_at_once) {
  const Project project;
  const Json first = project.train();
  const Json second = project.train();
  BOOST_TEST(second.at("reused") == true);
  BOOST_TEST(second.at("run") == first.at("run"));
  BOOST_TEST(second.at("metrics") == first.at("metrics"));
  BOOST_TEST(project.runs() == 1);
}

BOOST_AUTO_TEST_CASE(name_and_tags_do_not_make_another_run_but_the_seed_does) {
  const Project project;
  project.train();
  BOOST_TEST(project.train({"name=other", "tags.ward=3"}).at("reused") == true);
  BOOST_TEST(project.train({"seed=4"}).at("reused") == false);
  BOOST_TEST(project.runs() == 2);
}

BOOST_AUTO_TEST_CASE(again_repeats_to_the_bit) {
  const Project project;
  project.train();
  const Json again = project.train({"--again"});
  BOOST_TEST(again.at("reused") == false);
  BOOST_TEST(again.at("run") == 2);
  const auto table = [&](const std::string& sql) {
    return project.run({"db", "query", sql, "--format", "json"}).json().dump();
  };
  for (const std::string run : {"1", "2"}) {
    BOOST_TEST(table("SELECT count(*) > 20 AS many FROM history WHERE run = " + run).find("1") != std::string::npos);
  }
  const auto both = [&](const std::string& sql) {
    return table(sql + " WHERE run = 1") == table(sql + " WHERE run = 2");
  };
  BOOST_TEST(both("SELECT epoch, part, metric, value FROM history"));
  BOOST_TEST(both("SELECT part, sample, class, probability FROM prediction"));
  BOOST_TEST(project.numbers(1).dump() == project.numbers(2).dump());
  BOOST_TEST(project.numbers(1).at("model").size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_seed_gives_other_numbers) {
  const Project project;
  project.train();
  project.train({"seed=4"});
  const Json a = project.numbers(1);
  const Json b = project.numbers(2);
  BOOST_TEST(a.at("history") != b.at("history"));
  BOOST_TEST(a.at("model") != b.at("model"));
}

BOOST_AUTO_TEST_CASE(verify_finds_a_prediction_that_was_touched) {
  const Project project;
  project.train();
  const auto sample = project.sql("SELECT max(sample) FROM prediction WHERE part = 'test'")[0][0].get<std::string>();
  project.change(
      "UPDATE prediction SET probability = probability + 1e-12 WHERE part = 'test' AND class = 'opacity' "
      "AND sample = '" +
      sample + "'");
  const Finished done = project.run({"rerun", "1", "--verify", "--format", "json"});
  BOOST_TEST(done.code == 3);
  const Json j = done.json();
  BOOST_TEST(j.at("identical") == false);
  BOOST_TEST(j.at("first_difference").get<std::string>().find(sample) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(verify_finds_a_history_value_that_was_touched) {
  const Project project;
  project.train();
  project.change("UPDATE history SET value = 0.125 WHERE epoch = 2 AND part = 'train' AND metric = 'loss'");
  const Finished done = project.run({"rerun", "1", "--verify"});
  BOOST_TEST(done.code == 3);
  BOOST_TEST(done.out.find("epoch 2 train loss: 0.125 was stored") != std::string::npos, done.out);
  BOOST_TEST(project.runs() == 1);
}

BOOST_AUTO_TEST_CASE(verify_finds_a_value_that_was_removed) {
  const Project project;
  project.train();
  project.change("DELETE FROM history WHERE epoch = 1 AND metric = 'lr'");
  BOOST_TEST(project.run({"rerun", "1", "--verify"}).code == 3);
}

BOOST_AUTO_TEST_CASE(a_rerun_without_verify_is_a_run_of_its_own) {
  const Project project;
  project.train();
  const Finished done = project.run({"rerun", "1", "--format", "json"});
  BOOST_TEST(done.code == 0);
  BOOST_TEST(done.json().at("run") == 2);
  BOOST_TEST(project.numbers(1).dump() == project.numbers(2).dump());
}

BOOST_AUTO_TEST_CASE(resuming_a_completed_run_is_no_error) {
  const Finished done = trained_project().run({"resume", "1", "--format", "json"});
  BOOST_TEST(done.code == 0);
  BOOST_TEST(done.json().at("reused") == true);
}

BOOST_AUTO_TEST_SUITE_END()

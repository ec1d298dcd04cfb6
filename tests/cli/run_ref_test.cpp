#include "project.hpp"

#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(run_ref)

namespace {

/// Runs 1 (small), 2 (small, another seed) and 3 (wide).
const Project& three_runs() {
  static const Project project;
  static const bool made = [] {
    project.train();
    project.train({"seed=8"});
    project.train({"name=wide", "seed=9"});
    return true;
  }();
  (void)made;
  return project;
}

std::int64_t found(const std::string& word) {
  const Finished done = three_runs().run({"show", word, "--format", "json"});
  return done.code == 0 ? done.json().at("run").get<std::int64_t>() : -done.code;
}

}  // namespace

BOOST_AUTO_TEST_CASE(number_name_uid_and_words_name_a_run) {
  const Project& project = three_runs();
  BOOST_TEST(found("2") == 2);
  BOOST_TEST(found("wide") == 3);
  BOOST_TEST(found("@last") == 3);
  const auto uid = project.sql("SELECT uid FROM run WHERE id = 2")[0][0].get<std::string>();
  BOOST_TEST(found(uid) == 2);
  BOOST_TEST(found(uid.substr(0, uid.size() - 1)) == 2);
  const Json best = project.sql("SELECT run FROM leaderboard ORDER BY youden_j DESC, run LIMIT 1");
  BOOST_TEST(found("@best") == best[0][0].get<std::int64_t>());
}

BOOST_AUTO_TEST_CASE(what_means_several_is_refused_with_the_candidates) {
  const Finished done = three_runs().run({"show", "small"});
  BOOST_TEST(done.code == 2);
  for (const Json& row : three_runs().sql("SELECT uid FROM run WHERE name = 'small'")) {
    BOOST_TEST(done.says(row[0].get<std::string>()), done.err);
  }
  BOOST_TEST(!done.says("wide"));
}

BOOST_AUTO_TEST_CASE(what_means_none_is_refused_with_the_nearest) {
  BOOST_TEST(three_runs().run({"show", "wid"}).says("did you mean 'wide'"));
  BOOST_TEST(found("44") == -2);
  const Project empty;
  for (const std::string word : {"@last", "@best", "1"}) {
    const Finished done = empty.run({"show", word});
    BOOST_TEST(done.code == 2);
    BOOST_TEST(done.says("no results database yet"), done.err);
  }
}

BOOST_AUTO_TEST_CASE(a_run_is_an_experiment_with_changes) {
  const Project& project = three_runs();
  const Json config = project.run({"config", "run:3", "train.epochs=9", "--format", "json"}).json();
  BOOST_TEST(config.at("train").at("epochs") == 9);
  BOOST_TEST(config.at("seed") == 9);
  const Json same = project.run({"train", "run:3", "--format", "json"}).json();
  BOOST_TEST(same.at("reused") == true);
  BOOST_TEST(same.at("run") == 3);
  const Project other;
  other.train();
  const Json changed = other.run({"train", "run:small", "head.hidden=4", "--format", "json"}).json();
  BOOST_TEST(changed.at("run") == 2);
  BOOST_TEST((other.sql("SELECT value FROM param WHERE run = 2 AND name = 'head.hidden'") == Json{{4}}));
}

BOOST_AUTO_TEST_CASE(the_environment_names_the_database) {
  const Project& project = three_runs();
  Launch launch{{"list", "--format", "json"}, project.path(), {{"YOUDEN_DB", project.db().string()}}};
  BOOST_TEST(Program(launch).wait().json().at("runs").size() == 3U);
  launch.environment["YOUDEN_DB"] = (project / "none.db").string();
  BOOST_TEST(Program(launch).wait().says("none.db"));
  launch.args.insert(launch.args.end(), {"--db", project.db().string()});  // the command line comes first
  BOOST_TEST(Program(launch).wait().json().at("runs").size() == 3U);
}

BOOST_AUTO_TEST_CASE(without_either_results_stand_in_the_project) {
  const Project project;
  BOOST_TEST(Program({{"train", "e.yaml", "train.epochs=1"}, project.path()}).wait().code == 0);
  BOOST_TEST(std::filesystem::exists(project / "results/youden.db"));
}

BOOST_AUTO_TEST_CASE(lists_are_filtered_and_sorted) {
  const Project& project = three_runs();
  const auto runs = [&](const std::vector<std::string>& more) {
    std::vector<std::string> args{"list", "--format", "json"};
    args.insert(args.end(), more.begin(), more.end());
    const Finished done = project.run(args);
    BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
    std::vector<int> out;
    const Json j = done.json();
    for (const Json& run : j.at("runs")) out.push_back(run.at("run").get<int>());
    return out;
  };
  BOOST_TEST(runs({"--where", "[seed] = 8"}) == std::vector<int>{2}, boost::test_tools::per_element());
  BOOST_TEST(runs({"--where", "name = 'wide'"}) == std::vector<int>{3}, boost::test_tools::per_element());
  BOOST_TEST(runs({"--limit", "2"}).size() == 2U);
  BOOST_TEST(runs({"--where", "sensitivity > 2"}).empty());
  const Finished wrong = project.run({"list", "--where", "sensitivty > .5"});
  BOOST_TEST(wrong.code == 2);
  BOOST_TEST(wrong.says("sensitivity"), wrong.err);
  const Finished evil = project.run({"list", "--where", "1; DROP TABLE run"});
  BOOST_TEST(evil.code == 2);
  BOOST_TEST(project.runs() == 3);
  const Finished write = project.run({"db", "query", "DELETE FROM run"});
  BOOST_TEST(write.code == 2);
  BOOST_TEST(project.runs() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

#include "youden/config/project.hpp"

#include <boost/test/unit_test.hpp>

#include "temp_project.hpp"

using namespace youden::test;
using youden::config::Composer;
using youden::config::find_project;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(project)

BOOST_AUTO_TEST_CASE(is_the_nearest_ancestor_of_the_experiment_with_configs) {
  const TempProject outer;
  outer.write("inner/configs/head/a.yaml", "head: flat\n");
  BOOST_TEST(find_project(outer.root() / "inner/x/y/e.yaml").root == outer.root() / "inner");
  BOOST_TEST(find_project(outer.root() / "e.yaml").root == outer.root());
}

BOOST_AUTO_TEST_CASE(else_of_the_working_directory_else_that_itself) {
  const TempFolder lone;
  const TempProject other;
  fs::create_directories(other.root() / "sub");
  {
    const WithFolder here(other.root() / "sub");
    BOOST_TEST(find_project(lone / "e.yaml").root == other.root());
    BOOST_TEST(find_project({}).root == other.root());
  }
  const WithFolder here(lone.path());
  BOOST_TEST(find_project(lone / "e.yaml").root == fs::canonical(lone.path()));
}

BOOST_AUTO_TEST_CASE(presets_come_from_the_project_then_the_environment) {
  const TempProject p;
  const TempFolder extra;
  fs::create_directories(extra / "train");
  std::ofstream(extra / "train/both.yaml") << "train: {epochs: 1}\n";
  std::ofstream(extra / "train/theirs.yaml") << "train: {epochs: 2}\n";
  p.preset("train/both", "train: {epochs: 3}\n");
  const WithEnv set("YOUDEN_CONFIGS", extra.path().string());
  BOOST_TEST(p.config("use: train/both\n")["train"]["epochs"] == 3);
  BOOST_TEST(p.config("use: train/theirs\n")["train"]["epochs"] == 2);
  BOOST_TEST(p.config("seed: 1\n", {"train=theirs"})["train"]["epochs"] == 2);
  BOOST_TEST(holds(p.faults("use: train/theris\n"), "did you mean 'theirs'?"));
}

BOOST_AUTO_TEST_CASE(an_empty_variable_is_no_folder) {
  const TempProject p;
  p.write("elsewhere/train/stray.yaml", "train: {epochs: 2}\n");
  const WithFolder here(p.root() / "elsewhere");
  const WithEnv set("YOUDEN_CONFIGS", "");
  BOOST_TEST(holds(p.faults("use: train/stray\n"), "no preset 'train/stray'"));
}

BOOST_AUTO_TEST_CASE(paths_start_from_the_project_in_yaml_and_from_here_on_the_command_line) {
  const TempProject p;
  fs::create_directories(p.root() / "sub");
  const auto file = p.write("deep/e.yaml", "dataset: {type: folders, root: data/films}\n");
  const WithFolder here(p.root() / "sub");
  const auto root = [&](const std::vector<std::string>& words) {
    return Composer(small_catalog()).compose_file(file, words).config["dataset"]["root"].get<std::string>();
  };
  BOOST_TEST(root({}) == (p.root() / "data/films").string());
  BOOST_TEST(root({"dataset.root=../films"}) == (p.root() / "films").string());
  BOOST_TEST(root({"dataset.root=/abs/./films"}) == "/abs/films");
  const auto c = Composer(small_catalog()).compose_file(file, {}).config;
  BOOST_TEST(c["cache"]["dir"] == (p.root() / "results/cache").string());  // a default is the project's too
}

BOOST_AUTO_TEST_CASE(weights_are_a_file_where_there_is_one_and_a_name_where_not) {
  const TempProject p;
  p.write("mine.pth", "x");
  BOOST_TEST(p.config("backbone: {type: net16, weights: mine.pth}\n")["backbone"]["weights"] ==
             (p.root() / "mine.pth").string());
  BOOST_TEST(p.config("backbone: {type: net16, weights: other.pth}\n")["backbone"]["weights"] == "other.pth");
}

BOOST_AUTO_TEST_SUITE_END()

#include "project.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(init)

namespace {

Finished run(const std::filesystem::path& folder, std::vector<std::string> args) {
  return Program({std::move(args), folder}).wait();
}
/// Every file below a folder, sorted.
std::vector<std::string> files(const std::filesystem::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out.push_back(entry.path().lexically_relative(folder).string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

const std::vector<std::string> kProject{".gitignore", "README.md", "configs/augment/gentle.yaml",
                                        "configs/experiment.schema.json", "experiments/first.yaml"};

}  // namespace

BOOST_AUTO_TEST_CASE(a_new_project_trains_as_it_is) {
  const TempFolder folder;
  const Finished made = run(folder.path(), {"init", "chest"});
  BOOST_TEST(made.code == 0, made.err);
  BOOST_TEST(made.out.find("cd chest\n  youden train experiments/first.yaml") != std::string::npos, made.out);
  BOOST_TEST(files(folder / "chest") == kProject, boost::test_tools::per_element());
  const Finished config = run(folder / "chest", {"config", "experiments/first.yaml"});
  BOOST_TEST(config.out.find("configs/augment/gentle.yaml") != std::string::npos, config.out + config.err);
  const Finished done =
      run(folder / "chest", {"train", "experiments/first.yaml", "train.epochs=1", "--format", "json"});
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  BOOST_TEST(done.json()["status"] == "completed");
  BOOST_TEST(std::filesystem::exists(folder / "chest/results/youden.db"));
}

BOOST_AUTO_TEST_CASE(its_schema_is_the_one_that_schema_prints) {
  const TempFolder folder;
  run(folder.path(), {"init", "."});
  BOOST_TEST(read_text(folder / "configs/experiment.schema.json") == run(folder.path(), {"schema"}).out);
  BOOST_TEST(read_text(folder / "experiments/first.yaml").find("$schema=../configs/experiment.schema.json") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_there_is_not_written_over) {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "p/experiments");
  std::ofstream(folder / "p/experiments/first.yaml") << "mine";
  std::ofstream(folder / "p/README.md") << "mine";
  std::ofstream(folder / "p/data.csv") << "mine";
  const Finished done = run(folder.path(), {"init", "p"});
  BOOST_TEST(done.code == 2);
  for (const char* name : {"p/experiments/first.yaml", "p/README.md"}) BOOST_TEST(done.says((folder / name).string()));
  BOOST_TEST(!done.says("data.csv"), done.err);
  BOOST_TEST(files(folder / "p").size() == 3U);
  std::filesystem::remove_all(folder / "p/experiments");
  std::filesystem::remove(folder / "p/README.md");
  BOOST_TEST(run(folder.path(), {"init", "p"}).code == 0);  // other files do not matter
}

BOOST_AUTO_TEST_CASE(a_component_bears_its_name_throughout) {
  const TempFolder folder;
  const Finished done =
      run(folder.path(), {"init", "own/", "--component", "augmentation", "--name", "rib_shadow", "--format", "json"});
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  BOOST_TEST(done.json()["folder"] == (folder / "own").string());
  BOOST_TEST(done.json()["files"][0] == (folder / "own/rib_shadow.hpp").string());
  const std::string text = read_text(folder / "own/rib_shadow.hpp");
  for (const char* word :
       {"class RibShadow final", "struct RibShadowOptions", "kRibShadow{", "\"rib_shadow\"", "{ type: rib_shadow,"})
    BOOST_TEST(text.find(word) != std::string::npos, word);
  for (const char* word : {"my_augmentation", "MyAugmentation"}) BOOST_TEST(text.find(word) == std::string::npos, word);
  const std::string cmake = read_text(folder / "own/CMakeLists.txt");
  BOOST_TEST(cmake.find("youden_add_runner(own-youden COMPONENTS") != std::string::npos, cmake);
  BOOST_TEST(cmake.find("my-youden") == std::string::npos, cmake);
}

BOOST_AUTO_TEST_CASE(a_second_component_keeps_the_first_and_its_cmake) {
  const TempFolder folder;
  run(folder.path(), {"init", ".", "--component", "loss"});
  std::ofstream(folder / "CMakeLists.txt", std::ios::app) << "# mine\n";
  const std::string cmake = read_text(folder / "CMakeLists.txt");
  BOOST_TEST(run(folder.path(), {"init", ".", "--component", "metric"}).code == 0);
  BOOST_TEST(files(folder.path()) == (std::vector<std::string>{"CMakeLists.txt", "my_loss.hpp", "my_metric.hpp"}),
             boost::test_tools::per_element());
  BOOST_TEST(read_text(folder / "CMakeLists.txt") == cmake);
  const Finished again = run(folder.path(), {"init", ".", "--component", "loss"});
  BOOST_TEST(again.code == 2);
  BOOST_TEST(again.says("my_loss.hpp"), again.err);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_made_is_refused) {
  const TempFolder folder;
  std::ofstream(folder / "file") << "mine";
  struct Row {
    std::vector<std::string> args;
    std::string says;
  };
  for (const Row& row : std::vector<Row>{{{"init"}, "the folder"},
                                         {{"init", "a", "b"}, "unexpected 'b'"},
                                         {{"init", "file"}, "no folder"},
                                         {{"init", "a", "--name", "x"}, "--component"},
                                         {{"init", "a", "--component", "sampler"}, "source"},
                                         {{"init", "a", "--component", "hed"}, "did you mean 'head'"},
                                         {{"init", "a", "--component", "loss", "--name", "My-Loss"}, "my_loss"},
                                         {{"init", "a", "--component", "loss", "--name", "../x"}, "'../x'"},
                                         {{"init", "a", "--component", "backbone", "--name", "vgg16"}, "already"}}) {
    BOOST_TEST_CONTEXT(row.args.back()) {
      const Finished done = run(folder.path(), row.args);
      BOOST_TEST(done.code == 2);
      BOOST_TEST(done.out == "");
      BOOST_TEST(done.says(row.says), done.err);
    }
  }
  BOOST_TEST(files(folder.path()) == std::vector<std::string>{"file"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

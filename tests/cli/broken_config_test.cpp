#include "project.hpp"

#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(broken_config)

namespace {

/// Line 1 to 7; a case replaces one line, or adds an eighth.
const std::vector<std::string> kLines{
    "use: [dataset/phantom, augment/none, backbone/small_cnn, head/global_average, train/default, "
    "split/patient70-15-15]",
    "name: small",
    "seed: 3",
    "dataset: { films: 40, size: 32 }",
    "backbone: { depth: 3, width: 4 }",
    "head: { hidden: 8 }",
    "train: { epochs: 1, batch: 8 }",
};

std::string with_line(std::size_t number, const std::string& text) {
  std::vector<std::string> lines = kLines;
  if (number <= lines.size())
    lines[number - 1] = text;
  else
    lines.push_back(text);
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

/// Refused: exit 2, place and reason on stderr, nothing on stdout, nothing in the database, no other words than ours.
void check_refused(const Project& project, const Finished& done, const std::vector<std::string>& words) {
  BOOST_TEST(done.code == 2, done.code << ": " << done.err);
  BOOST_TEST(done.out == "");
  for (const std::string& word : words) BOOST_TEST(done.says(word), "'" << word << "' is not in: " << done.err);
  for (const char* foreign :
       {"terminate called", "unexpected:", "yaml-cpp", "json.exception", "std::", "c10", "fault of"}) {
    BOOST_TEST(!done.says(foreign), done.err);
  }
  BOOST_TEST(project.runs() == 0);
  std::filesystem::remove_all(project.db().parent_path());
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_unbroken_one_is_accepted) {
  BOOST_TEST(Project(with_line(2, kLines[1])).run({"config", "e.yaml"}).code == 0);
}

BOOST_AUTO_TEST_CASE(every_fault_names_its_place_and_reason) {
  struct Row {
    std::size_t line;
    std::string text;
    std::string place;
    std::string says;
  };
  const std::vector<Row> rows{
      {3, "sed: 3", "e.yaml:3:1", "did you mean 'seed'"},
      {7, "tran: { epochs: 1 }", "e.yaml:7:1", "did you mean 'train'"},
      {7, "train: { epoch: 1 }", "e.yaml:7:10", "did you mean 'epochs'"},
      {7, "train: { epochs: ten }", "e.yaml:7:", "ten"},
      {7, "train: { epochs: 0 }", "e.yaml:7:", "0"},
      {7, "train: { epochs: 1.5 }", "e.yaml:7:", "1.5"},
      {7, "train: { epochs: 99999999999999999999 }", "e.yaml:7:", "epochs"},
      {7, "train: { lr: -1 }", "e.yaml:7:", "lr"},
      {7, "train: { lr: .nan }", "e.yaml:7:", "lr"},
      {7, "train: { batch: 8x }", "e.yaml:7:", "8x"},
      {7, "train: [1, 2]", "e.yaml:7:", "train"},
      {7, "train: { optimizer: sgdd }", "e.yaml:7:", "did you mean 'sgd'"},
      {7, "train: { optimizer: { type: adam, betta1: 0.9 } }", "e.yaml:7:", "did you mean 'beta1'"},
      {7, "train: { drop_last: maybe }", "e.yaml:7:", "maybe"},
      {7, "train: { curves: tset }", "e.yaml:7:", "did you mean 'test'"},
      {7, "train: { epochs: 1, epochs: 2 }", "e.yaml:7:", "epochs"},
      {8, "seed: 4", "e.yaml:8:1", "seed"},
      {5, "backbone: { type: smal_cnn }", "e.yaml:5:", "did you mean 'small_cnn'"},
      {5, "backbone: { dept: 3 }", "e.yaml:5:", "did you mean 'depth'"},
      {5, "backbone: { freeze: block9 }", "block9", "block1"},
      {6, "head: { dropout: 1.5 }", "e.yaml:6:", "1.5"},
      {1, "use: [dataset/phantm]", "e.yaml:1:", "phantm"},
      {1, "use: [nothing/here]", "e.yaml:1:", "nothing/here"},
      {1, "use: [./missing.yaml]", "e.yaml:1:", "missing.yaml"},
      {1, "use: [./e.yaml]", "e.yaml:1:", "e.yaml"},
      {1, "use: [./loop.yaml]", "loop.yaml:1:", "e.yaml"},
      {6, "head: { hidden: 8", "e.yaml:", ""},
      {6, "head:\n\t- 3", "e.yaml:7:", ""},
      {6, "- head", "e.yaml:", ""},
      {8, "normalize: imagnet", "e.yaml:8:", "did you mean 'imagenet'"},
      {8, "threshold: youdn", "e.yaml:8:", "youd"},
      {8, "threshold: 1.5", "e.yaml:8:", "1.5"},
      {8, "unit: film", "e.yaml:8:", "image"},
      {8, "split: { train: 2 }", "e.yaml:8:", "2"},
      {8, "split: { train: 0.7, val: 0.7 }", "split", "not 1"},
      {8, "positive: { a: 1 }", "e.yaml:8:", "positive"},
      {8, "augment: { steps: { degrees: 3 } }", "e.yaml:8:", "steps"},
      {8, "augment: { steps: [ rotte ] }", "e.yaml:8:", "did you mean 'rotate'"},
      {8, "augment: { steps: [ { type: rotate, degres: 3 } ] }", "e.yaml:8:", "did you mean 'degrees'"},
      {8, "metrics: [ sensitivty ]", "e.yaml:8:", "did you mean 'sensitivity'"},
      {8, "replicates: 0", "e.yaml:8:", "0"},
      {8, "tags: { a: '${env:YOUDEN_IS_NOT_SET}' }", "e.yaml:8:", "YOUDEN_IS_NOT_SET"},
      {8, "tags: { a: '${nev:HOME}' }", "e.yaml:8:", "nev"},
      {8, "tags: { a: *nobody }", "e.yaml:8:", "anchor"},
      {8, "tags: { a: \"\xff\xfe\" }", "e.yaml:", "UTF-8"},
      {8, "--- \nname: second", "e.yaml:", ""},
      {8, "augment.steps.rotate.degrees: 10", "e.yaml:8:", "rotate"},
  };
  const Project project;
  project.write("loop.yaml", "use: [./e.yaml]\n");
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      project.write("e.yaml", with_line(row.line, row.text));
      check_refused(project, project.run({"train", "e.yaml"}), {row.place, row.says});
    }
  }
}

BOOST_AUTO_TEST_CASE(an_alias_bomb_is_refused_quickly) {
  std::string bomb = with_line(2, kLines[1]) + "tags:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  const Project project(bomb);
  const Finished done = Program(project.launch({"train", "e.yaml"})).wait(20);
  check_refused(project, done, {"e.yaml:"});
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused) {
  const Project project(with_line(8, "tags: " + std::string(20000, '[') + std::string(20000, ']')));
  check_refused(project, Program(project.launch({"train", "e.yaml"})).wait(20), {"e.yaml:8"});
}

BOOST_AUTO_TEST_CASE(all_faults_come_in_one_pass) {
  const Project project("use: [dataset/phantom]\nsed: 3\nunit: film\ntrain: { epochs: 0 }\nhead: linaer\n");
  check_refused(project, project.run({"train", "e.yaml"}), {"e.yaml:2:1", "e.yaml:3:", "e.yaml:4:", "e.yaml:5:"});
}

BOOST_AUTO_TEST_CASE(what_is_no_experiment_is_refused) {
  const Project project("");
  check_refused(project, project.run({"train", "e.yaml"}), {"e.yaml"});
  check_refused(project, project.run({"train", "nowhere.yaml"}), {"nowhere.yaml"});
  check_refused(project, project.run({"train", "."}), {});
  project.write("e.yaml", std::string("\x89PNG\r\n\x1a\n\0\0\0", 11));
  check_refused(project, project.run({"train", "e.yaml"}), {"e.yaml"});
}

BOOST_AUTO_TEST_CASE(the_command_line_is_checked_as_well) {
  const Project project;
  struct Row {
    std::string word;
    std::string says;
  };
  for (const Row& row : std::vector<Row>{{"train.epochs=1,2", "sweep"},
                                         {"train.epochs", "train.epochs"},
                                         {"=3", "=3"},
                                         {"trian.epochs=1", "did you mean 'train'"},
                                         {"train.epochs=ten", "ten"},
                                         {"train.epochs=[", "train.epochs"},
                                         {"backbone=smal_cnn", "small_cnn"},
                                         {"train.optimizer.type=sgdd", "sgd"},
                                         {"positive=haze", "clear, opacity"},
                                         {"train.schedule=cosin", "cosine"}}) {
    BOOST_TEST_CONTEXT(row.word) check_refused(project, project.run({"train", "e.yaml", row.word}), {row.says});
  }
}

BOOST_AUTO_TEST_CASE(changes_on_the_command_line) {
  const Project project(with_line(6, "head: { type: tutorial, hidden: 8 }"));
  const auto resolved = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"config", "e.yaml", "--format", "json"});
    const Finished done = project.run(words);
    BOOST_TEST_REQUIRE(done.code == 0, done.err);
    return done.json();
  };
  BOOST_TEST(resolved({"train.select.metric=null"}).at("train").at("select").at("metric").is_null());
  BOOST_TEST(resolved({"backbone=mobilenet_v2"}).at("backbone").at("type") == "mobilenet_v2");
  BOOST_TEST(resolved({"head.hidden=16"}).at("head").at("hidden") == 16);
  BOOST_TEST(resolved({"head=head/linear"}).at("head") == Json({{"type", "linear"}, {"standardize", true}}));
  BOOST_TEST(resolved({"train.optimizer=sgd"}).at("train").at("optimizer").at("type") == "sgd");
  BOOST_TEST(resolved({"augment=augment/rotate15", "augment.steps.rotate.degrees=10"})
                 .at("augment")
                 .at("steps")[0]
                 .at("degrees") == 10.0);
  BOOST_TEST(resolved({"positive=clear"}).at("positive") == "clear");
}

BOOST_AUTO_TEST_SUITE_END()

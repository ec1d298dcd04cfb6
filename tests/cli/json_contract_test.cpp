#include "project.hpp"

#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(json_contract)

namespace {

/// Fields that scripts rely on.
void check_run(const Json& j) {
  BOOST_TEST(j.at("run").is_number_integer());
  BOOST_TEST(j.at("name") == "small");
  BOOST_TEST(j.at("status") == "completed");
  BOOST_TEST(j.at("fingerprint").get<std::string>().size() == 32U);
  BOOST_TEST(j.at("seconds").is_number_float());
  BOOST_TEST(j.at("folds") == 1);
  BOOST_TEST(j.at("positive") == "opacity");
  const Json& n = j.at("n");
  BOOST_TEST(n.at("train").get<int>() + n.at("val").get<int>() + n.at("test").get<int>() == 40);
  for (const char* name : {"sensitivity", "specificity", "accuracy", "auc"}) {
    BOOST_TEST_CONTEXT(name) {
      const Json& metric = j.at("metrics").at("test").at(name);
      for (const char* field : {"value", "low", "high"}) BOOST_TEST(metric.at(field).is_number());
      BOOST_TEST(metric.at("low").get<double>() <= metric.at("value").get<double>());
      BOOST_TEST(metric.at("high").get<double>() >= metric.at("value").get<double>());
      BOOST_TEST(!metric.at("method").get<std::string>().empty());
      BOOST_TEST(metric.at("n").is_number_integer());
    }
  }
  const Json& confusion = j.at("confusion");
  BOOST_TEST((confusion.at("labels") == Json{"clear", "opacity"}));
  int total = 0;
  for (const Json& row : confusion.at("matrix")) {
    BOOST_REQUIRE(row.size() == 2U);
    for (const Json& cell : row) total += cell.get<int>();
  }
  BOOST_TEST(total == n.at("test").get<int>());
  for (const char* kind : {"plot", "model"}) {
    const std::filesystem::path path = j.at("artifacts").at(kind).get<std::string>();
    BOOST_TEST(path.is_absolute());
    BOOST_TEST(std::filesystem::exists(path));
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(train_and_show_say_the_same) {
  const Project project;
  const Json trained = project.train({"sampling=by_class"});  // else too few test films for an interval of the AUC
  check_run(trained);
  BOOST_TEST(trained.at("reused") == false);
  const Json shown = project.run({"show", "1", "--format", "json"}).json();
  check_run(shown);
  BOOST_TEST(shown.at("metrics") == trained.at("metrics"));
  BOOST_TEST(shown.at("confusion") == trained.at("confusion"));
}

BOOST_AUTO_TEST_CASE(the_confusion_matrix_has_truth_in_its_rows) {
  const Project& project = trained_project();
  const Json j = project.run({"show", "1", "--format", "json"}).json();
  const Json counted = project.sql(
      "SELECT sum(y = 1 AND decision = 0), sum(y = 0 AND decision = 1) FROM scored WHERE run = 1 AND part = 'test'");
  BOOST_TEST(j.at("confusion").at("matrix")[1][0] == counted[0][0]);
  BOOST_TEST(j.at("confusion").at("matrix")[0][1] == counted[0][1]);
}

BOOST_AUTO_TEST_CASE(list_holds_runs_with_metrics) {
  const Json j = trained_project().run({"list", "--format", "json"}).json();
  BOOST_REQUIRE(j.at("runs").size() == 1U);
  const Json& run = j["runs"][0];
  BOOST_TEST(run.at("run") == 1);
  BOOST_TEST(run.at("name") == "small");
  BOOST_TEST(run.at("status") == "completed");
  BOOST_TEST(run.at("metrics").is_object());
}

BOOST_AUTO_TEST_CASE(list_sorts_and_asks_by_every_metric) {
  const Project& project = trained_project();
  const Json known = project.run({"components", "metric", "--format", "json"}).json().at("components");
  BOOST_TEST(known.size() > 15U);
  for (const Json& metric : known) {
    const auto id = metric.at("name").get<std::string>();
    BOOST_TEST_CONTEXT(id) {
      BOOST_TEST(project.run({"list", "--sort", id}).code == 0);
      BOOST_TEST(project.run({"list", "--sort", id + "_low"}).code == 0);
      const Finished asked = project.run({"list", "--where", id + " >= -1000", "--format", "json"});
      BOOST_TEST(asked.code == 0, asked.err);
      const Json value = project.sql("SELECT max(value) FROM result WHERE run = 1 AND metric = '" + id + "'")[0][0];
      BOOST_TEST(asked.json().at("runs").size() <= (value.is_null() ? 0U : 1U));
    }
  }
}

BOOST_AUTO_TEST_CASE(rerun_verify_says_identical) {
  const Finished done = trained_project().run({"rerun", "1", "--verify", "--format", "json"});
  BOOST_TEST(done.code == 0);
  const Json j = done.json();
  BOOST_TEST(j.at("identical") == true);
  BOOST_TEST(j.at("first_difference").is_null());
}

BOOST_AUTO_TEST_CASE(components_describe_their_options) {
  const Json j = trained_project().run({"components", "head", "tutorial", "--format", "json"}).json();
  BOOST_REQUIRE(j.at("components").size() == 1U);
  const Json& head = j["components"][0];
  BOOST_TEST(head.at("kind") == "head");
  BOOST_TEST(head.at("name") == "tutorial");
  BOOST_TEST(!head.at("fields").empty());
  const Json all = trained_project().run({"components", "--format", "json"}).json();
  BOOST_TEST(all.at("components").size() > 20U);
}

BOOST_AUTO_TEST_CASE(config_is_the_resolved_document) {
  const Json j = trained_project().run({"config", "e.yaml", "train.epochs=7", "--format", "json"}).json();
  BOOST_TEST(j.at("train").at("epochs") == 7);
  BOOST_TEST(j.at("backbone").at("type") == "small_cnn");
  BOOST_TEST(j.at("threshold") == 0.5);
  BOOST_TEST(j.at("replicates") == 1);
}

BOOST_AUTO_TEST_CASE(config_text_is_yaml_that_resolves_to_itself) {
  const Project project;
  const Finished text = project.run({"config", "e.yaml"});
  BOOST_TEST(text.out.find("# e.yaml:5") != std::string::npos);
  BOOST_TEST(text.out.find("# default") != std::string::npos);
  project.write("whole.yaml", text.out);
  BOOST_TEST(project.run({"config", "whole.yaml", "--format", "json"}).json() ==
             project.run({"config", "e.yaml", "--format", "json"}).json());
}

BOOST_AUTO_TEST_CASE(schema_is_one_json_document) {
  const Finished done = trained_project().run({"schema"});
  BOOST_TEST(done.code == 0);
  BOOST_TEST(done.json().at("properties").contains("backbone"));
}

BOOST_AUTO_TEST_CASE(dry_run_writes_nothing) {
  const Project project;
  const Finished done = project.run({"train", "e.yaml", "--dry-run", "--format", "json"});
  BOOST_TEST(done.code == 0);
  const Json j = done.json();
  BOOST_TEST(j.at("parts").at("train").at("n").get<int>() + j.at("parts").at("val").at("n").get<int>() +
                 j.at("parts").at("test").at("n").get<int>() ==
             40);
  BOOST_TEST(!std::filesystem::exists(project.db()));
}

BOOST_AUTO_TEST_CASE(errors_are_one_document_as_well) {
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"train", "missing.yaml"}, {"train", "e.yaml", "sed=3"}, {"show", "99"}, {"lisst"}}) {
    BOOST_TEST_CONTEXT(args[0] << " " << args.back()) {
      std::vector<std::string> words = args;
      words.insert(words.end(), {"--format", "json"});
      const Finished done = trained_project().run(words);
      BOOST_TEST(done.code == 2);
      const Json j = done.json();
      BOOST_TEST(j.at("exit") == 2);
      BOOST_TEST(!j.at("error").get<std::string>().empty());
      BOOST_TEST(done.says(j["error"].get<std::string>().substr(0, 20)));
    }
  }
}

BOOST_AUTO_TEST_CASE(text_ends_in_the_report_and_the_numbers) {
  const Finished done = trained_project().run({"train", "e.yaml"});
  BOOST_TEST(done.code == 0);
  for (const char* line : {"precision    recall  f1-score   support", "confusion matrix", "sensitivity ",
                           "specificity ", "95 % korn-graubard", "see it with: youden show 1"}) {
    BOOST_TEST(done.out.find(line) != std::string::npos, line);
  }
  BOOST_TEST(done.says("already run 1"));
}

BOOST_AUTO_TEST_CASE(text_of_show_has_every_section) {
  const Finished done = trained_project().run({"show", "1"});
  for (const char* line : {"config\n", "data\n", "history", "metrics", "confusion", "environment\n", "artifacts\n"}) {
    BOOST_TEST(done.out.find(line) != std::string::npos, line);
  }
}

BOOST_AUTO_TEST_CASE(csv_has_a_header_and_one_line_a_row) {
  const std::string list = trained_project().run({"list", "--format", "csv"}).out;
  BOOST_TEST(list.starts_with("run,"));
  BOOST_TEST(std::count(list.begin(), list.end(), '\n') == 2);
  const std::string rows = trained_project().run({"db", "query", "SELECT name, seed FROM run", "--format", "csv"}).out;
  BOOST_TEST(rows == "name,seed\nsmall,3\n");
}

BOOST_AUTO_TEST_SUITE_END()

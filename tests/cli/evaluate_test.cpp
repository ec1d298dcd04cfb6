// youden evaluate: a table of scores, two of them, and a run on data from elsewhere.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "project.hpp"
#include "youden/base/philox.hpp"

using youden::test::Finished;
using youden::test::Json;
using youden::test::Project;

namespace {

/// The tutorial's matrix [[5 0] [1 4]]: covid, normal.
std::string tutorial_table() {
  std::string out = "film,label,score,patient\n";
  const std::vector<double> scores{.9, .8, .7, .95, .6, .65, .1, .2, .3, .4};
  for (std::size_t i = 0; i < scores.size(); ++i) {
    out += "f" + std::to_string(i) + (i < 5 ? ",covid," : ",normal,") + std::to_string(scores[i]) + ",p" +
           std::to_string(i) + "\n";
  }
  return out;
}

void near(const Json& value, double expected, double tolerance = 5e-4) {
  BOOST_TEST(std::abs(value.get<double>() - expected) < tolerance);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluate)

BOOST_AUTO_TEST_CASE(the_tutorials_matrix_is_too_small_to_claim) {
  const Project project;
  project.write("t.csv", tutorial_table());
  const Finished text = project.run({"evaluate", "t.csv", "--positive", "covid"});
  BOOST_TEST_REQUIRE(text.code == 0);
  for (const char* words : {"sensitivity            1.0000   0.4782   1.0000", "0.8000   0.2836   0.9949",
                            "5.0000   0.8662   28.8608", "too small to claim"}) {
    BOOST_TEST(text.out.find(words) != std::string::npos, words << " in:\n" << text.out);
  }
  const Json j = project.run({"evaluate", "t.csv", "--positive", "covid", "--format", "json"}).json();
  near(j["metrics"]["sensitivity"]["low"], .478);
  near(j["metrics"]["specificity"]["high"], .995);
  near(j["metrics"]["lr_positive"]["low"], .87, .005);
  near(j["metrics"]["lr_positive"]["high"], 28.9, .05);
  BOOST_TEST(j["metrics"]["sensitivity"]["method"] == "clopper-pearson");
  BOOST_TEST(j["confusion"]["matrix"] == Json({{5, 0}, {1, 4}}));
  BOOST_TEST(j["too_small_to_claim"].size() == 3U);
  BOOST_TEST(j["columns"]["group"] == "patient");
}

BOOST_AUTO_TEST_CASE(a_small_table_is_answered_at_once) {
  const Project project;
  project.write("t.csv", tutorial_table());
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(project.run({"evaluate", "t.csv", "--positive", "covid"}).code == 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  BOOST_TEST_MESSAGE("evaluate took " << took.count() << " s");
}

BOOST_AUTO_TEST_CASE(faults_of_the_table_are_named_by_line) {
  const Project project;
  project.write("t.csv", "y,score\n1,.9\n0,much\n,.2\n");
  const Finished bad = project.run({"evaluate", "t.csv"});
  BOOST_TEST(bad.code == 2);
  BOOST_TEST(bad.says("t.csv:3"));
  BOOST_TEST(bad.says("t.csv:4"));
  project.write("u.csv", tutorial_table());
  BOOST_TEST(project.run({"evaluate", "u.csv"}).says("--positive covid, or --positive normal"));
  BOOST_TEST(project.run({"evaluate", "nothing.csv"}).code == 2);
  BOOST_TEST(project.run({"evaluate", "u.csv", "--positive", "covid", "--auc-interval", "exact"}).code == 2);
}

BOOST_AUTO_TEST_CASE(options_choose_threshold_unit_and_interval) {
  const Project project;
  project.write("t.csv", tutorial_table());
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"evaluate", "t.csv", "--positive", "covid", "--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    return project.run(words).json();
  };
  near(run({"--threshold", "0.69"})["metrics"]["sensitivity"]["value"], .8);
  BOOST_TEST(run({"--auc-interval", "delong"})["metrics"]["auc"]["method"] == "delong");
  BOOST_TEST(run({"--unit", "patient"})["unit"] == "patient");
  BOOST_TEST(run({"--group", "none"})["columns"]["group"].is_null());
}

BOOST_AUTO_TEST_CASE(three_classes_stand_against_the_rest_each) {
  const Project project;
  project.write("t.csv", "label,a,b,c\na,.7,.2,.1\na,.5,.3,.2\nb,.1,.8,.1\nb,.6,.3,.1\nc,.2,.2,.6\nc,.1,.1,.8\n");
  const Json j = project.run({"evaluate", "t.csv", "--format", "json"}).json();
  near(j["metrics"]["accuracy"]["value"], 5.0 / 6);
  near(j["by_class"]["b"]["sensitivity"]["value"], .5);
  BOOST_TEST(j["metrics"]["sensitivity"]["class"] == "macro");
  near(j["metrics"]["sensitivity"]["value"], 2.5 / 3);
}

BOOST_AUTO_TEST_CASE(two_tables_are_compared) {
  const Project project;
  project.write("t.csv", tutorial_table());
  project.write("u.csv",
                "film,label,score\nf5,normal,.9\nf1,covid,.3\nf0,covid,.2\nf2,covid,.7\nf6,normal,.6\nf7,normal,.1\n");
  const Json j =
      project.run({"evaluate", "t.csv", "u.csv", "--positive", "covid", "--id", "film", "--format", "json"}).json();
  BOOST_TEST(j["shared"] == 6);
  BOOST_TEST(j["tests"][0]["test"] == "mcnemar-exact");
  near(j["tests"][0]["p"], .25);  // f0, f1, f6 only the first: 2 / 2³
  BOOST_TEST(j["tests"][1]["test"] == "delong");
  BOOST_TEST(j["metrics"]["auc"].size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_run_scores_data_from_elsewhere_and_keeps_it) {
  const Project project;
  const Json trained = project.train();
  // Other films of the same source: another seed draws others.
  const auto evaluate = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"evaluate",         "1",       "--on",     "phantom",
                                   "dataset.films=12", "seed=99", "--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    return project.run(words);
  };
  const Finished first = evaluate({"--as", "elsewhere"});
  BOOST_TEST_REQUIRE(first.code == 0, first.err);
  const Json j = first.json();
  BOOST_TEST(j["part"] == "external:elsewhere");
  BOOST_TEST(j["reused"] == false);
  BOOST_TEST(j["n"] == 12);
  BOOST_TEST(j["metrics"]["external:elsewhere"].contains("auc"));
  const double threshold = trained["metrics"]["test"]["sensitivity"]["threshold"].get<double>();
  BOOST_TEST(j["metrics"]["external:elsewhere"]["sensitivity"]["threshold"].get<double>() == threshold);
  BOOST_TEST(project.sql("SELECT count(*) FROM prediction WHERE part = 'external:elsewhere'")[0][0] == 24);
  BOOST_TEST(project.sql("SELECT count(*) FROM scoring")[0][0] == 2);

  BOOST_TEST(evaluate({"--as", "elsewhere"}).json()["reused"] == true);
  BOOST_TEST(evaluate({"--as", "elsewhere", "--again"}).json()["reused"] == false);
  const Finished other = evaluate({"--as", "elsewhere", "dataset.films=14"});
  BOOST_TEST(other.code == 2);
  BOOST_TEST(other.says("--as NAME"));

  const Json shown = project.run({"show", "1", "--format", "json"}).json();
  BOOST_TEST(shown["n"]["external:elsewhere"] == 12);
  BOOST_TEST(shown["metrics"]["external:elsewhere"] == j["metrics"]["external:elsewhere"]);
  BOOST_TEST(shown["part"] == trained["part"]);
  BOOST_TEST(project.run({"db", "check"}).code == 0);
}

BOOST_AUTO_TEST_CASE(patients_that_a_run_learnt_from_are_known_without_a_source) {
  const Project project;
  const auto films = project / "films";
  // Two tables of the same 20 people, other films in each.
  youden::base::Stream noise({.seed = 4, .purpose = "films"});
  std::map<std::string, std::string> rows{{"a", "path,label,patient\n"}, {"b", "path,label,patient\n"}};
  std::filesystem::create_directories(films);
  for (auto& [table, text] : rows) {
    for (int i = 0; i < 20; ++i) {
      const std::string name = "films/" + table + std::to_string(i) + ".pgm";
      std::string pixels = "P5 32 32 255\n";
      for (int k = 0; k < 32 * 32; ++k) pixels += static_cast<char>(noise.below(i < 10 ? 120 : 200));
      project.write(name, pixels);
      text += name + (i < 10 ? ",well," : ",sick,") + "p" + std::to_string(i) + "\n";
    }
    project.write(table + ".csv", text);
  }
  const std::vector<std::string> own{"dataset=dataset/manifest", "dataset.file=a.csv", "positive=sick"};
  project.train(own);
  const Finished done = project.run({"evaluate", "1", "--on", "b.csv", "--as", "b"});
  BOOST_TEST(done.code == 0, done.err);
  BOOST_TEST(done.says("the run learnt from other films of"), done.err);
}

BOOST_AUTO_TEST_CASE(what_a_run_was_trained_on_is_refused) {
  const Project project;
  project.train();
  const Finished own = project.run({"evaluate", "1", "--on", "phantom", "dataset.films=40"});
  BOOST_TEST(own.code == 2);
  BOOST_TEST(own.says("training part"));
  const Finished unknown = project.run({"evaluate", "1", "--on", "phantom", "dataset.films=12", "seed=99",
                                        "dataset.labels={flu: [opacity], clear: [clear]}"});
  BOOST_TEST(unknown.code == 2);
  BOOST_TEST(unknown.says("'flu'"));
  BOOST_TEST(project.sql("SELECT count(*) FROM prediction WHERE part LIKE 'external:%'")[0][0] == 0);
  BOOST_TEST(project.run({"evaluate", "1", "--on", "nowhere/"}).code == 2);
}

BOOST_AUTO_TEST_SUITE_END()

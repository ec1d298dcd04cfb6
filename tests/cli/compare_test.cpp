// youden compare, from outside.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

#include "project.hpp"

using youden::test::Finished;
using youden::test::Json;
using youden::test::Project;

BOOST_AUTO_TEST_SUITE(compare)

BOOST_AUTO_TEST_CASE(two_runs_side_by_side) {
  const Project project;
  project.train();
  project.train({"train.epochs=1", "name=short"});
  const Json j = project.run({"compare", "1", "short", "--format", "json"}).json();
  BOOST_TEST(j["runs"] == Json({1, 2}));
  BOOST_TEST(j["part"] == "test");
  BOOST_TEST_REQUIRE(j["differences"].size() == 1U);
  BOOST_TEST(j["differences"][0] == (Json{{"key", "train.epochs"}, {"values", {2, 1}}}));
  BOOST_TEST(j["metrics"]["auc"].size() == 2U);
  for (const char* key : {"test", "metric", "p", "p_holm", "difference", "low", "high"}) {
    BOOST_TEST(j["tests"][0].contains(key), key);
  }
  BOOST_TEST(j["pairs"][0]["shared"] == j["pairs"][0]["samples"][0]);
  BOOST_TEST(j["test_sets"][0]["scored"] == 2);
  BOOST_TEST(j["claim"].is_null());
  for (const Json& f : j["flipped"]) BOOST_TEST(f["scores"].size() == 2U);

  const Finished text = project.run({"compare", "1", "2"});
  BOOST_TEST(text.code == 0);
  for (const char* words : {"train.epochs", "mcnemar-exact", "delong", "two fitted models, not two recipes",
                            "best of 2 scored on this test set"}) {
    BOOST_TEST(text.out.find(words) != std::string::npos, words << " in:\n" << text.out);
  }
  BOOST_TEST(project.run({"compare", "1", "2", "--format", "csv"}).out.starts_with("models,metric,test,difference"));

  const Finished claim = project.run({"compare", "1", "2", "--claim", "auc"});
  BOOST_TEST(claim.code == 3);
  BOOST_TEST(claim.out.find("NOT SUPPORTED") != std::string::npos);
  BOOST_TEST(claim.out.find("FAILED replicates") != std::string::npos);
  const Json failed = project.run({"compare", "1", "2", "--claim", "auc", "--format", "json"}).json();
  BOOST_TEST(failed["claim"]["supported"] == false);
  BOOST_TEST(failed["claim"]["gates"].size() == 6U);

  BOOST_TEST(project.run({"compare", "1", "2", "--plot", "curves.svg"}).code == 0);
  BOOST_TEST(youden::test::read_text(project / "curves.svg").find("</svg>") != std::string::npos);
  BOOST_TEST(project.run({"compare", "1", "2", "--plot", "curves.png"}).code == 0);
  BOOST_TEST(youden::test::read_text(project / "curves.png").starts_with("\x89PNG"));
}

/// Folds that cut through patients: each fold's films of one are a row of their own, in what is stored, shown and
/// tested.
BOOST_AUTO_TEST_CASE(a_run_by_patient_speaks_of_patients_everywhere) {
  const Project project(
      "use: [dataset/phantom, augment/none, backbone/small_cnn, head/global_average, train/default]\n"
      "name: k\nseed: 2\nthreads: 1\nunit: patient\n"
      "dataset: { films: 80, size: 32, films_per_patient: [2, 4] }\n"
      "backbone: { depth: 3, width: 4 }\n"
      "split: { type: kfold, folds: 3, group: null, val: 0.15 }\n"
      "train: { epochs: 2, batch: 8 }\n");
  const Json run = project.train();
  project.train({"train.lr=0.02", "name=k2"});
  const Json j = project.run({"compare", "1", "2", "--all-tests", "--format", "json"}).json();
  const auto units = run["metrics"]["oof"]["accuracy"]["n"].get<int>();
  BOOST_TEST(units < 80);
  int compared = 0;
  for (const Json& t : j["tests"]) {
    const auto metric = t["metric"].get<std::string>();
    if (!j["metrics"].contains(metric) || t["difference"].is_null()) continue;
    BOOST_TEST_CONTEXT(metric) {
      const double stored =
          j["metrics"][metric][0]["value"].get<double>() - j["metrics"][metric][1]["value"].get<double>();
      BOOST_TEST(std::abs(t["difference"].get<double>() - stored) < 1e-9);
      ++compared;
    }
  }
  BOOST_TEST(compared > 5);
  int counted = 0;
  for (const Json& line : run["confusions"]["oof"]["matrix"]) {
    for (const Json& n : line) counted += n.get<int>();
  }
  BOOST_TEST(run["confusions"]["oof"]["unit"] == "patient");
  BOOST_TEST(counted == units);
  const Json& matrix = run["confusions"]["oof"]["matrix"];
  const double right = matrix[0][0].get<double>() + matrix[1][1].get<double>();
  BOOST_TEST(std::abs(right / units - run["metrics"]["oof"]["accuracy"]["value"].get<double>()) < 1e-12);
  BOOST_TEST(project.run({"show", "1"}).out.find("confusion, oof, by patient") != std::string::npos);
  BOOST_TEST(project.run({"report", "1", "-o", "r.html"}).code == 0);
  BOOST_TEST(youden::test::read_text(project / "r.html").find("Out-of-fold, by patient: rows are the truth") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_makes_no_comparison_is_refused) {
  const Project project;
  project.train();
  const auto refused = [&](std::vector<std::string> words, const std::string& says) {
    const Finished done = project.run(std::move(words));
    BOOST_TEST(done.code == 2);
    BOOST_TEST(done.says(says), says << " in: " << done.err);
  };
  refused({"compare", "1"}, "takes two runs");
  refused({"compare", "1", "1"}, "named twice");
  refused({"compare", "1", "9"}, "no run '9'");
  refused({"compare", "1", "1", "--margin", "0.1"}, "--claim");
}

BOOST_AUTO_TEST_SUITE_END()

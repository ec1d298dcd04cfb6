// youden compare, from outside.
#include <boost/test/unit_test.hpp>
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

#include "project.hpp"

#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(report)

namespace {

boost::test_tools::assertion_result has_chart_library(boost::unit_test::test_unit_id) {
  return has("/usr/share/javascript/chart.js/chart.min.js");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_page_and_a_card_are_written, *boost::unit_test::precondition(has_chart_library)) {
  const Project& project = trained_project();
  const Finished done = project.run({"report", "1", "-o", "page.html", "--card", "card.md", "--format", "json"});
  BOOST_TEST(done.code == 0, done.err);
  const Json j = done.json();
  BOOST_TEST(j.at("runs") == Json({1}));
  BOOST_TEST(j.at("report") == (project / "page.html").string());
  const std::string page = read_text(project / "page.html");
  BOOST_TEST(j.at("bytes") == page.size());
  BOOST_TEST(page.starts_with("<!DOCTYPE html>"));
  for (const char* id : {"summary", "roc", "results", "confusion", "flow", "data", "audit", "predictions-part", "card"})
    BOOST_TEST(page.find("id=\"" + std::string(id) + "\"") != std::string::npos, id);
  BOOST_TEST(read_text(project / "card.md").starts_with("# Reporting card: small\n"));
}

BOOST_AUTO_TEST_CASE(the_same_run_gives_the_same_bytes, *boost::unit_test::precondition(has_chart_library)) {
  const Project& project = trained_project();
  for (const char* name : {"a", "b"}) {
    const std::string file = name;
    BOOST_TEST(project.run({"report", "-o", file + ".html"}).code == 0);
    BOOST_TEST(project.run({"report", "@last", "--card", file + "-card.html"}).code == 0);
  }
  BOOST_TEST(read_text(project / "a.html") == read_text(project / "b.html"));
  BOOST_TEST(read_text(project / "a-card.html") == read_text(project / "b-card.html"));
  BOOST_TEST(read_text(project / "a-card.html").find("CLAIM 2024") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_deidentified_run_has_a_page_without_names, *boost::unit_test::precondition(has_chart_library)) {
  const Project& project = trained_project();
  const auto patient = project.sql("SELECT patient FROM sample LIMIT 1")[0][0].get<std::string>();
  BOOST_TEST(project.run({"db", "export", "share.db", "1", "--deidentify"}).code == 0);
  const Finished done = Program({{"report", "1", "--db", "share.db", "-o", "share.html"}, project.path()}).wait();
  BOOST_TEST(done.code == 0, done.err);
  const std::string page = read_text(project / "share.html");
  BOOST_TEST(page.find("\"" + patient + "\"") == std::string::npos);
  BOOST_TEST(page.find(project.path().string()) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_is_written_over_that_the_command_did_not_write) {
  const Project project;
  project.train();
  const std::string before = read_text(project.db());
  const std::string yaml = read_text(project / "e.yaml");
  for (const std::string& target : {project.db().string(), std::string("e.yaml"), std::string("/dev/null")}) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"report", "1", "-o", target},
                                                  {"report", "1", "--card", target},
                                                  {"export", "1", "--to", target}}) {
      const Finished done = project.run(words);
      BOOST_TEST(done.code == 2, words[0] << " " << target);
      BOOST_TEST(done.says("name another file"), done.err);
    }
  }
  BOOST_TEST(read_text(project.db()) == before);
  BOOST_TEST(read_text(project / "e.yaml") == yaml);
  BOOST_TEST(std::filesystem::is_character_file("/dev/null"));
  for (int again = 0; again < 2; ++again) {
    BOOST_TEST(project.run({"export", "1", "--to", "m.safetensors"}).code == 0);
    BOOST_TEST(project.run({"report", "1", "--card", "card.md"}).code == 0);
  }
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_wrong_is_told) {
  struct Row {
    std::vector<std::string> args;
    std::string says;
  };
  for (const Row& row : std::vector<Row>{{{"report", "1"}, "-o report.html"},
                                         {{"report", "99", "-o", "x.html"}, "there is no run '99'"},
                                         {{"report", "1", "1", "-o", "x.html"}, "named twice"},
                                         {{"report", "1", "-o", "configs"}, "is no file name"},
                                         {{"report", "1", "2", "--card", "x.md"}, "one run"}}) {
    BOOST_TEST_CONTEXT(row.says) {
      const Finished done = trained_project().run(row.args);
      BOOST_TEST(done.code == 2);
      BOOST_TEST(done.says(row.says), done.err);
    }
  }
  Launch launch = trained_project().launch({"report", "1", "-o", "x.html"});
  launch.environment["YOUDEN_CHART_JS"] = "/nowhere/chart.min.js";
  const Finished done = Program(launch).wait();
  BOOST_TEST(done.code == 2);
  BOOST_TEST(done.says("libjs-chart.js"));
}

BOOST_AUTO_TEST_SUITE_END()

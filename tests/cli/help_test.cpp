#include "project.hpp"

#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(help)

BOOST_AUTO_TEST_CASE(every_command_shows_an_example) {
  for (const std::string command :
       {"train", "resume", "rerun", "predict", "export", "list", "show", "config", "components", "schema", "db",
        "weights", "init", "data", "report", "tag", "note", "rm", "cache"}) {
    BOOST_TEST_CONTEXT(command) {
      const Finished done = trained_project().run({command, "--help"});
      BOOST_TEST(done.code == 0);
      BOOST_TEST(done.err == "");
      BOOST_TEST(done.out.starts_with("usage: youden " + command));
      BOOST_TEST(done.out.find("\n  youden " + command) != std::string::npos);
      BOOST_TEST(trained_project().run({"help", command}).out == done.out);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_front_page_lists_them) {
  const Finished done = trained_project().run({"--help"});
  BOOST_TEST(done.code == 0);
  for (const char* word : {"train", "resume", "predict", "examples:", "exit codes:"}) {
    BOOST_TEST(done.out.find(word) != std::string::npos, word);
  }
}

BOOST_AUTO_TEST_CASE(what_is_mistyped_is_refused_and_answered) {
  struct Row {
    std::vector<std::string> args;
    std::string says;
  };
  for (const Row& row : std::vector<Row>{{{"trian"}, "did you mean 'train'"},
                                         {{"tra"}, "tra"},  // no abbreviations
                                         {{"list", "--limt", "3"}, "--limt"},
                                         {{"list", "--lim", "3"}, "--lim"},
                                         {{"list", "--limit", "many"}, "many"},
                                         {{"list", "extra"}, "extra"},
                                         {{"train", "e.yaml", "--agian"}, "--agian"},
                                         {{"train", "e.yaml", "--aga"}, "--aga"},
                                         {{"train"}, "experiment"},
                                         {{"resume"}, "run"},
                                         {{"export", "1"}, "--to"},
                                         {{"predict", "1"}, "image"},
                                         {{"show", "1", "--format", "xml"}, "text, json, csv"},
                                         {{"components", "hed"}, "did you mean 'head'"},
                                         {{"components", "head", "tutorail"}, "did you mean 'tutorial'"},
                                         {{"db", "chek"}, "did you mean 'check'"}}) {
    BOOST_TEST_CONTEXT(row.args[0] << " " << row.args.back()) {
      const Finished done = trained_project().run(row.args);
      BOOST_TEST(done.code == 2);
      BOOST_TEST(done.out == "");
      BOOST_TEST(done.says(row.says), done.err);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_words_at_all_is_a_question) {
  const Finished done = Program({{}, trained_project().path()}).wait();
  BOOST_TEST((done.code == 0 || done.code == 2));
  BOOST_TEST((done.out + done.err).find("usage: youden") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

#include "project.hpp"

#include <filesystem>
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
                                         {{"db", "chek"}, "did you mean 'check'"},
                                         {{"list", "--fromat", "csv"}, "did you mean '--format'"},
                                         {{"predict", "1", "x", "--fromat", "csv"}, "did you mean '--format'"},
                                         {{"weights", "--name", "x", "fech", "y"}, "did you mean 'fetch'"}}) {
    BOOST_TEST_CONTEXT(row.args[0] << " " << row.args.back()) {
      const Finished done = trained_project().run(row.args);
      BOOST_TEST(done.code == 2);
      BOOST_TEST(done.out == "");
      BOOST_TEST(done.says(row.says), done.err);
    }
  }
}

BOOST_AUTO_TEST_CASE(help_and_typos_of_the_engines_commands_need_no_engine) {
  const TempFolder folder;
  for (const char* name : {"youden", "components.json"}) {
    std::filesystem::copy(program_path().parent_path() / name, folder / name);
  }
  const auto run = [&](const std::vector<std::string>& args) {
    return Program({.args = args, .folder = folder.path(), .program = folder / "youden"}).wait();
  };
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"train"}, {"sweep"}, {"predict"}, {"weights"}, {"data"}, {"data", "csv"}, {"audit"}}) {
    auto args = words;
    args.emplace_back("--help");
    BOOST_TEST_CONTEXT(words.back()) {
      const Finished alone = run(args);
      BOOST_TEST(alone.code == 0, alone.err);
      BOOST_TEST(alone.out == trained_project().run(args).out);
      args.back() = "--nonsens";
      const Finished typo = run(args);
      BOOST_TEST(typo.code == 2);
      BOOST_TEST(typo.says("'--nonsens'"), typo.err);
    }
  }
  BOOST_TEST(run({"train", "e.yaml", "--agian"}).says("did you mean '--again'"));
  BOOST_TEST(run({"weights", "fech", "vgg16"}).says("no 'weights fech'\n    did you mean 'fetch'"));
  BOOST_TEST(run({"data", "scna"}).says("no 'data scna'\n    did you mean 'scan'"));
  BOOST_TEST(run({"data", "scan"}).says("cannot start the engine"));
  BOOST_TEST(run({"train", "e.yaml", "--again"}).says("cannot start the engine"));  // what is right goes on
}

BOOST_AUTO_TEST_CASE(a_tilde_is_the_home_folder) {
  const Project& project = trained_project();
  const Finished other = Program({{"list", "--db=~/elsewhere.db"}, project.path()}).wait();
  BOOST_TEST(other.says((project.path() / "elsewhere.db").string()), other.err);
  const Json j =
      project.run({"config", "e.yaml", "dataset.type=manifest", "dataset.file=~/films.csv", "--format", "json"}).json();
  BOOST_TEST(j.at("dataset").at("file") == (project.path() / "films.csv").string());
}

BOOST_AUTO_TEST_CASE(so_is_that_of_a_quoted_word) {
  const Project project;
  BOOST_TEST(project.run({"init", "~/far/away"}).code == 0);
  BOOST_TEST(std::filesystem::is_directory(project / "far/away"));
  BOOST_TEST(!std::filesystem::exists(project / "~"));
  project.write("t.csv", "label,score\nill,0.9\nwell,0.1\nill,0.8\n");
  const Finished table = project.run({"evaluate", "~/t.csv", "--positive", "ill"});
  BOOST_TEST(table.code == 0, table.err);
  BOOST_TEST(project.run({"data", "scan", "~/none", "-o", "m.csv"}).says((project / "none").string()));
  project.train();
  BOOST_TEST(project.run({"note", "1", "~/films was moved"}).out.find("~/films was moved") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(output_that_is_lost_has_a_reason) {
  Launch launch = trained_project().launch({"show", "1"});
  launch.output = "/dev/full";
  const Finished done = Program(launch).wait();
  BOOST_TEST(done.code == 1);
  BOOST_TEST(done.err == "error: the output could not be written: No space left on device\n");
}

BOOST_AUTO_TEST_CASE(no_words_at_all_is_a_question) {
  const Finished done = Program({{}, trained_project().path()}).wait();
  BOOST_TEST((done.code == 0 || done.code == 2));
  BOOST_TEST((done.out + done.err).find("usage: youden") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

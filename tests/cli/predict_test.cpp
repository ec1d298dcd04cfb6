#include "image_files.hpp"
#include "project.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(predict)

namespace {

const Project& folder_project() {
  static const Project project(kFolderExperiment);
  static const bool made = [] {
    write_films(project / "films", 12);
    project.train({"threshold=youden"});
    return true;
  }();
  (void)made;
  return project;
}

/// Stored probability of the positive class by absolute path, for the test part.
std::map<std::string, double> stored(const Project& project) {
  std::map<std::string, double> out;
  for (const Json& row : project.sql("SELECT s.path, p.probability FROM prediction p JOIN sample s ON s.dataset = "
                                     "p.dataset AND s.id = p.sample WHERE p.part = 'test' AND p.class = 'haze'")) {
    out[row[0].get<std::string>()] = row[1].get<double>();
  }
  return out;
}

void check_equal_to_stored(const Project& project, const Finished& done) {
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  auto expected = stored(project);
  BOOST_REQUIRE(expected.size() >= 4U);
  const Json j = done.json();
  for (const Json& p : j.at("predictions")) {
    const auto it = expected.find(p.at("path").get<std::string>());
    if (it == expected.end()) continue;
    BOOST_TEST(std::abs(p.at("probability").at("haze").get<double>() - it->second) <= 1e-12);
    expected.erase(it);
  }
  BOOST_TEST(expected.empty());
}

}  // namespace

BOOST_AUTO_TEST_CASE(json_of_one_file) {
  const Project& project = folder_project();
  const std::string image = (project / "films/haze/3.pgm").string();
  const Finished done = project.run({"predict", "1", image, "--format", "json"});
  BOOST_TEST(done.code == 0);
  const Json j = done.json();
  BOOST_TEST(j.at("positive") == "haze");
  BOOST_REQUIRE(j.at("predictions").size() == 1U);
  const Json& p = j["predictions"][0];
  BOOST_TEST(p.at("path") == image);
  const double haze = p.at("probability").at("haze").get<double>();
  BOOST_TEST(std::abs(haze + p.at("probability").at("clear").get<double>() - 1) < 1e-9);
  BOOST_TEST(p.at("decision") == (haze >= j.at("threshold").get<double>() ? "haze" : "clear"));
}

BOOST_AUTO_TEST_CASE(json_prints_absolute_paths) {
  const Project& project = folder_project();
  const Json j = project.run({"predict", "1", "films/haze/3.pgm", "--format", "json"}).json();
  BOOST_TEST(j.at("predictions")[0].at("path") == (project / "films/haze/3.pgm").string());
}

BOOST_AUTO_TEST_CASE(the_threshold_is_the_one_that_the_run_froze) {
  const Project& project = folder_project();
  const Json j = project.run({"predict", "1", (project / "films/haze/3.pgm").string(), "--format", "json"}).json();
  const Json shown = project.run({"show", "1", "--format", "json"}).json();
  BOOST_TEST(j.at("threshold") == shown.at("metrics").at("test").at("sensitivity").at("threshold"));
}

BOOST_AUTO_TEST_CASE(a_folder_scores_as_the_run_did) {
  const Project& project = folder_project();
  check_equal_to_stored(project, project.run({"predict", "1", (project / "films").string(), "--format", "json"}));
}

BOOST_AUTO_TEST_CASE(so_does_the_bundle_of_the_run) {
  const Project& project = folder_project();
  const Json artifacts = project.run({"show", "1", "--format", "json"}).json().at("artifacts");
  check_equal_to_stored(project, project.run({"predict", artifacts.at("model").get<std::string>(),
                                              (project / "films").string(), "--format", "json"}));
}

BOOST_AUTO_TEST_CASE(and_an_exported_bundle_far_from_project_and_database) {
  const Project& project = folder_project();
  const TempFolder elsewhere;
  const std::string file = (elsewhere / "model.safetensors").string();
  const Finished exported = project.run({"export", "1", "--to", file, "--format", "json"});
  BOOST_TEST(exported.code == 0, exported.err);
  BOOST_TEST(exported.json().at("model") == file);
  const Finished done =
      Program({{"predict", file, (project / "films").string(), "--format", "json"}, elsewhere.path()}).wait();
  check_equal_to_stored(project, done);
}

BOOST_AUTO_TEST_CASE(a_frozen_prefix_travels_in_the_exported_bundle) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 12);
  project.train({"backbone.freeze=all", "head.hidden=8"});
  const TempFolder elsewhere;
  const std::string file = (elsewhere / "model.safetensors").string();
  BOOST_TEST(project.run({"export", "1", "--to", file}).code == 0);
  std::filesystem::remove_all(project / "r/runs");
  const Finished done =
      Program({{"predict", file, (project / "films").string(), "--format", "json"}, elsewhere.path()}).wait();
  check_equal_to_stored(project, done);
}

BOOST_AUTO_TEST_CASE(the_models_of_several_folds_are_averaged) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 9);
  project.train({"split={type: kfold, folds: 3}", "train.select.metric=null", "train.select.patience=null"});
  const std::string image = (project / "films/haze/3.pgm").string();
  const auto score = [&](const std::string& model) {
    return project.run({"predict", model, image, "--format", "json"})
        .json()
        .at("predictions")[0]
        .at("probability")
        .at("haze")
        .get<double>();
  };
  double mean = 0;
  const Json models = project.run({"show", "1", "--format", "json"}).json().at("artifacts").at("model");
  BOOST_REQUIRE(models.size() == 3U);
  for (const Json& model : models) mean += score(model.get<std::string>()) / 3;
  BOOST_TEST(std::abs(score("1") - mean) < 1e-12);
  const Finished exported = project.run({"export", "1", "--to", (project / "x.safetensors").string()});
  BOOST_TEST(exported.code == 2);
  BOOST_TEST(exported.says("3 models"));
}

BOOST_AUTO_TEST_CASE(csv_and_text_have_a_line_an_image) {
  const Project& project = folder_project();
  const std::string folder = (project / "films/haze").string();
  const Finished csv = project.run({"predict", "1", folder, "--format", "csv"});
  BOOST_TEST(csv.out.starts_with("path,clear,haze,decision\n"));
  BOOST_TEST(std::count(csv.out.begin(), csv.out.end(), '\n') == 13);
  const Finished text = project.run({"predict", "1", folder});
  BOOST_TEST(std::count(text.out.begin(), text.out.end(), '\n') == 12);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_predicted_is_refused_by_name) {
  const Project& project = folder_project();
  const auto broken = write_bytes(project / "broken/x.png", png(film(true, 1), 40).substr(0, 200));
  const auto other = write_bytes(project / "broken/y.png", "");
  const auto empty = project / "hollow";
  std::filesystem::create_directories(empty);
  struct Row {
    std::vector<std::string> args;
    std::vector<std::string> says;
    int code = 2;
  };
  for (const Row& row : std::vector<Row>{
           {{"predict", "1", broken.string()}, {broken.string(), "truncated"}, 1},
           {{"predict", "1", (project / "broken").string()}, {broken.string(), other.string()}, 1},
           {{"predict", "1", "nowhere.png"}, {"nowhere.png: the image is missing"}, 1},
           {{"predict", "1", empty.string()}, {empty.string()}},
           {{"predict", broken.string(), broken.string()}, {broken.string()}},
           {{"predict", "9", broken.string()}, {"no run '9'"}},
           {{"predict", "missing.safetensors", broken.string()}, {"missing.safetensors"}},
       }) {
    BOOST_TEST_CONTEXT(row.args[1] << " " << row.args[2]) {
      const Finished done = project.run(row.args);
      BOOST_TEST(done.code == row.code);
      BOOST_TEST(done.out == "");
      for (const std::string& word : row.says) BOOST_TEST(done.says(word), done.err);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_others_are_predicted_beside_what_is_absent) {
  const Project& project = folder_project();
  const auto cut = write_bytes(project / "cut.png", png(film(true, 1), 40).substr(0, 200));
  const Finished done = project.run({"predict", "1", "films/haze/3.pgm", "nowhere.png", cut.string()});
  BOOST_TEST(done.code == 1);
  BOOST_TEST(done.out.find("films/haze/3.pgm\n") != std::string::npos, done.out);
  BOOST_TEST(done.says("2 of 3 files cannot be read"), done.err);
  BOOST_TEST(done.says("nowhere.png: the image is missing"), done.err);
  BOOST_TEST(done.says(cut.string()), done.err);
}

BOOST_AUTO_TEST_CASE(whatever_a_folder_calls_an_image_is_predicted_or_named) {
  const Project& project = folder_project();
  write_bytes(project / "odd/good.pgm", pgm(film(true, 5), 40));
  write_bytes(project / "odd/two\nlines\x1b[31m.png", "");
  std::filesystem::create_symlink("/none/such.png", project / "odd/dangling.png");
  std::filesystem::create_symlink("/dev/zero", project / "odd/device.png");
  BOOST_TEST_REQUIRE(::mkfifo((project / "odd/pipe.png").c_str(), 0600) == 0);
  const Finished done = project.run({"predict", "1", "odd"});
  BOOST_TEST(done.code == 1);
  BOOST_TEST(std::count(done.out.begin(), done.out.end(), '\n') == 1);
  BOOST_TEST(done.says("4 of 5 files cannot be read"), done.err);
  for (const char* name : {"dangling.png: ", "device.png: ", "pipe.png: ", "two\\nlines\\x1b[31m.png: "}) {
    BOOST_TEST(done.says(name), name << " is not in: " << done.err);
  }
}

BOOST_AUTO_TEST_CASE(damaged_bundles_are_refused) {
  const Project& project = folder_project();
  const std::string image = (project / "films/haze/3.pgm").string();
  const Json artifacts = project.run({"show", "1", "--format", "json"}).json().at("artifacts");
  const std::string good = read_text(artifacts.at("model").get<std::string>());
  std::string odd = good;
  odd.replace(odd.find("\"shape\":["), 9, "\"shape\":[9");
  for (const auto& [name, bytes] : std::map<std::string, std::string>{{"short", good.substr(0, good.size() / 2)},
                                                                      {"empty", ""},
                                                                      {"text", "this is no model"},
                                                                      {"length", std::string(8, '\xFF') + good},
                                                                      {"shape", odd}}) {
    BOOST_TEST_CONTEXT(name) {
      const auto file = write_bytes(project / (name + ".safetensors"), bytes);
      const Finished done = project.run({"predict", file.string(), image});
      BOOST_TEST(done.code == 2, done.code << ": " << done.err);
      BOOST_TEST(done.says(file.string()), done.err);
      for (const char* foreign : {"terminate", "c10", "unexpected:", "json.exception"}) {
        BOOST_TEST(!done.says(foreign), done.err);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

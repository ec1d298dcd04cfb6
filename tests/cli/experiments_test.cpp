#include "image_files.hpp"
#include "project.hpp"

#include <set>
#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(experiments)

namespace {

/// What makes each experiment of the source tree small; a new one has to be added here, or the last case fails.
struct Small {
  std::string name;
  std::vector<std::string> changes;
  std::string needs = {};  ///< a folder without which it cannot run
};

const std::vector<Small>& all() {
  static const std::vector<Small> kAll{
      {"quickstart.yaml", {"dataset.films=40", "dataset.size=32"}},
      {"quickstart-transfer.yaml", {"dataset.films=40", "dataset.size=32", "backbone.weights=null"}},
      {"covid19.yaml", {"dataset.root=FILMS", "dataset.size=128", "backbone.weights=null"}},
      {"covid19-sound.yaml", {"dataset.file=MANIFEST", "dataset.size=64", "backbone.weights=null"}},
      {"covid19-densenet.yaml", {"dataset.file=MANIFEST", "dataset.size=64", "backbone.weights=null", "split.folds=2"}},
      {"covid19-finetune.yaml",
       {"dataset.file=MANIFEST", "dataset.size=64", "backbone.weights=null", "train.phases.0.epochs=1",
        "train.phases.1.epochs=1"}},
      {"covid19-sweep.yaml", {"dataset.file=MANIFEST", "dataset.size=64", "backbone.weights=null", "split.folds=2"}},
      {"fashion-mnist.yaml",
       {"classes=[t-shirt,shirt]", "positive=shirt", "backbone.width=4"},
       "/usr/share/datasets/fashion-mnist"},
  };
  return kAll;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_runs_for_one_epoch) {
  const Project project;
  std::string manifest = "path,label,patient\n";
  for (int i = 0; i < 14; ++i) {
    for (const std::string label : {"covid", "normal"}) {
      const std::string name = label + "/" + std::to_string(i) + ".png";
      const int number = i + (label == "covid" ? 1000 : 0);
      write_bytes(project / "films" / name, png(film(label == "covid", number, 64), 64));
      manifest += "films/" + name + "," + label + ",p" + std::to_string(number) + "\n";
    }
  }
  write_bytes(project / "manifest.csv", manifest);
  for (const Small& experiment : all()) {
    BOOST_TEST_CONTEXT(experiment.name) {
      if (!experiment.needs.empty() && !std::filesystem::exists(experiment.needs)) {
        BOOST_TEST_MESSAGE(experiment.name << " skipped: " << experiment.needs << " is absent");
        continue;
      }
      std::vector<std::string> args{"train",
                                    (std::filesystem::path(kSourceDir) / "experiments" / experiment.name).string(),
                                    "--format", "json", "train.epochs=1"};
      for (std::string change : experiment.changes) {
        if (const auto at = change.find("FILMS"); at != std::string::npos)
          change.replace(at, 5, (project / "films").string());
        if (const auto at = change.find("MANIFEST"); at != std::string::npos)
          change.replace(at, 8, (project / "manifest.csv").string());
        args.push_back(change);
      }
      const Finished done = project.run(args);
      BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
      const Json j = done.json();
      BOOST_TEST(j.at("status") == "completed");
      const std::string part = j.at("metrics").contains("test") ? "test" : "oof";
      BOOST_TEST(j.at("metrics").at(part).at("sensitivity").at("value").is_number());
      BOOST_TEST(j.at("n").at(part).get<int>() > 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_opens_with_the_command_that_runs_it) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(kSourceDir) / "experiments")) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string name = entry.path().filename().string();
    names.insert(name);
    const std::string text = read_text(entry.path());
    BOOST_TEST(text.starts_with("# youden "), name);
    BOOST_TEST(text.substr(0, text.find('\n')).find("experiments/" + name) != std::string::npos, name);
    BOOST_TEST(text.find("# yaml-language-server: $schema=") != std::string::npos, name);
    BOOST_TEST(trained_project().run({"config", entry.path().string()}).code == 0, name);
  }
  std::set<std::string> known;
  for (const Small& experiment : all()) known.insert(experiment.name);
  BOOST_TEST(names == known, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_documents_resolve_to_what_their_names_say) {
  const auto resolved = [](const std::string& name) {
    return trained_project()
        .run({"config", (std::filesystem::path(kSourceDir) / "experiments" / name).string(), "--format", "json"})
        .json();
  };
  const Json tutorial = resolved("covid19.yaml");
  BOOST_TEST(tutorial.at("positive") == "covid");
  BOOST_TEST(tutorial.at("backbone").at("type") == "vgg16");
  BOOST_TEST(tutorial.at("train").at("epochs") == 25);
  BOOST_TEST(tutorial.at("train").at("batch") == 8);
  BOOST_TEST(tutorial.at("train").at("drop_last") == true);
  BOOST_TEST(tutorial.at("train").at("optimizer").at("eps") == 1e-7);
  BOOST_TEST(tutorial.at("split").at("test") == 0.2);
  BOOST_TEST(tutorial.at("normalize") == "none");
  const Json sound = resolved("covid19-sound.yaml");
  BOOST_TEST(sound.at("split").at("group") == "patient");
  BOOST_TEST(sound.at("train").at("curves") == "val");
}

BOOST_AUTO_TEST_SUITE_END()

#include "image_files.hpp"
#include "project.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(image_kinds)

namespace {

/// One trained model on films of every kind, shared by the cases.
const Project& project_of_kinds() {
  static const Project project(kFolderExperiment);
  static const bool made = [] {
    for (int i = 0; i < 10; ++i) {
      const std::string name = std::to_string(i);
      for (const bool haze : {false, true}) {
        const auto folder = project / "films" / (haze ? "haze" : "clear");
        const auto pixels = film(haze, i + (haze ? 1000 : 0));
        switch (i % 5) {
          case 0: write_bytes(folder / (name + ".png"), png(pixels, 40, 16)); break;
          case 1: write_bytes(folder / (name + ".png"), png(pixels, 40, 8, Png::rgba)); break;
          case 2: write_bytes(folder / (name + ".png"), png(pixels, 40, 8, Png::palette)); break;
          case 3: write_bytes(folder / (name + ".png"), png(pixels, 40, 8, Png::gray_alpha)); break;
          default: write_bytes(folder / (name + ".pgm"), pgm(pixels, 40, 16)); break;
        }
      }
    }
    project.train();
    return true;
  }();
  (void)made;
  return project;
}

double score_of(const Project& project, const std::filesystem::path& image) {
  const Finished done = project.run({"predict", "1", image.string(), "--format", "json"});
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  return done.json().at("predictions")[0].at("probability").at("haze").get<double>();
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_kind_trains) {
  const Json n = project_of_kinds().run({"show", "1", "--format", "json"}).json().at("n");
  BOOST_TEST(n.at("train").get<int>() + n.at("val").get<int>() + n.at("test").get<int>() == 20);
}

BOOST_AUTO_TEST_CASE(the_same_picture_scores_the_same_in_every_kind) {
  const Project& project = project_of_kinds();
  const auto pixels = film(true, 4242);
  const std::vector<std::pair<std::string, std::string>> kinds{{"gray8.png", png(pixels, 40)},
                                                               {"rgb8.png", png(pixels, 40, 8, Png::rgb)},
                                                               {"rgba8.png", png(pixels, 40, 8, Png::rgba)},
                                                               {"palette.png", png(pixels, 40, 8, Png::palette)},
                                                               {"gray-alpha.png", png(pixels, 40, 8, Png::gray_alpha)},
                                                               {"gray8.pgm", pgm(pixels, 40)},
                                                               {"gray16.png", png(pixels, 40, 16)},
                                                               {"rgb16.png", png(pixels, 40, 16, Png::rgb)},
                                                               {"gray16.pgm", pgm(pixels, 40, 16)}};
  for (const auto& [name, bytes] : kinds) write_bytes(project / "kinds" / name, bytes);
  const double expected = score_of(project, project / "kinds/gray8.png");
  BOOST_TEST(expected != score_of(project, write_bytes(project / "kinds/other.png", png(film(false, 7), 40))));
  for (const auto& [name, bytes] : kinds) {
    // 16 bit keeps finer steps when it is resized: half a level of 255 each pixel
    const double tolerance = name.find("16") == std::string::npos ? 0 : 2e-2;
    BOOST_TEST(std::abs(score_of(project, project / "kinds" / name) - expected) <= tolerance, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

#pragma once
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/base/philox.hpp"
#include "youden/config/compose.hpp"
#include "youden/registry/registry.hpp"

namespace youden::test {

/// A project folder for one case, and the documents resolved in it with every real component.
class RunProject {
 public:
  RunProject() { std::filesystem::create_directory(root() / "configs"); }

  [[nodiscard]] std::filesystem::path root() const { return std::filesystem::canonical(folder_.path()); }
  [[nodiscard]] std::filesystem::path db() const { return root() / "results" / "youden.db"; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    const auto path = root() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  /// A film of noise, the same for the same name.
  void film(const std::string& name, const std::string& drawn_from = {}) const {
    cv::Mat image(24, 20, CV_8UC1);
    base::Stream s({.seed = 1, .purpose = "film", .item = drawn_from.empty() ? name : drawn_from});
    for (int y = 0; y < 24; ++y) {
      for (int x = 0; x < 20; ++x) image.at<unsigned char>(y, x) = static_cast<unsigned char>(s.below(256));
    }
    std::filesystem::create_directories((root() / name).parent_path());
    cv::imwrite((root() / name).string(), image);
  }
  [[nodiscard]] config::Resolved resolve(const std::string& yaml,
                                         const std::vector<std::string>& overrides = {}) const {
    return config::Composer(registry::catalog()).compose_file(write("exp.yaml", yaml), overrides);
  }

 private:
  TempFolder folder_;
};

/// 24 drawn films of 32 pixels, everything small; 12 train, 6 val, 6 test, give or take a patient.
inline const std::string kTiny = R"(
name: tiny
seed: 5
positive: opacity
dataset: { type: phantom, films: 24, size: 32, films_per_patient: [1, 2] }
split: { type: holdout, train: 0.5, val: 0.25, test: 0.25 }
augment: { views: fresh, steps: [ { type: rotate, degrees: 10 } ] }
backbone: { type: small_cnn, width: 4, depth: 2, freeze: all }
head: { type: tutorial, pool: 1, hidden: 6, dropout: 0.5 }
train: { epochs: 3, batch: 4, lr: 0.01 }
)";

inline auto says(std::vector<std::string> words) {
  return [words = std::move(words)](const std::exception& e) {
    for (const std::string& word : words) {
      if (std::string(e.what()).find(word) == std::string::npos) {
        BOOST_TEST_MESSAGE("'" << word << "' is missing in: " << e.what());
        return false;
      }
    }
    return true;
  };
}

/// The build's hash of all headers, which a case may pretend to be another one.
inline std::string g_library = "headers";

}  // namespace youden::test

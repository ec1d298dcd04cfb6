#include "image_files.hpp"
#include "project.hpp"

#include <string>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(weights)

namespace {

constexpr const char* kWithWeights =
    "use: [dataset/phantom, augment/none, head/global_average, train/default, split/patient70-15-15]\n"
    "dataset: { films: 24, size: 32 }\n"
    "backbone: { type: small_cnn, depth: 3, width: 4, freeze: all, weights: mine.safetensors }\n"
    "train: { epochs: 1 }\n";

void check_refused(const Project& project, const Finished& done, const std::vector<std::string>& words) {
  BOOST_TEST(done.code == 2, done.code << ": " << done.err);
  BOOST_TEST(done.out == "");
  for (const std::string& word : words) BOOST_TEST(done.says(word), "'" << word << "' is not in: " << done.err);
  for (const char* foreign : {"terminate", "fault of Youden", "c10", "std::"})
    BOOST_TEST(!done.says(foreign), done.err);
  BOOST_TEST(project.runs() == 0);
}

/// A .safetensors file of one tensor of zeros.
std::string one_tensor(const std::string& name, const std::string& shape, std::size_t elements) {
  std::string header = "{\"" + name + "\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0," +
                       std::to_string(4 * elements) + "]}}";
  std::string length;
  for (int i = 0; i < 8; ++i) length += static_cast<char>(header.size() >> (8 * i) & 0xFFU);
  return length + header + std::string(4 * elements, '\0');
}

}  // namespace

BOOST_AUTO_TEST_CASE(missing_weights_name_the_places_and_the_remedy) {
  const Project project(kWithWeights);
  Launch launch = project.launch({"train", "e.yaml"});
  launch.environment["YOUDEN_WEIGHTS"] = (project / "w").string();
  check_refused(project, Program(launch).wait(),
                {"mine.safetensors", (project / "w/mine.safetensors").string(), (project / ".cache/youden").string(),
                 "backbone.weights=null"});
}

BOOST_AUTO_TEST_CASE(weights_of_another_network_are_refused) {
  const Project project(kWithWeights);
  Launch launch = project.launch({"train", "e.yaml"});
  launch.environment["YOUDEN_WEIGHTS"] = (project / "w").string();
  const auto file = project / "w/mine.safetensors";
  write_bytes(file, one_tensor("block1.conv.weight", "[4,3,3,3]", 108));
  check_refused(project, Program(launch).wait(), {file.string(), "block1.conv.weight"});
  write_bytes(file, one_tensor("layer.weight", "[2,2]", 4));
  check_refused(project, Program(launch).wait(), {file.string()});
}

BOOST_AUTO_TEST_CASE(files_that_hold_no_weights_are_refused) {
  const Project project(kWithWeights);
  Launch launch = project.launch({"train", "e.yaml"});
  launch.environment["YOUDEN_WEIGHTS"] = (project / "w").string();
  const auto file = project / "w/mine.safetensors";
  for (const std::string& bytes : {std::string(), std::string("no weights"), std::string(16, '\xFF'),
                                   one_tensor("a", "[1000000000,1000000000]", 4), one_tensor("a", "[-1]", 1)}) {
    write_bytes(file, bytes);
    check_refused(project, Program(launch).wait(), {file.string()});
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "youden/weights/inventory.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "environment.hpp"
#include "shared.hpp"
#include "youden/weights/shelf.hpp"

using namespace youden;
using test::TempFolder;
using test::Variable;
using weights::NamedTensor;

namespace {

const std::filesystem::path kSmall = std::filesystem::path(kSourceDir) / "tests/golden/weights/small.safetensors";

}  // namespace

BOOST_AUTO_TEST_SUITE(inventory)

BOOST_AUTO_TEST_CASE(a_network_is_known_by_tensors_that_only_it_has) {
  std::vector<NamedTensor> vgg;
  for (int i = 0; i < 13; ++i) {  // numbered as in VGG-16 does not matter, how many do
    vgg.push_back({.name = "features." + std::to_string(3 * i) + ".weight", .shape = {64, i == 0 ? 3 : 64, 3, 3}});
  }
  BOOST_TEST(weights::network_of(vgg) == "vgg16");
  vgg.push_back({.name = "features.1.running_mean", .shape = {64}});
  BOOST_TEST(weights::network_of(vgg) == "vgg16_bn");
  vgg.pop_back();
  vgg.pop_back();
  BOOST_TEST(weights::network_of(vgg) == "");
  BOOST_TEST(weights::network_of({}) == "");
  BOOST_TEST(weights::network_of({{.name = "features.conv0.weight", .shape = {64, 3, 7, 7}},
                                  {.name = "features.norm5.weight", .shape = {1024}}}) == "densenet121");
}

BOOST_AUTO_TEST_CASE(real_files_are_recognised, *boost::unit_test::precondition(test::has_shared_weights)) {
  for (const std::string name : {"squeezenet1_1", "mobilenet_v2"}) {
    const auto file = weights::inspect(test::shared_weights() / (name + "_imagenet.safetensors"));
    BOOST_TEST(file.network == name);
    BOOST_TEST(file.tensors == (name == "mobilenet_v2" ? 314U : 52U));
  }
}

BOOST_AUTO_TEST_CASE(the_inventory_lists_weight_files_and_what_is_wrong_with_them) {
  const TempFolder folder;
  const Variable own("YOUDEN_WEIGHTS", folder / "own");
  const Variable cache("XDG_CACHE_HOME", folder / "cache");
  std::filesystem::create_directories(folder / "own/folder.pth");
  std::filesystem::create_directories(folder / "cache/youden/weights");
  std::filesystem::copy_file(kSmall, folder / "cache/youden/weights/a.bin");
  std::ofstream(folder / "own/b.pth") << "no weights";
  std::ofstream(folder / "own/notes.txt") << "no weights";
  const auto files = weights::inventory();
  BOOST_REQUIRE(files.size() == 2U);
  BOOST_TEST(files[0].path == folder / "own/b.pth");
  BOOST_TEST(files[0].fault != "");
  BOOST_TEST(files[1].path == folder / "cache/youden/weights/a.bin");
  BOOST_TEST(files[1].fault == "");
  BOOST_TEST(files[1].bytes == 479U);
  BOOST_TEST(files[1].sha256 == "47aea843e7fc04c10a97cf1d440813fc5a667303cc9aa041233f443351150c62");  // by sha256sum
}

BOOST_AUTO_TEST_CASE(a_file_is_copied_whole_or_not_at_all) {
  const TempFolder folder;
  weights::copy_to_shelf(kSmall, folder / "w/net.safetensors");
  BOOST_TEST(weights::already_there(folder / "w/net.safetensors", {.sha256 = "47aea843"}));
  BOOST_CHECK_THROW(weights::already_there(folder / "w/net.safetensors", {.sha256 = "47aea844"}), base::ConfigError);
  std::ofstream(folder / "bad.pth") << "no weights";
  BOOST_CHECK_THROW(weights::copy_to_shelf(folder / "bad.pth", folder / "w/bad.pth"), base::WeightsError);
  BOOST_TEST(!std::filesystem::exists(folder / "w/bad.pth"));
}

BOOST_AUTO_TEST_SUITE_END()

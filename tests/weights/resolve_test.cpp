#include "youden/weights/resolve.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "environment.hpp"
#include "shared.hpp"

using namespace youden;
using youden::test::Variable;
using youden::weights::find_weights;

namespace {

void touch(const std::filesystem::path& path) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resolve)

BOOST_AUTO_TEST_CASE(a_path_then_the_weights_folder_then_the_cache) {
  const test::TempFolder folder;
  const Variable own("YOUDEN_WEIGHTS", folder / "own");
  const Variable cache("XDG_CACHE_HOME", folder / "cache");
  touch(folder / "cache/youden/weights/net.safetensors");
  BOOST_TEST(find_weights("net") == folder / "cache/youden/weights/net.safetensors");
  touch(folder / "own/net.safetensors");
  BOOST_TEST(find_weights("net") == folder / "own/net.safetensors");
  BOOST_TEST(find_weights("net.safetensors") == folder / "own/net.safetensors");
  touch(folder / "else/net");
  BOOST_TEST(find_weights(folder / "else/net") == folder / "else/net");
}

BOOST_AUTO_TEST_CASE(without_xdg_the_cache_is_under_home) {
  const test::TempFolder folder;
  const Variable cache("XDG_CACHE_HOME", "");
  const Variable home("HOME", folder.path());
  touch(folder / ".cache/youden/weights/net.safetensors");
  BOOST_TEST(find_weights("net") == folder / ".cache/youden/weights/net.safetensors");
}

BOOST_AUTO_TEST_CASE(what_is_absent_is_reported_with_every_place_and_the_remedy) {
  const test::TempFolder folder;
  const Variable own("YOUDEN_WEIGHTS", folder / "own");
  const Variable cache("XDG_CACHE_HOME", folder / "cache");
  std::filesystem::create_directories(folder / "own/net");  // a folder is not a weight file
  try {
    find_weights("net");
    BOOST_FAIL("found");
  } catch (const base::WeightsError& error) {
    const std::string text = error.what();
    BOOST_TEST(error.exit_code() == 2);
    for (const std::string& part :
         {std::string("'net'"), (folder / "own/net").string() + "\n",
          (folder / "cache/youden/weights/net").string() + "\n", std::string("with .safetensors, .pth, .pt, .h5, .bin"),
          std::string("youden weights add FILE"), std::string("backbone.weights=null")}) {
      BOOST_TEST(text.find(part) != std::string::npos, part << " is not in: " << text);
    }
  }
  BOOST_CHECK_THROW(find_weights(""), base::WeightsError);
}

BOOST_AUTO_TEST_CASE(a_name_without_a_suffix_is_tried_with_each) {
  const test::TempFolder folder;
  const Variable own("YOUDEN_WEIGHTS", folder.path());
  for (const std::string suffix : {".bin", ".h5", ".pt", ".pth", ".safetensors"}) {  // the later the better
    touch(folder / ("net" + suffix));
    BOOST_TEST(find_weights("net") == folder / ("net" + suffix));
  }
  touch(folder / "net.v2.pth");
  BOOST_TEST(find_weights("net.v2") == folder / "net.v2.pth");
  BOOST_CHECK_THROW(find_weights("net.v2.h5"), base::WeightsError);
}

BOOST_AUTO_TEST_CASE(the_name_of_published_weights_finds_what_fetch_stores) {
  const test::TempFolder folder;
  const Variable own("YOUDEN_WEIGHTS", folder.path());
  touch(folder / "vgg16-397923af.pth");
  for (const char* name : {"vgg16", "VGG16-ImageNet", "vgg16_imagenet.safetensors", "vgg16-397923af"}) {
    BOOST_TEST(find_weights(name) == folder / "vgg16-397923af.pth");
  }
  touch(folder / "vgg16_imagenet.safetensors");
  BOOST_TEST(find_weights("vgg16_imagenet.safetensors") == folder / "vgg16_imagenet.safetensors");
  BOOST_CHECK_THROW(find_weights("else/vgg16"), base::WeightsError);
  BOOST_CHECK_THROW(find_weights("vgg16_keras"), base::WeightsError);
}

BOOST_AUTO_TEST_CASE(the_remedy_is_the_command_that_gets_them) {
  const test::TempFolder folder;
  const Variable own("YOUDEN_WEIGHTS", folder.path());
  const Variable cache("XDG_CACHE_HOME", folder.path());
  const auto says = [](const std::string& name, const std::string& words) {
    BOOST_CHECK_EXCEPTION(find_weights(name), base::WeightsError, [&](const base::WeightsError& e) {
      BOOST_TEST_MESSAGE(e.what());
      return std::string(e.what()).find(words) != std::string::npos;
    });
  };
  says("densenet121-a639ec97.pth", "youden weights fetch densenet121 gets it");
  says("efficientnet_lite0_imagenet.pth", "youden weights fetch efficientnet_lite0 gets it");
  says("sqeezenet1_1.pth", "did you mean 'squeezenet1_1'?");
}

BOOST_AUTO_TEST_SUITE_END()

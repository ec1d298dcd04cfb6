#include "youden/weights/resolve.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "shared.hpp"

using namespace youden;
using youden::weights::find_weights;

namespace {

/// An environment variable for the length of a test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

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
         {std::string("'net'"), (folder / "own/net").string() + "\n", (folder / "own/net.safetensors").string(),
          (folder / "cache/youden/weights/net.safetensors").string(), std::string("backbone.weights=null")}) {
      BOOST_TEST(text.find(part) != std::string::npos, part << " is not in: " << text);
    }
  }
  BOOST_CHECK_THROW(find_weights(""), base::WeightsError);
}

BOOST_AUTO_TEST_SUITE_END()

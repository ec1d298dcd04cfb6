#include "youden/base/beneath.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "shared.hpp"

using youden::base::open_beneath;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(beneath)

BOOST_AUTO_TEST_CASE(only_plain_files_below_the_folder_are_opened) {
  const youden::test::TempFolder folder;
  fs::create_directories(folder / "root/a");
  std::ofstream(folder / "secret") << "s";
  std::ofstream(folder / "root/a/file") << "f";
  fs::create_symlink(folder / "secret", folder / "root/a/link");
  fs::create_directory_symlink(folder / "root/a", folder / "root/b");
  BOOST_REQUIRE(::mkfifo((folder / "root/a/pipe").c_str(), 0600) == 0);
  const auto opens = [&](const fs::path& rest) {
    const int fd = open_beneath(folder / "root", rest);
    if (fd >= 0) ::close(fd);
    return fd >= 0;
  };
  BOOST_TEST(opens("a/file"));
  BOOST_TEST(opens("a/./file"));
  for (const char* rest : {"a/link", "b/file", "a/pipe", "a", "../secret", "a/../../secret", "/etc/passwd", "none"}) {
    BOOST_TEST(!opens(rest), rest);
  }
}

BOOST_AUTO_TEST_SUITE_END()

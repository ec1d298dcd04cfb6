#include "youden/base/atomic_file.hpp"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "shared.hpp"

using youden::base::AtomicFile;
using youden::base::StoreError;
using youden::base::write_atomically;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}
auto says(std::string word) {
  return [word](const StoreError& e) {
    BOOST_TEST_MESSAGE(e.what());
    return std::string(e.what()).find(word) != std::string::npos;
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(atomic_file)

BOOST_AUTO_TEST_CASE(appears_whole_with_its_folders) {
  const youden::test::TempFolder folder;
  const fs::path path = folder.path() / "a" / "b" / "x.txt";
  write_atomically(path, "first");
  write_atomically(path, "second");
  BOOST_TEST(content(path) == "second");
  BOOST_TEST(files_in(path.parent_path()) == 1U);
}

BOOST_AUTO_TEST_CASE(without_commit_the_old_file_stays_and_nothing_is_left) {
  const youden::test::TempFolder folder;
  write_atomically(folder / "x", "old");
  {
    AtomicFile file(folder / "x");
    file.write("new and never committed");
    BOOST_TEST(content(folder / "x") == "old");
    BOOST_TEST(files_in(folder.path()) == 2U);  // the partial one lies beside
  }
  BOOST_TEST(content(folder / "x") == "old");
  BOOST_TEST(files_in(folder.path()) == 1U);
}

BOOST_AUTO_TEST_CASE(two_threads_may_write_the_same_place) {
  const youden::test::TempFolder folder;
  const std::string a(300'000, 'a');
  const std::string b(300'000, 'b');
  {
    std::vector<std::jthread> writers;
    for (const std::string* text : {&a, &b}) {
      writers.emplace_back([&folder, text] {
        for (int i = 0; i < 10; ++i) write_atomically(folder / "x", *text);
      });
    }
  }
  const std::string left = content(folder / "x");
  BOOST_TEST((left == a || left == b));
  BOOST_TEST(files_in(folder.path()) == 1U);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_named) {
  const youden::test::TempFolder folder;
  write_atomically(folder / "file", "x");
  const fs::path below_a_file = folder.path() / "file" / "y";
  BOOST_CHECK_EXCEPTION(write_atomically(below_a_file, "y"), StoreError, says(below_a_file.string()));
  fs::create_directory(folder / "taken");
  BOOST_CHECK_EXCEPTION(write_atomically(folder / "taken", "y"), StoreError, says("cannot rename into place"));
  BOOST_TEST(files_in(folder.path()) == 2U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_called_that) {
  const youden::test::TempFolder folder;
  // Whatever number the next partial file carries, it lands on the device that is always full.
  const std::string stem = (folder / "x").string() + "." + std::to_string(::getpid()) + "-";
  for (int i = 0; i < 200; ++i) fs::create_symlink("/dev/full", stem + std::to_string(i) + ".partial");
  BOOST_CHECK_EXCEPTION(write_atomically(folder / "x", "y"), StoreError, says("free some space"));
  BOOST_TEST(!fs::exists(folder / "x"));
  BOOST_TEST(files_in(folder.path()) == 199U);
}

BOOST_AUTO_TEST_CASE(a_write_that_the_system_refuses_leaves_nothing) {
  const youden::test::TempFolder folder;
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  BOOST_CHECK_EXCEPTION(write_atomically(folder / "x", std::string(5000, 'x')), StoreError, says("cannot write"));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  BOOST_TEST(files_in(folder.path()) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

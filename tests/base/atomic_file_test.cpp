#include "youden/base/atomic_file.hpp"

#include <sys/resource.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <set>
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

BOOST_AUTO_TEST_CASE(nobody_can_lead_it_elsewhere) {
  const youden::test::TempFolder folder;
  std::ofstream(folder / "precious") << "mine";
  fs::create_symlink(folder / "precious", folder / "x");  // the target itself: replaced, not followed
  write_atomically(folder / "x", "y");
  BOOST_TEST(content(folder / "precious") == "mine");
  BOOST_TEST(fs::is_regular_file(fs::symlink_status(folder / "x")));
  std::set<std::string> names;
  for (int i = 0; i < 50; ++i) names.insert(youden::base::PartialName::make("x"));
  BOOST_TEST(names.size() == 50U);
}

BOOST_AUTO_TEST_CASE(what_only_its_owner_may_read_is_that_from_the_first_byte) {
  const youden::test::TempFolder folder;
  AtomicFile file(folder / "page.html", youden::base::Readable::owner_only);
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    BOOST_TEST((entry.status().permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
  }
  file.commit();
  BOOST_TEST((fs::status(folder / "page.html").permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(what_a_dead_process_left_is_removed_and_what_a_live_one_makes_is_not) {
  using youden::base::PartialName;
  const youden::test::TempFolder folder;
  std::signal(SIGCHLD, SIG_DFL);
  const pid_t child = ::fork();
  if (child == 0) {
    const youden::base::Partial file(folder / "share.db");
    const youden::base::Partial films(folder / "films", youden::base::Readable::as_umask_says,
                                      youden::base::Partial::Kind::folder);
    std::ofstream(films.path() / "a.png") << "film";
    std::ofstream(file.path().string() + "-wal") << "journal";
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(files_in(folder.path()) == 3U);
  const youden::base::Partial mine(folder / "other.db");  // the next that is written there, whatever its name
  BOOST_TEST(files_in(folder.path()) == 1U);
  BOOST_TEST(youden::base::remove_abandoned(folder.path()) == 0U);
  BOOST_TEST(!PartialName::parse("weights.safetensors.partial"));  // a download that will be resumed
  BOOST_TEST(!PartialName::parse("x.1-0.partial"));
  BOOST_TEST(PartialName::parse(mine.path().filename().string())->owner.pid == ::getpid());
  const std::string longest(255, 'n');
  BOOST_TEST(PartialName::make(longest).size() <= 240U);
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

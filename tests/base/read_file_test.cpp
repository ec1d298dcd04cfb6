#include "youden/base/read_file.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "shared.hpp"
#include "youden/base/csv.hpp"

using namespace youden::base;
using youden::test::TempFolder;

namespace {

template <class E = DataError>
std::string refusal(const std::filesystem::path& path, const ReadRules& rules = {}) {
  try {
    (void)read_file<E>(path, rules);
  } catch (const E& e) {
    return e.what();
  }
  return {};
}
bool holds(const std::string& text, const std::string& part) {
  BOOST_TEST_INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(read_file_)

BOOST_AUTO_TEST_CASE(a_file_is_read_whole_whatever_its_size) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 400'000; ++i) text += static_cast<char>(i * 7 + i / 256);  // more than one block, zeros in it
  std::ofstream(folder / "f", std::ios::binary) << text;
  BOOST_TEST((read_file(folder / "f") == text));
  std::ofstream(folder / "empty", std::ios::binary).flush();
  BOOST_TEST(read_file(folder / "empty").empty());
  BOOST_TEST(!read_file("/proc/self/status").empty());  // says that it has 0 bytes
}

BOOST_AUTO_TEST_CASE(a_read_that_fails_is_no_end_of_the_file) {
  // The first page of the own memory is not there: the read fails with EIO.
  const std::string said = refusal("/proc/self/mem");
  BOOST_TEST(holds(said, "/proc/self/mem: the file cannot be read beyond byte 0: Input/output error"));
  BOOST_CHECK_THROW(Csv::read("/proc/self/mem"), DataError);
  BOOST_TEST(holds(refusal<ConfigError>("/proc/self/mem"), "Input/output error"));
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_refused_at_once) {
  const TempFolder folder;
  BOOST_TEST(holds(refusal(folder.path()), "it is a folder"));
  BOOST_TEST(holds(refusal(folder / "absent", {.absent = "look elsewhere"}), "look elsewhere"));
  ::mkfifo((folder / "pipe").c_str(), 0600);
  BOOST_TEST(holds(refusal(folder / "pipe"), "no regular file"));
  BOOST_TEST(holds(refusal(folder / "pipe", {.streams = true}), "no regular file"));
  BOOST_TEST(holds(refusal("/dev/zero"), "no regular file"));
}

BOOST_AUTO_TEST_CASE(no_more_is_read_than_is_allowed) {
  const TempFolder folder;
  std::ofstream(folder / "f", std::ios::binary) << std::string(2'000'000, 'x');
  BOOST_TEST(holds(refusal(folder / "f", {.most = 1U << 20U}), "larger than 1 MiB"));
  BOOST_TEST(holds(refusal("/dev/zero", {.most = 1U << 20U, .streams = true}), "larger than 1 MiB"));
}

BOOST_AUTO_TEST_SUITE_END()

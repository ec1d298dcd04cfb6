#include <sys/resource.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/base/cache/group.hpp"

using namespace youden::base;
using youden::test::TempFolder;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBytes = 100;
constexpr const char* kText = "network: vgg16\nwhat: a test\n";

/// What belongs to an item and a view: bytes that no other pair has.
std::vector<std::byte> content(int item, int view, std::size_t bytes = kBytes) {
  std::vector<std::byte> out(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    out[i] = static_cast<std::byte>(static_cast<std::size_t>(item) * 7 + static_cast<std::size_t>(view) * 31 + i);
  }
  return out;
}
RecordId id_of(int item, int view) { return RecordId::of("film-" + std::to_string(item), view); }

std::shared_ptr<Cache> cache_in(const fs::path& folder, std::uint64_t max_bytes = 1U << 30U) {
  return std::make_shared<Cache>(folder, max_bytes);
}
bool put(CacheGroup& group, int item, int view, std::size_t bytes = kBytes) {
  const RecordId id = id_of(item, view);
  return group.write(std::span(&id, 1), content(item, view, bytes));
}
/// 1 = as it was written, 0 = absent, −1 = wrong, which must never be.
int look(CacheGroup& group, int item, int view, std::size_t bytes = kBytes) {
  std::vector<std::byte> got;
  if (!group.read(id_of(item, view), got)) return 0;
  return got == content(item, view, bytes) ? 1 : -1;
}
fs::path folder_of(const fs::path& folder, const std::string& text = kText) { return folder / hash_hex(text); }

void write_film(const fs::path& folder, int item, const std::string& text = kText) {
  CacheGroup group(cache_in(folder), text);
  BOOST_REQUIRE(put(group, item, 0));
}
void flip(const fs::path& file, std::uint64_t at) {
  std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
  f.seekg(static_cast<std::streamoff>(at));
  const int byte = f.get();
  f.seekp(static_cast<std::streamoff>(at));
  f.put(static_cast<char>(byte ^ 0x10));
}
void age(const fs::path& folder, const std::string& text, int hours) {
  fs::last_write_time(folder_of(folder, text) / kGroupFile,
                      fs::file_time_type::clock::now() - std::chrono::hours(hours));
}
/// Runs `work` in a process of its own; its exit code.
template <class Work>
pid_t spawn(const Work& work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    work();
    ::_exit(0);
  }
  return pid;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cache)

BOOST_AUTO_TEST_CASE(another_object_finds_what_one_wrote) {
  const TempFolder folder;
  {
    CacheGroup group(cache_in(folder / "c"), kText);
    BOOST_TEST(look(group, 1, 0) == 0);
    const std::vector<RecordId> ids{id_of(1, 0), id_of(2, -1)};
    std::vector<std::byte> both = content(1, 0);
    const auto second = content(2, -1);
    both.insert(both.end(), second.begin(), second.end());
    BOOST_TEST(group.write(ids, both));
    group.refresh();
    BOOST_TEST(look(group, 2, -1) == 1);
  }
  CacheGroup later(cache_in(folder / "c"), kText);
  BOOST_TEST(look(later, 1, 0) == 1);
  BOOST_TEST(look(later, 2, -1) == 1);
  BOOST_TEST(look(later, 1, 1) == 0);
  BOOST_TEST(look(later, 2, 0) == 0);
  CacheGroup other(cache_in(folder / "c"), std::string(kText) + "more: yes\n");
  BOOST_TEST(other.size() == 0U);
}

BOOST_AUTO_TEST_CASE(reading_makes_no_folder) {
  const TempFolder folder;
  const CacheGroup group(cache_in(folder / "c"), kText);
  BOOST_TEST(!fs::exists(folder / "c"));
}

BOOST_AUTO_TEST_CASE(the_next_writer_goes_on_where_the_last_one_stopped) {
  const TempFolder folder;
  for (int i = 0; i < 5; ++i) write_film(folder.path(), i);
  const auto keys = folder_of(folder.path()) / "0.keys";
  BOOST_TEST(fs::file_size(keys) == 32U * 6);
  BOOST_TEST(!fs::exists(folder_of(folder.path()) / "1.keys"));
  fs::resize_file(keys, 32U * 6 - 5);                                     // killed within an entry
  fs::resize_file(folder_of(folder.path()) / "0.data", kBytes * 5 + 13);  // and within the record after
  write_film(folder.path(), 7);
  CacheGroup group(cache_in(folder.path()), kText);
  for (const int i : {0, 1, 2, 3, 7}) BOOST_TEST(look(group, i, 0) == 1, i);
  BOOST_TEST(look(group, 4, 0) == 0);
  BOOST_TEST(fs::file_size(keys) == 32U * 6);
}

BOOST_AUTO_TEST_CASE(whatever_byte_is_flipped_nothing_wrong_is_read_and_the_rest_still_is) {
  const TempFolder folder;
  for (const char* name : {"0.keys", "0.data"}) {
    const TempFolder one;
    for (int i = 0; i < 3; ++i) write_film(one.path(), i);
    const auto file = folder_of(one.path()) / name;
    for (std::uint64_t at = 0; at < fs::file_size(file); ++at) {
      flip(file, at);
      CacheGroup group(cache_in(one.path()), kText);
      int right = 0;
      for (int i = 0; i < 3; ++i) {
        BOOST_TEST_REQUIRE(look(group, i, 0) >= 0, name << " " << at);
        right += look(group, i, 0);
      }
      const bool header = name == std::string("0.keys") && at < 24;
      const bool unused = name == std::string("0.keys") && at >= 24 && at < 32;
      if (!unused) BOOST_TEST(right == (header ? 0 : 2), name << " " << at);
      flip(file, at);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_record_is_written_anew) {
  const TempFolder folder;
  for (int i = 0; i < 3; ++i) write_film(folder.path(), i);
  flip(folder_of(folder.path()) / "0.data", kBytes + 5);
  write_film(folder.path(), 1);
  CacheGroup group(cache_in(folder.path()), kText);
  for (int i = 0; i < 3; ++i) BOOST_TEST(look(group, i, 0) == 1, i);
}

BOOST_AUTO_TEST_CASE(a_file_cut_off_or_of_other_things_is_passed_over) {
  const TempFolder folder;
  write_film(folder.path(), 1);
  const auto keys = folder_of(folder.path()) / "0.keys";
  CacheGroup before(cache_in(folder.path()), kText);
  fs::resize_file(keys, 10);
  before.refresh();
  BOOST_TEST(look(before, 1, 0) == 1);  // was seen, and its record still stands
  BOOST_TEST(CacheGroup(cache_in(folder.path()), kText).size() == 0U);
  std::ofstream(keys) << std::string(4096, 'x');
  write_film(folder.path(), 2);
  CacheGroup group(cache_in(folder.path()), kText);
  BOOST_TEST(look(group, 2, 0) == 1);
}

BOOST_AUTO_TEST_CASE(records_of_another_size_stand_in_files_of_their_own) {
  const TempFolder folder;
  write_film(folder.path(), 1);
  CacheGroup group(cache_in(folder.path()), kText);
  BOOST_TEST(put(group, 2, 0, 40));
  group.refresh();
  BOOST_TEST(look(group, 1, 0) == 1);
  BOOST_TEST(look(group, 2, 0, 40) == 1);
}

BOOST_AUTO_TEST_CASE(killed_at_any_moment_it_holds_whole_records_only) {
  const TempFolder folder;
  int most = 0;
  for (int round = 0; round < 40; ++round) {
    const pid_t pid = spawn([&] {
      CacheGroup group(cache_in(folder.path()), kText);
      for (int i = 0;; ++i) put(group, i, round);
    });
    ::usleep(static_cast<useconds_t>(300 + round * 137));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    CacheGroup group(cache_in(folder.path()), kText);
    int held = 0;
    for (int i = 0; look(group, i, round) != 0; ++i, ++held) BOOST_TEST_REQUIRE(look(group, i, round) == 1);
    most = std::max(most, held);
    BOOST_TEST_REQUIRE(static_cast<std::size_t>(held) <= group.size());
  }
  BOOST_TEST(most > 10);
  BOOST_TEST(!fs::exists(folder_of(folder.path()) / "1.keys"));  // a dead writer's place is taken by the next
}

BOOST_AUTO_TEST_CASE(several_processes_write_at_once) {
  const TempFolder folder;
  std::vector<pid_t> pids;
  for (int p = 0; p < 4; ++p) {
    pids.push_back(spawn([&] {
      CacheGroup group(cache_in(folder.path()), kText);
      for (int i = 0; i < 300; ++i) {
        if (look(group, i, 0) == 0) group.refresh();
        const int found = look(group, i, 0);
        if (found < 0 || (found == 0 && !put(group, i, 0))) ::_exit(1);
      }
    }));
  }
  for (const pid_t pid : pids) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
  CacheGroup group(cache_in(folder.path()), kText);
  for (int i = 0; i < 300; ++i) BOOST_TEST_REQUIRE(look(group, i, 0) == 1, i);
}

BOOST_AUTO_TEST_CASE(the_least_recently_used_group_goes_first) {
  const TempFolder folder;
  for (const char* name : {"a: 1\n", "b: 1\n", "c: 1\n"}) write_film(folder.path(), 1, name);
  age(folder.path(), "a: 1\n", 3);
  age(folder.path(), "b: 1\n", 5);
  age(folder.path(), "c: 1\n", 1);
  const std::uint64_t each = cache_bytes(folder.path()) / 3;
  CacheGroup group(cache_in(folder.path(), 3 * each), "d: 1\n");
  BOOST_TEST(put(group, 1, 0));
  BOOST_TEST(fs::exists(folder_of(folder.path(), "a: 1\n")));
  BOOST_TEST(!fs::exists(folder_of(folder.path(), "b: 1\n")));
  BOOST_TEST(fs::exists(folder_of(folder.path(), "c: 1\n")));
  BOOST_TEST(cache_bytes(folder.path()) <= 3 * each + 8);
}

BOOST_AUTO_TEST_CASE(using_a_group_makes_it_young) {
  const TempFolder folder;
  for (const char* name : {"a: 1\n", "b: 1\n"}) write_film(folder.path(), 1, name);
  age(folder.path(), "a: 1\n", 5);
  age(folder.path(), "b: 1\n", 3);
  BOOST_TEST(cache_groups(folder.path())[0].value("a") == "1");
  { const CacheGroup used(cache_in(folder.path()), "a: 1\n"); }
  BOOST_TEST(cache_groups(folder.path())[0].value("b") == "1");
}

BOOST_AUTO_TEST_CASE(a_group_in_use_stays_and_a_full_cache_takes_no_more) {
  const TempFolder folder;
  write_film(folder.path(), 1);
  CacheGroup held(cache_in(folder.path()), kText);
  const auto info = cache_groups(folder.path());
  BOOST_TEST(users_of(info[0]) == std::vector<int>{::getpid()}, boost::test_tools::per_element());
  const Shrunk shrunk = shrink_cache(folder.path(), 0);
  BOOST_TEST(shrunk.dropped.empty());
  BOOST_TEST(shrunk.left == info[0].bytes);
  CacheGroup more(cache_in(folder.path(), info[0].bytes + 50), "other: 1\n");
  BOOST_TEST(!put(more, 1, 0));
  BOOST_TEST(look(held, 1, 0) == 1);
}

BOOST_AUTO_TEST_CASE(deleted_under_its_user_it_is_still_read) {
  const TempFolder folder;
  write_film(folder.path(), 1);
  CacheGroup group(cache_in(folder.path()), kText);
  fs::remove_all(folder.path() / hash_hex(kText));
  BOOST_TEST(look(group, 1, 0) == 1);
  BOOST_TEST(!put(group, 2, 0));  // said, and the run goes on
  CacheGroup anew(cache_in(folder.path()), kText);
  BOOST_TEST(put(anew, 2, 0));
}

BOOST_AUTO_TEST_CASE(what_is_condemned_goes_and_so_do_remains) {
  const TempFolder folder;
  for (const char* name : {"v: 1\n", "v: 2\n"}) write_film(folder.path(), 1, name);
  fs::create_directories(folder.path() / ".dropped-0123/x");
  fs::create_directory(folder.path() / "empty");
  const Shrunk shrunk =
      shrink_cache(folder.path(), 1U << 20U, [](const CacheGroupInfo& g) { return g.value("v") == "1"; });
  BOOST_TEST(shrunk.dropped.size() == 1U);
  BOOST_TEST(shrunk.kept.size() == 1U);
  BOOST_TEST(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

BOOST_AUTO_TEST_CASE(an_unwritable_place_is_no_fault) {
  const TempFolder folder;
  std::ofstream(folder / "file") << "not a folder";
  CacheGroup group(cache_in(folder / "file/cache"), kText);
  BOOST_TEST(!put(group, 1, 0));
  BOOST_TEST(!put(group, 1, 0));
  BOOST_TEST(look(group, 1, 0) == 0);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_no_fault) {
  const TempFolder folder;
  const pid_t pid = spawn([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{kBytes * 2 + 30, kBytes * 2 + 30};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    CacheGroup group(cache_in(folder.path()), kText);
    const bool as_expected = put(group, 1, 0) && put(group, 2, 0) && !put(group, 3, 0) && !put(group, 4, 0);
    group.refresh();
    ::_exit(as_expected && look(group, 2, 0) == 1 ? 0 : 1);
  });
  int status = 0;
  ::waitpid(pid, &status, 0);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  write_film(folder.path(), 5);
  CacheGroup group(cache_in(folder.path()), kText);
  for (const int i : {1, 2, 5}) BOOST_TEST(look(group, i, 0) == 1, i);
}

BOOST_AUTO_TEST_CASE(what_is_in_it_is_counted) {
  const TempFolder folder;
  CacheGroup group(cache_in(folder.path()), kText);
  for (const int view : {0, 3, 4}) {
    for (int item = 0; item < 2; ++item) put(group, item, view);
  }
  const CacheGroupContent content = content_of(cache_groups(folder.path())[0]);
  BOOST_TEST(content.records == 6U);
  BOOST_TEST(content.items == 2U);
  BOOST_TEST(content.numbers == (std::vector<std::int64_t>{0, 3, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(byte_size)

BOOST_AUTO_TEST_CASE(sizes_as_people_write_them) {
  BOOST_TEST((parse_bytes("20 GiB") == 21474836480));
  BOOST_TEST((parse_bytes("1.5KiB") == 1536));
  BOOST_TEST((parse_bytes("2 MB") == 2000000));
  BOOST_TEST((parse_bytes("0") == 0));
  for (const char* wrong : {"", "GiB", "-1", "3 XB", "1e30 TiB", "nan", "4 gib"})
    BOOST_TEST(!parse_bytes(wrong), wrong);
  BOOST_TEST(bytes_text(1023) == "1023 B");
  BOOST_TEST(bytes_text(2202010) == "2.1 MiB");
}

BOOST_AUTO_TEST_SUITE_END()

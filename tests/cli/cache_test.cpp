#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "image_files.hpp"
#include "project.hpp"
#include "youden/base/hash.hpp"
#include "youden/base/philox.hpp"

using namespace youden::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(cache)

namespace {

/// Three folds that share 30 films and 4 views of each.
constexpr const char* kFolds =
    "use: [dataset/phantom, augment/rotate15, backbone/small_cnn, head/global_average, train/default, "
    "split/patient-kfold5]\n"
    "name: small\n"
    "seed: 6\n"
    "threads: 1\n"
    "dataset: { films: 30, size: 32 }\n"
    "backbone: { depth: 3, width: 4, freeze: all }\n"
    "split: { folds: 3, val: 0 }\n"
    "train: { epochs: 4, batch: 8, select: { metric: null, patience: null } }\n";

fs::path folder_of(const Project& project) { return project / "results/cache"; }

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code none;
  for (fs::recursive_directory_iterator it(folder, none), end; !none && it != end; it.increment(none)) {
    if (it->is_regular_file()) bytes += it->file_size();
  }
  return bytes;
}
/// Spoils a byte in 150 of the cache, and cuts some of its files off.
void damage(const fs::path& folder, std::uint64_t seed) {
  youden::base::Stream random({.seed = seed, .purpose = "damage"});
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto size = entry.file_size();
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    for (std::uint64_t at = random.below(300); at < size; at += 1 + random.below(300)) {
      file.seekp(static_cast<std::streamoff>(at));
      file.put(static_cast<char>(random.below(256)));
    }
    file.close();
    if (random.below(2) == 0) fs::resize_file(entry.path(), size - random.below(static_cast<std::uint32_t>(size / 2)));
  }
}

/// The groups that hold features; others remember what films and weights hash to.
std::vector<Json> features_in(const Json& ls) {
  std::vector<Json> out;
  for (const Json& group : ls.at("groups")) {
    if (group.at("kind") == "features") out.push_back(group);
  }
  return out;
}

/// The numbers of a run that knows no cache.
const Json& expected() {
  static const Json numbers = [] {
    const Project project(kFolds);
    const Json run = project.train({"cache=null"});
    BOOST_TEST(run.at("prefix_images").get<int>() > 30);
    BOOST_TEST(run.at("cached_features") == 0);
    BOOST_TEST(!fs::exists(folder_of(project)));
    return project.numbers(1);
  }();
  return numbers;
}
void check(const Project& project, std::int64_t run = 1) {
  BOOST_REQUIRE(!expected().at("prediction").empty());
  const Json numbers = project.numbers(run);
  for (const char* what : {"history", "prediction", "result", "model"}) {
    BOOST_TEST_CONTEXT(what) BOOST_TEST((numbers.at(what) == expected().at(what)));
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_second_run_reads_what_the_first_computed) {
  const Project project(kFolds);
  const Json first = project.train();
  BOOST_TEST(first.at("prefix_images") == 30 * 5);  // 4 views and the film as it is, whatever the folds
  const Json second = project.train({"--again"});
  BOOST_TEST(second.at("prefix_images") == 0);
  BOOST_TEST(second.at("cached_features").get<int>() > 30 * 5);
  check(project, 1);
  check(project, 2);
  BOOST_TEST(project.train({"head.hidden=3", "train.lr=0.01"}).at("prefix_images") == 0);
  const Finished done = project.run({"train", "e.yaml", "--again"});
  BOOST_TEST(done.says("features cached"), done.err);
  BOOST_TEST(done.out.find("from the cache, 0 computed") != std::string::npos, done.out);
}

BOOST_AUTO_TEST_CASE(evicted_damaged_and_deleted_half_way_it_ends_in_the_same_bits) {
  const Project project(kFolds);
  for (int round = 0; round < 3; ++round) {
    Program program(project.launch(round == 0 ? std::vector<std::string>{"train", "e.yaml"}
                                              : std::vector<std::string>{"resume", "1"}));
    BOOST_TEST_REQUIRE(program.wait_for("fold " + std::to_string(round + 1) + "/3 epoch 2/4"));
    if (round == 0) fs::remove_all(folder_of(project));  // under the running process
    program.send(SIGKILL);
    BOOST_TEST(program.wait().code == 137);
    if (round == 1) damage(folder_of(project), 3);
    if (round == 2) BOOST_TEST(project.run({"cache", "gc", "--max-bytes", "0"}).code == 0);
  }
  BOOST_TEST(project.run({"resume", "1"}).code == 0);
  check(project);
}

BOOST_AUTO_TEST_CASE(whatever_is_spoiled_in_it_reaches_no_number) {
  const Project project(kFolds);
  project.train();
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    damage(folder_of(project), seed);
    project.train({"--again"});
    check(project, static_cast<std::int64_t>(seed) + 1);
  }
  BOOST_TEST(project.train({"--again"}).at("prefix_images") == 0);  // mended on the way
}

BOOST_AUTO_TEST_CASE(killed_again_and_again_it_ends_in_the_same_bits) {
  const Project project(kFolds);
  youden::base::Stream random({.seed = 8, .purpose = "kill"});
  for (int kill = 0; kill < 8; ++kill) {
    const bool begun = project.runs() > 0;
    Program program(project.launch(begun ? std::vector<std::string>{"resume", "@last"}
                                         : std::vector<std::string>{"train", "e.yaml"}));
    if (!program.listen(0.3 + 0.8 * random.uniform())) program.send(SIGKILL);
    program.wait();
  }
  BOOST_TEST(project
                 .run(project.runs() > 0 ? std::vector<std::string>{"resume", "1"}
                                         : std::vector<std::string>{"train", "e.yaml"})
                 .code == 0);
  check(project);
  BOOST_TEST(project.train({"--again"}).at("prefix_images") == 0);
}

BOOST_AUTO_TEST_CASE(two_processes_at_once_end_in_the_same_bits) {
  Project one(kFolds);
  const auto db = [&](const char* name) { return (one / name / "youden.db").string(); };
  Program a({{"train", "e.yaml", "--db", db("x")}, one.path()});
  Program b({{"train", "e.yaml", "--db", db("y")}, one.path()});
  BOOST_TEST(a.wait().code == 0);
  BOOST_TEST(b.wait().code == 0);
  for (const char* name : {"x", "y"}) {
    one.move_to(name);
    check(one);
  }
  BOOST_TEST(one.train({"--again"}).at("prefix_images") == 0);
}

BOOST_AUTO_TEST_CASE(where_it_cannot_be_written_it_says_so_once_and_goes_on) {
  const Project project(kFolds);
  project.write("in-the-way", "a file");
  const Finished done = project.run({"train", "e.yaml", "cache.dir=in-the-way"});
  BOOST_TEST(done.code == 0, done.err);
  const auto at = done.err.find("the feature cache cannot be written");
  BOOST_TEST_REQUIRE(at != std::string::npos, done.err);
  BOOST_TEST(done.err.find("feature cache", at + 10) == std::string::npos, done.err);
  check(project);
}

BOOST_AUTO_TEST_CASE(a_full_disk_costs_the_cache_alone) {
  Project project(
      "use: [dataset/phantom, augment/rotate15, backbone/small_cnn, head/linear, train/default, "
      "split/patient70-15-15]\nname: wide\nthreads: 1\ndataset: { films: 40, size: 64 }\n"
      "backbone: { depth: 3, width: 64, freeze: all }\n"
      "train: { epochs: 20, batch: 8, select: { metric: null, patience: null } }\n");
  Launch launch = project.launch({"train", "e.yaml"});
  launch.file_limit = 8U << 20U;  // checkpoints fit, 570 features of 16 KiB do not
  const Finished done = Program(launch).wait();
  BOOST_TEST(done.code == 0, done.err);
  BOOST_TEST(done.says("the feature cache cannot be written"), done.err);
  project.train({"cache=null", "--again"});
  BOOST_TEST((project.numbers(1) == project.numbers(2)));
}

BOOST_AUTO_TEST_CASE(it_keeps_to_its_bound) {
  const Project project(kFolds);
  const Json run = project.train({"cache.max_bytes=12 KiB"});
  BOOST_TEST(run.at("prefix_images").get<int>() >= 30 * 5);
  check(project);
  BOOST_TEST(bytes_in(folder_of(project)) > 4096U);
  BOOST_TEST(bytes_in(folder_of(project)) <= 12U * 1024);
}

BOOST_AUTO_TEST_CASE(verifying_computes_everything_anew_and_leaves_nothing) {
  const Project project(kFolds);
  project.train();
  fs::remove_all(folder_of(project));
  const Finished done = project.run({"rerun", "1", "--verify"});
  BOOST_TEST(done.code == 0, done.err);
  BOOST_TEST(!done.says("features cached"), done.err);
  BOOST_TEST(!fs::exists(folder_of(project)));
}

BOOST_AUTO_TEST_CASE(films_that_change_break_or_vanish_are_noticed) {
  const Project project(kFolderExperiment);
  const std::string frozen = "backbone.freeze=all";
  write_films(project / "films", 10);
  ::usleep(2'200'000);  // or their times would not be trusted
  project.train({frozen});
  const Json again = project.train({frozen, "--again"});
  BOOST_TEST(again.at("prefix_images") == 0);
  write_bytes(project / "films/clear/3.pgm", pgm(film(false, 77), 40));
  BOOST_TEST(project.train({frozen}).at("prefix_images") == 1);
  write_bytes(project / "films/clear/3.pgm", "broken");
  write_bytes(project / "films/haze/5.pgm", "");
  const Finished broken = project.run({"train", "e.yaml", frozen});
  BOOST_TEST(broken.code == 2);
  for (const char* name : {"films/clear/3.pgm", "films/haze/5.pgm"}) BOOST_TEST(broken.says(name), broken.err);
}

BOOST_AUTO_TEST_CASE(ls_says_what_is_there_and_who_uses_it) {
  const Project project(kFolds);
  BOOST_TEST(project.run({"cache", "ls"}).out.find("empty") != std::string::npos);
  project.train();
  const Json ls = project.run({"cache", "ls", "--format", "json"}).json();
  BOOST_TEST(ls.at("dir") == fs::canonical(folder_of(project)).string());
  BOOST_TEST(ls.at("bytes").get<std::uint64_t>() == bytes_in(folder_of(project)));
  BOOST_REQUIRE(features_in(ls).size() == 2U);
  int views = 0;
  for (const Json& group : features_in(ls)) {
    BOOST_TEST(group.at("network") == "small_cnn");
    BOOST_TEST(group.at("cut") == "block3");
    BOOST_TEST(group.at("precision") == "float32");
    BOOST_TEST(group.at("films") == 30);
    BOOST_TEST(group.at("current") == true);
    BOOST_TEST(group.at("in_use_by").empty());
    BOOST_TEST(group.at("views") == (group.at("augment") == "none" ? 1 : 4));
    views += group.at("views").get<int>();
  }
  BOOST_TEST(views == 5);
  for (const char* word : {"small_cnn", "rotate", "none"}) {
    BOOST_TEST(project.run({"cache", "ls"}).out.find(word) != std::string::npos, word);
  }
  Program busy(project.launch({"train", "e.yaml", "--again", "train.epochs=5000"}));
  BOOST_TEST_REQUIRE(busy.wait_for("epoch 1/5000"));
  const Json now = project.run({"cache", "ls", "--format", "json"}).json();
  for (const Json& group : features_in(now)) BOOST_TEST(group.at("in_use_by") == Json{busy.pid()});
  const Json kept = project.run({"cache", "clear", "--yes", "--format", "json"}).json();
  BOOST_TEST(kept.at("kept") == 2);
  BOOST_TEST(kept.at("in_use_by")[0] == busy.pid());
}

BOOST_AUTO_TEST_CASE(gc_and_clear_drop_what_they_say) {
  const Project project(kFolds);
  project.train();
  const auto left = [&] { return project.run({"cache", "ls", "--format", "json"}).json().at("groups").size(); };
  const std::size_t all = left();
  BOOST_TEST(project.run({"cache", "gc", "--format", "json"}).json().at("dropped") == 0);
  // Another build's: its key differs in the hash of the headers, hence in its name.
  const std::string text = "kind: features\nlibrary_hash: of another build\n";
  write_bytes(folder_of(project) / youden::base::hash_hex(text) / "group.txt", text);
  BOOST_TEST(left() == all + 1);
  BOOST_TEST(project.run({"cache", "gc", "--format", "json"}).json().at("dropped") == 1);
  BOOST_TEST(left() == all);
  const Finished asks = project.run({"cache", "clear"});
  BOOST_TEST(asks.code == 2);
  BOOST_TEST(asks.says("--yes"), asks.err);
  BOOST_TEST(left() == all);
  const Json cleared = project.run({"cache", "clear", "--yes", "--format", "json"}).json();
  BOOST_TEST(cleared.at("dropped") == all);
  BOOST_TEST(bytes_in(folder_of(project)) == 0U);
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"cache"},
                                                {"cache", "list"},
                                                {"cache", "gc", "--max-bytes", "lots"},
                                                {"cache", "ls", "--yes"},
                                                {"cache", "ls", "--dir", "e.yaml"}}) {
    BOOST_TEST(project.run(wrong).code == 2, wrong.back());
  }
}

BOOST_AUTO_TEST_SUITE_END()

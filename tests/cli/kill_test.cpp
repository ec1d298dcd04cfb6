#include "project.hpp"

#include <sys/inotify.h>

#include <array>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "youden/base/philox.hpp"

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(killed)

namespace {

constexpr const char* kHoldout =
    "use: [dataset/phantom, augment/chest, backbone/small_cnn, head/global_average, train/default, "
    "split/patient70-15-15]\n"
    "name: small\n"
    "seed: 5\n"
    "threads: 1\n"
    "dataset: { films: 40, size: 32 }\n"
    "backbone: { depth: 3, width: 4 }\n"
    "head: { hidden: 8, dropout: 0.4 }\n"
    "train: { epochs: 8, batch: 8 }\n";
constexpr const char* kFolds =
    "use: [dataset/phantom, augment/rotate15, backbone/small_cnn, head/global_average, train/default, "
    "split/patient-kfold5]\n"
    "name: small\n"
    "seed: 6\n"
    "threads: 1\n"
    "dataset: { films: 30, size: 32 }\n"
    "backbone: { depth: 3, width: 4 }\n"
    "split: { folds: 3 }\n"
    "train: { epochs: 4, batch: 8, select: { metric: null, patience: null } }\n";

/// Ends the program at its n-th change to a file below the results folder: in the middle of a write, a rename or a
/// commit, where a moment drawn from the clock hardly ever falls.
class WriteWatch {
 public:
  explicit WriteWatch(const std::filesystem::path& results) : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    std::filesystem::create_directories(results / "runs");
    add(results);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(results)) {
      if (entry.is_directory()) add(entry.path());
    }
  }
  WriteWatch(const WriteWatch&) = delete;
  WriteWatch& operator=(const WriteWatch&) = delete;
  ~WriteWatch() { ::close(fd_); }

  int changes() {
    alignas(inotify_event) std::array<char, 65536> block{};
    int seen = 0;
    for (ssize_t n = 0; (n = ::read(fd_, block.data(), block.size())) > 0;) {
      for (const char* at = block.data(); at < block.data() + n;) {
        const auto* event = reinterpret_cast<const inotify_event*>(at);  // NOLINT: inotify(7)
        ++seen;
        at += sizeof(inotify_event) + event->len;
      }
    }
    return seen;
  }

 private:
  void add(const std::filesystem::path& folder) {
    ::inotify_add_watch(fd_, folder.c_str(), IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_DELETE);
  }
  int fd_;
};

constexpr const char* kExact =
    "use: [dataset/phantom, augment/none, backbone/small_cnn, head/global_average, train/exact, split/patient-kfold5]\n"
    "name: small\n"
    "seed: 7\n"
    "threads: 1\n"
    "dataset: { films: 60, size: 32 }\n"
    "backbone: { depth: 3, width: 8, freeze: all }\n"
    "split: { folds: 3, val: 0.2, repeats: 2 }\n"
    "train: { select: { refit: true } }\n";
constexpr const char* kRefit =
    "use: [dataset/phantom, augment/rotate15, backbone/small_cnn, head/global_average, train/default, "
    "split/patient70-15-15]\n"
    "name: small\n"
    "seed: 8\n"
    "threads: 1\n"
    "dataset: { films: 40, size: 32 }\n"
    "backbone: { depth: 3, width: 4 }\n"
    "train: { epochs: 6, batch: 8, select: { metric: loss, refit: true } }\n";

/// "fold 2/3 epoch 4/4" of every line that reports an epoch.
std::vector<std::string> reported_epochs(const std::string& err) {
  static const std::regex kLine(
      "(?:^|\n)((?:replicate \\d+/\\d+ )?(?:fold \\d+/\\d+ )?(?:refit )?(?:epoch \\d+|exact fit))(?:/\\d+)?  loss");
  std::vector<std::string> out;
  for (std::sregex_iterator it(err.begin(), err.end(), kLine), end; it != end; ++it) out.push_back((*it)[1]);
  return out;
}

/// Kills the experiment's process `kills` times, resuming it after each, over as many runs as that takes; every run
/// must end in the bits of `expected`.
void torment(const std::string& experiment, int kills, std::uint64_t seed) {
  Project project(experiment);
  project.train();
  const Json expected = project.numbers(1);
  const auto calm_files = project.files(1);
  BOOST_REQUIRE(!expected.at("prediction").empty());

  youden::base::Stream random({.seed = seed, .purpose = "kill"});
  int killed = 0;
  for (int round = 0; killed < kills; ++round) {
    project.move_to("r" + std::to_string(round));
    std::set<std::string> reported;
    for (bool completed = false; !completed;) {
      const bool begun = project.runs() > 0;
      const bool finish = killed >= kills;
      Program program(project.launch(begun ? std::vector<std::string>{"resume", "@last"}
                                           : std::vector<std::string>{"train", "e.yaml"}));
      bool struck = false;
      if (!finish && random.below(2) == 0) {
        struck = !program.listen(0.25 + 0.9 * random.uniform());
      } else if (!finish) {
        WriteWatch watch(project.db().parent_path());
        const int strike = 1 + static_cast<int>(random.below(begun ? 30 : 60));
        int seen = 0;
        bool ended = false;
        while (seen < strike && !ended) {
          ended = program.listen(0.001);
          seen += watch.changes();
        }
        struck = !ended;
      }
      if (struck) {
        program.send(SIGKILL);
        ++killed;
      }
      const Finished done = program.wait();
      BOOST_TEST_REQUIRE((done.code == (struck ? 137 : 0) || done.code == 0), done.err);
      completed = done.code == 0;
      for (const std::string& epoch : reported_epochs(done.err)) {
        // What was reported was committed, so that a kill costs the epoch in flight and no other.
        BOOST_TEST(reported.insert(epoch).second, epoch << " was trained twice");
      }
      if (project.runs() > 0) {
        const Json rows = project.sql("SELECT count(*) FROM history WHERE metric IN ('lr', 'l2')");
        BOOST_TEST(rows[0][0].get<std::size_t>() >= reported.size());
        BOOST_TEST(project.sql("PRAGMA integrity_check")[0][0] == "ok");
      }
    }
    BOOST_TEST(project.runs() == 1);
    const Finished once_more = project.run({"resume", "1"});  // a kill may have come after the last commit
    BOOST_TEST(once_more.code == 0, once_more.err);
    BOOST_TEST(project.run({"show", "1", "--format", "json"}).json().at("status") == "completed");
    const Json numbers = project.numbers(1);
    for (const char* what : {"history", "prediction", "result", "model"}) {
      BOOST_TEST_CONTEXT(what) BOOST_TEST((numbers.at(what) == expected.at(what)));
    }
    const auto files = project.files(1);
    BOOST_TEST(files == calm_files, boost::test_tools::per_element());
    BOOST_TEST(project.run({"db", "check"}).code == 0);
  }
  BOOST_TEST_MESSAGE(killed << " kills");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_holdout_run_ends_in_the_same_bits) { torment(kHoldout, 15, 1); }

BOOST_AUTO_TEST_CASE(a_cross_validation_ends_in_the_same_bits) { torment(kFolds, 15, 2); }

BOOST_AUTO_TEST_CASE(exact_fits_over_repeated_folds_end_in_the_same_bits) { torment(kExact, 8, 3); }

BOOST_AUTO_TEST_CASE(a_fit_that_is_made_again_on_more_films_ends_in_the_same_bits) { torment(kRefit, 8, 4); }

BOOST_AUTO_TEST_SUITE_END()

#include "youden/store/claim.hpp"

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "fixture.hpp"
#include "youden/base/clock.hpp"

using namespace youden;
using store::Claim;
using store::Database;
using test::small_run;

namespace {

struct Fresh {
  test::TempFolder folder;
  std::string path = folder / "youden.db";
  Database db = Database::open(path);
  store::Claimed claim(const std::string& fingerprint = "f", bool again = false) {
    return store::claim_run(db, small_run("a", fingerprint), again);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(claim, Fresh)

BOOST_AUTO_TEST_CASE(a_new_fingerprint_is_created_and_its_facts_kept) {
  const auto made = claim();
  BOOST_TEST((made.outcome == Claim::created));
  const auto run = store::read_run(db, made.run);
  BOOST_TEST(run.uid == made.uid);
  BOOST_TEST(run.status == "running");
  BOOST_TEST((run.owner == store::this_process()));
  BOOST_TEST(run.seed == 42U);
  BOOST_TEST(run.positive == "covid");
  BOOST_TEST(run.classes == (std::vector<std::string>{"covid", "normal"}), boost::test_tools::per_element());
  BOOST_TEST(run.config["head"]["dropout"] == 0.5);
  BOOST_TEST(run.yaml == "name: a\n");
  const auto params = store::read_params(db, made.run);
  BOOST_TEST(params["head.dropout"].is_number_float());
  BOOST_TEST(params["split.group"].is_null());
  BOOST_TEST(store::read_environment(db, made.run)["torch"] == "1.13.1");
}

BOOST_AUTO_TEST_CASE(two_runs_share_their_dataset) {
  claim("f");
  claim("g");
  BOOST_TEST(test::count(db, "run") == 2);
  BOOST_TEST(test::count(db, "dataset") == 1);
  BOOST_TEST(test::count(db, "sample") == 10);
}

BOOST_AUTO_TEST_CASE(a_run_of_a_live_process_is_refused_with_its_owner) {
  const auto first = claim();
  const auto second = claim();
  BOOST_TEST((second.outcome == Claim::running));
  BOOST_TEST(second.run == first.run);
  BOOST_TEST(second.owner.pid == ::getpid());
  BOOST_TEST(second.owner.host == store::host_name());
}

BOOST_AUTO_TEST_CASE(a_completed_run_answers_and_again_repeats_it) {
  const auto first = claim();
  store::finish(db, first.run, "completed", "", 2.5);
  const auto second = claim();
  BOOST_TEST((second.outcome == Claim::completed));
  BOOST_TEST(second.run == first.run);
  BOOST_TEST((store::take_over(db, first.run).outcome == Claim::completed));
  BOOST_TEST(store::read_run(db, first.run).seconds == 2.5);
  const auto third = claim("f", true);
  BOOST_TEST((third.outcome == Claim::created));
  BOOST_TEST(third.run != first.run);
  BOOST_TEST((claim().outcome == Claim::completed));
}

BOOST_AUTO_TEST_CASE(a_run_killed_between_epochs_is_resumable_at_once) {
  const int status = test::in_child([&] {
    Database own = Database::open(path);
    const auto run = store::claim_run(own, small_run("a", "f"), false).run;
    for (int epoch = 0; epoch < 2; ++epoch) {
      store::commit_epoch(own, run, 0, 0, epoch, {{"train", "loss", 1.0 / (1 + epoch)}},
                          folder / ("epoch" + std::to_string(epoch)));
    }
    std::raise(SIGKILL);
  });
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(store::read_run(db, 1).status == "interrupted");
  BOOST_TEST(test::count(db, "run WHERE status = 'running'") == 1);  // reading wrote nothing
  const auto next = claim();
  BOOST_TEST((next.outcome == Claim::resumable));
  BOOST_TEST(next.run == 1);
  BOOST_TEST(store::read_run(db, 1).status == "running");
  BOOST_TEST(store::last_checkpoint(db, 1, 0, 0)->epoch == 1);
  BOOST_TEST(store::last_checkpoint(db, 1, 0, 0)->path == folder / "epoch1");
  BOOST_TEST(test::count(db, "history") == 2);
}

BOOST_AUTO_TEST_CASE(a_pid_that_was_given_to_another_process_is_not_the_owner) {
  const auto run = claim().run;
  store::execute(db.sqlite(), "UPDATE run SET process_start = 'earlier boot/1'");
  BOOST_TEST(store::read_run(db, run).status == "interrupted");
  BOOST_TEST((store::take_over(db, run).outcome == Claim::resumable));
}

BOOST_AUTO_TEST_CASE(on_another_host_the_heartbeat_decides) {
  const auto run = claim().run;
  store::execute(db.sqlite(), "UPDATE run SET host = 'elsewhere', process_start = 'their-boot/5/6'");
  BOOST_TEST((claim().outcome == Claim::running));
  BOOST_TEST(store::take_over(db, run).owner.host == "elsewhere");
  store::execute(db.sqlite(), "UPDATE run SET pid = 5, heartbeat = '2020-01-01T00:00:00.000Z'");
  BOOST_TEST(store::read_run(db, run).status == "interrupted");
  const base::Stopwatch watch;
  BOOST_TEST((store::claim_run(db, small_run("a", "f"), false, 0.4).outcome == Claim::resumable));
  BOOST_TEST(watch.seconds() > 0.3);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_that_moves_is_alive_whatever_its_clock_says) {
  claim();
  store::execute(db.sqlite(),
                 "UPDATE run SET host = 'an hour behind', process_start = 'their-boot/5/6', heartbeat = "
                 "'2020-01-01T00:00:00.000Z'");
  std::jthread beats([this](const std::stop_token& stop) {
    Database own = Database::open(path);
    for (int s = 10; !stop.stop_requested(); ++s) {
      ::usleep(200'000);
      store::execute(own.sqlite(), "UPDATE run SET heartbeat = ?", "2020-01-01T00:00:" + std::to_string(s % 60) + "Z");
    }
  });
  BOOST_TEST((store::claim_run(db, small_run("a", "f"), false, 5).outcome == Claim::running));
}

BOOST_AUTO_TEST_CASE(who_can_be_judged_by_its_pid_is_judged_at_once) {
  using store::Liveness;
  const store::Owner me = store::this_process();
  const std::string now = base::utc_now();
  const std::string old = "2020-01-01T00:00:00.000Z";
  BOOST_TEST((store::liveness(me, old) == Liveness::alive));
  store::Owner other_name = me;  // a host that was renamed, or a container's own name: the kernel is the same
  other_name.host = "renamed";
  BOOST_TEST((store::liveness(other_name, old) == Liveness::alive));
  store::Owner gone = me;
  gone.process_start = base::boot_id() + "/1/" + base::pid_namespace();
  BOOST_TEST((store::liveness(gone, now) == Liveness::dead));
  store::Owner earlier_boot = me;
  earlier_boot.process_start = "another-boot/1/" + base::pid_namespace();
  BOOST_TEST((store::liveness(earlier_boot, now) == Liveness::dead));
  store::Owner container = me;  // its pid means another process to us
  container.process_start = base::boot_id() + "/1/4242";
  BOOST_TEST((store::liveness(container, now) == Liveness::alive));
  container.pid = 1;
  BOOST_TEST((store::liveness(container, old) == Liveness::silent));
  store::Owner older_version = me;  // which wrote no namespace
  older_version.process_start = base::boot_id() + "/" + base::start_ticks(::getpid());
  BOOST_TEST((store::liveness(older_version, old) == Liveness::alive));
}

BOOST_AUTO_TEST_CASE(a_failed_run_starts_again_from_nothing) {
  const auto run = claim().run;
  store::write_assignments(db, run, test::small_split());
  store::commit_epoch(db, run, 0, 0, 0, {{"train", "loss", 0.5}}, folder / "c");
  store::finish_fold(db, run, 0, 0, test::small_predictions(), {test::result("test", "sensitivity", 0.5, 2)});
  store::finish(db, run, "failed", "the loss is not a number", 3);
  BOOST_TEST(store::read_run(db, run).reason == "the loss is not a number");
  const auto next = claim();
  BOOST_TEST((next.outcome == Claim::created));
  BOOST_TEST(next.run == run);
  for (const char* table :
       {"history", "prediction", "result", "checkpoint", "assignment", "headline", "finished_fold"}) {
    BOOST_TEST(test::count(db, table) == 0, table);
  }
  BOOST_TEST(store::read_run(db, run).reason.empty());
  BOOST_TEST(store::read_run(db, run).seconds == 0);
}

BOOST_AUTO_TEST_CASE(of_eight_processes_one_creates_the_run) {
  std::vector<pid_t> children;
  std::signal(SIGCHLD, SIG_DFL);
  for (int i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      int code = 9;
      try {
        Database own = Database::open(path);
        code = static_cast<int>(store::claim_run(own, small_run("a", "f"), false).outcome);
        ::usleep(300'000);  // the owner stays alive until all have asked
      } catch (...) {
      }
      ::_exit(code);
    }
    children.push_back(child);
  }
  int created = 0;
  int running = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    created += WEXITSTATUS(status) == static_cast<int>(Claim::created) ? 1 : 0;
    running += WEXITSTATUS(status) == static_cast<int>(Claim::running) ? 1 : 0;
  }
  BOOST_TEST(created == 1);
  BOOST_TEST(running == 7);
  BOOST_TEST(test::count(db, "run") == 1);
}

BOOST_AUTO_TEST_CASE(an_unknown_run_cannot_be_taken_over) {
  BOOST_CHECK_THROW(store::take_over(db, 5), base::ConfigError);
}

BOOST_AUTO_TEST_CASE(ages_are_read_from_utc) {
  BOOST_TEST(*store::seconds_since(base::utc_now()) < 5);
  BOOST_TEST(*store::seconds_since("2020-01-01T00:00:00.500Z") - *store::seconds_since("2020-01-01T00:01:00Z") == 59.5,
             boost::test_tools::tolerance(1e-3));
  BOOST_TEST(!store::seconds_since("yesterday"));
}

BOOST_AUTO_TEST_SUITE_END()

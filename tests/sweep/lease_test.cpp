#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/base/error.hpp"
#include "youden/store/lease.hpp"

using namespace youden;
using store::Lease;

namespace {

struct Bench {
  test::TempFolder folder;
  store::Database db = store::Database::open(folder.path() / "s.db");

  static store::TrialRecord trial(int a, const std::string& group = "", int epochs = 5) {
    store::TrialRecord t;
    t.params = {{"a", a}};
    t.feature_group = group;
    t.epochs = epochs;
    return t;
  }
  store::OpenedSweep open(const std::vector<store::TrialRecord>& trials, bool keep_order = false) {
    return store::open_sweep(db, {.name = "s", .fingerprint = "f", .objectives = {"val.auc"}, .maximised = {true}},
                             trials, keep_order);
  }
  std::vector<std::string> states() {
    std::vector<std::string> out;
    for (const auto& t : store::read_trials(db, 1)) out.push_back(t.state);
    return out;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep_lease)

BOOST_AUTO_TEST_CASE(each_trial_is_handed_out_once_then_one_waits_and_then_none_is_left) {
  Bench b;
  b.open({Bench::trial(1), Bench::trial(2)});
  BOOST_TEST(store::lease_trial(b.db, 1).trial.number == 1);
  BOOST_TEST(store::lease_trial(b.db, 1).trial.number == 2);
  BOOST_TEST((store::lease_trial(b.db, 1).kind == Lease::Kind::wait));
  BOOST_TEST(store::fail_trial(b.db, 1, 1, {}, "x"));
  BOOST_TEST(store::fail_trial(b.db, 1, 2, {}, "y"));
  BOOST_TEST((store::lease_trial(b.db, 1).kind == Lease::Kind::none));
}

BOOST_AUTO_TEST_CASE(of_a_group_the_longest_goes_alone_and_the_others_follow) {
  Bench b;
  b.open({Bench::trial(1, "g", 5), Bench::trial(2, "g", 9), Bench::trial(3, "g", 5), Bench::trial(4, "h", 5)});
  BOOST_TEST(store::lease_trial(b.db, 1).trial.number == 2);
  BOOST_TEST(store::lease_trial(b.db, 1).trial.number == 4);  // another group's leader
  BOOST_TEST((store::lease_trial(b.db, 1).kind == Lease::Kind::wait));
  BOOST_TEST(store::fail_trial(b.db, 1, 2, {}, "nan"));
  BOOST_TEST(store::lease_trial(b.db, 1).trial.number == 1);  // leads now, since the leader failed
  BOOST_TEST((store::lease_trial(b.db, 1).kind == Lease::Kind::wait));
}

BOOST_AUTO_TEST_CASE(what_is_returned_is_next_and_costs_no_attempt) {
  Bench b;
  b.open({Bench::trial(1), Bench::trial(2)});
  store::lease_trial(b.db, 1);
  BOOST_TEST(store::return_trial(b.db, 1, 1));
  BOOST_TEST(store::lease_trial(b.db, 1).trial.number == 1);
  BOOST_TEST(store::read_trials(b.db, 1)[0].attempts == 1);
}

BOOST_AUTO_TEST_CASE(a_dead_workers_trial_is_taken_over_and_its_late_word_is_not_heard) {
  Bench b;
  b.open({Bench::trial(1)});
  const pid_t child = ::fork();
  if (child == 0) {
    auto own = store::Database::open(b.folder.path() / "s.db");
    store::lease_trial(own, 1);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(b.states()[0] == "pending");
  const Lease mine = store::lease_trial(b.db, 1);
  BOOST_TEST(mine.trial.number == 1);
  BOOST_TEST(mine.trial.attempts == 2);
  const pid_t late = ::fork();
  if (late == 0) {
    auto own = store::Database::open(b.folder.path() / "s.db");
    ::_exit(store::fail_trial(own, 1, 1, {}, "late") ? 1 : 0);
  }
  int status = 0;
  ::waitpid(late, &status, 0);
  BOOST_TEST(WEXITSTATUS(status) == 0);
  BOOST_TEST(b.states()[0] == "running");
}

BOOST_AUTO_TEST_CASE(a_trial_that_kills_every_worker_is_given_up) {
  Bench b;
  b.open({Bench::trial(1)});
  b.db.sqlite().exec("UPDATE trial SET attempts = 50");
  BOOST_TEST((store::lease_trial(b.db, 1).kind == Lease::Kind::none));
  BOOST_TEST(store::read_trials(b.db, 1)[0].reason == "its worker was killed 50 times");
}

BOOST_AUTO_TEST_CASE(sixteen_processes_get_every_trial_exactly_once) {
  Bench b;
  constexpr int kTrials = 200;
  std::vector<store::TrialRecord> trials;
  for (int i = 0; i < kTrials; ++i) trials.push_back(Bench::trial(i));
  b.open(trials);
  b.db.sqlite().exec("CREATE TABLE got (number INTEGER)");
  std::vector<pid_t> workers;
  for (int w = 0; w < 16; ++w) {
    const pid_t child = ::fork();
    if (child == 0) {
      int code = 0;
      try {
        auto own = store::Database::open(b.folder.path() / "s.db");
        while (true) {
          const Lease lease = store::lease_trial(own, 1);
          if (lease.kind == Lease::Kind::none) break;
          if (lease.kind == Lease::Kind::wait) {
            ::usleep(1000);
            continue;
          }
          store::detail::write(
              own, [&](SQLite::Database& db) { store::execute(db, "INSERT INTO got VALUES (?)", lease.trial.number); });
          if (!store::fail_trial(own, 1, lease.trial.number, {}, "done")) code = 2;
        }
      } catch (const std::exception&) {
        code = 1;
      }
      ::_exit(code);
    }
    workers.push_back(child);
  }
  for (const pid_t w : workers) {
    int status = 0;
    ::waitpid(w, &status, 0);
    BOOST_TEST(WEXITSTATUS(status) == 0);
  }
  BOOST_TEST(b.db.sqlite().execAndGet("SELECT count(*) FROM got").getInt() == kTrials);
  BOOST_TEST(b.db.sqlite().execAndGet("SELECT count(DISTINCT number) FROM got").getInt() == kTrials);
}

BOOST_AUTO_TEST_CASE(a_wider_grid_extends_and_a_narrower_one_drops_what_has_not_begun) {
  Bench b;
  b.open({Bench::trial(1), Bench::trial(2)});
  store::lease_trial(b.db, 1);
  const auto wider = b.open({Bench::trial(1), Bench::trial(3), Bench::trial(2)});
  BOOST_TEST(!wider.created);
  BOOST_TEST(wider.added == 1U);
  BOOST_TEST(store::read_trials(b.db, 1)[2].params.dump() == R"({"a":3})");
  const auto narrower = b.open({Bench::trial(3)});
  BOOST_TEST(narrower.dropped == 1U);
  const std::vector<std::string> expected{"running", "dropped", "pending"};
  BOOST_TEST(b.states() == expected, boost::test_tools::per_element());
  BOOST_TEST(b.open({Bench::trial(2), Bench::trial(3)}).added == 1U);  // comes back
  BOOST_TEST(b.states()[1] == "pending");
}

BOOST_AUTO_TEST_CASE(the_order_of_keys_makes_no_new_point) {
  Bench b;
  store::TrialRecord one;
  one.params = store::Json::parse(R"({"a": 1, "b": 2})");
  store::TrialRecord same;
  same.params = store::Json::parse(R"({"b": 2, "a": 1})");
  b.open({one});
  BOOST_TEST(b.open({same}).added == 0U);
  BOOST_TEST(b.states().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_somebody_else_trains_comes_last) {
  Bench b;
  b.open({Bench::trial(1), Bench::trial(2)});
  BOOST_TEST(store::lease_trial(b.db, 1, {1}).trial.number == 2);
  BOOST_TEST(store::lease_trial(b.db, 1, {1}).trial.number == 1);
}

BOOST_AUTO_TEST_CASE(a_drawn_sequence_is_continued_but_never_changed) {
  Bench b;
  b.open({Bench::trial(1), Bench::trial(2)}, true);
  BOOST_TEST(b.open({Bench::trial(1), Bench::trial(2), Bench::trial(3)}, true).added == 1U);
  BOOST_CHECK_THROW(b.open({Bench::trial(1), Bench::trial(9), Bench::trial(3)}, true), base::ConfigError);
  BOOST_TEST(b.states().size() == 3U);
}

BOOST_AUTO_TEST_CASE(failed_trials_are_tried_again_when_the_sweep_is_asked_for_again) {
  Bench b;
  b.open({Bench::trial(1)});
  store::lease_trial(b.db, 1);
  store::fail_trial(b.db, 1, 1, {}, "disk full");
  BOOST_TEST(b.open({Bench::trial(1)}).retried == 1U);
  BOOST_TEST(b.states()[0] == "pending");
}

BOOST_AUTO_TEST_CASE(a_cancelled_sweep_keeps_what_is_done) {
  Bench b;
  b.open({Bench::trial(1), Bench::trial(2), Bench::trial(3)});
  store::lease_trial(b.db, 1);
  BOOST_TEST(store::cancel_sweep(b.db, 1) == 2);
  const std::vector<std::string> expected{"running", "dropped", "dropped"};
  BOOST_TEST(b.states() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

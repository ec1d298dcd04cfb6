#include "youden/store/run_writer.hpp"
#include "youden/store/scored.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "fixture.hpp"

using namespace youden;
using store::Database;
using test::count;

namespace {

struct Started {
  test::TempFolder folder;
  std::string path = folder / "youden.db";
  Database db = Database::open(path);
  std::int64_t run = store::claim_run(db, test::small_run("a", "f"), false).run;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(run_writer, Started)

BOOST_AUTO_TEST_CASE(an_epoch_is_its_history_and_its_checkpoint) {
  store::commit_epoch(db, run, 1, 2, 3, {{"train", "loss", 0.25}, {"val", "loss", std::nan("")}},
                      folder / "runs" / "c3");
  const auto history = store::read_history(db, run);
  BOOST_TEST(history.size() == 2U);
  BOOST_TEST(history[0].replicate == 1);
  BOOST_TEST(history[0].fold == 2);
  BOOST_TEST(history[0].epoch == 3);
  BOOST_TEST(*history[0].value == 0.25);
  BOOST_TEST(!history[1].value.has_value());
  BOOST_TEST(db.sqlite().execAndGet("SELECT path FROM checkpoint").getString() == "runs/c3");
  BOOST_TEST(!store::last_checkpoint(db, run, 0, 0));
}

BOOST_AUTO_TEST_CASE(an_epoch_is_written_whole_or_not_at_all) {
  store::commit_epoch(db, run, 0, 0, 0, {{"train", "loss", 0.25}}, folder / "c0");
  db.sqlite().exec("CREATE TEMP TRIGGER t BEFORE INSERT ON checkpoint BEGIN SELECT raise(ABORT, 'full'); END");
  BOOST_CHECK_THROW(store::commit_epoch(db, run, 0, 0, 1, {{"train", "loss", 0.2}}, folder / "c1"), base::StoreError);
  BOOST_TEST(store::read_history(db, run).size() == 1U);
  BOOST_TEST(store::last_checkpoint(db, run, 0, 0)->epoch == 0);
}

BOOST_AUTO_TEST_CASE(a_process_that_lost_the_run_writes_nothing) {
  store::execute(db.sqlite(), "UPDATE run SET host = 'elsewhere'");
  BOOST_TEST(!store::heartbeat(db, run));
  BOOST_CHECK_EXCEPTION(store::commit_epoch(db, run, 0, 0, 0, {{"train", "loss", 1.0}}, {}), base::StoreError,
                        test::says({"no longer belongs to this process"}));
  BOOST_CHECK_THROW(store::finish(db, run, "completed", "", 1), base::StoreError);
  BOOST_TEST(count(db, "history") == 0);
}

BOOST_AUTO_TEST_CASE(seconds_of_several_attempts_add_up) {
  store::finish(db, run, "interrupted", "SIGINT", 2);
  BOOST_TEST((store::claim_run(db, test::small_run("a", "f"), false).outcome == store::Claim::resumable));
  store::finish(db, run, "completed", "", 3);
  BOOST_TEST(store::read_run(db, run).seconds == 5);
  BOOST_TEST(store::read_run(db, run).reason.empty());
}

BOOST_AUTO_TEST_CASE(a_fold_is_finished_in_one_piece_and_can_be_repeated) {
  store::finish_fold(db, run, 0, 0, test::small_predictions(), {test::result("test", "auc", 0.8, 5)});
  auto fewer = test::small_predictions();
  fewer.resize(4);
  store::finish_fold(db, run, 0, 0, fewer, {});
  BOOST_TEST(store::read_predictions(db, run).size() == 4U);
  BOOST_TEST((store::finished_folds(db, run) == std::set<std::pair<int, int>>{{0, 0}}));
  store::erase_fold(db, run, 0, 0);
  BOOST_TEST(count(db, "prediction") == 0);
  BOOST_TEST(store::finished_folds(db, run).empty());
}

BOOST_AUTO_TEST_CASE(a_prediction_of_an_unknown_sample_is_refused) {
  BOOST_CHECK_THROW(store::write_predictions(
                        db, run, {{.part = "test", .sample = "nobody", .class_name = "covid", .probability = 0.5}}),
                    base::StoreError);
}

BOOST_AUTO_TEST_CASE(external_predictions_refer_to_their_own_dataset) {
  store::DatasetRow other{
      "other-hash", "other", {{.id = "s2", .path = "/x", .sha256 = "other-sha", .label = "normal"}}};
  const auto dataset = store::add_dataset(db, other);
  store::write_predictions(db, run, {{.part = "external:x", .sample = "s2", .class_name = "covid", .probability = 0.7}},
                           dataset);
  const auto rows = store::read_scored(db, run, "external:x");
  BOOST_TEST(rows.size() == 1U);
  BOOST_TEST(rows[0].sha256 == "other-sha");
  BOOST_TEST(!rows[0].y);
  BOOST_TEST(rows[0].decision);
}

BOOST_AUTO_TEST_CASE(results_come_back_as_written) {
  store::ResultRow r = test::result("val", "auc", 0.75, 9);
  r.slice = "sex=F";
  r.n_patients = 7;
  r.threshold = {};
  r.estimate.high = {};
  store::write_results(db, run, {r});
  const auto back = store::read_results(db, run);
  BOOST_TEST(back.size() == 1U);
  BOOST_TEST(back[0].fold == -1);
  BOOST_TEST(back[0].slice == "sex=F");
  BOOST_TEST(back[0].class_name == "covid");
  BOOST_TEST(*back[0].estimate.value == 0.75);
  BOOST_TEST(!back[0].estimate.high);
  BOOST_TEST(!back[0].threshold);
  BOOST_TEST(*back[0].n_patients == 7);
  BOOST_TEST(back[0].estimate.n == 9);
  BOOST_TEST(count(db, "headline") == 0);  // a slice is no headline
}

BOOST_AUTO_TEST_CASE(artifacts_carry_size_and_sha256) {
  std::filesystem::create_directories(folder / "runs");
  std::ofstream(folder / "runs" / "plot.png") << "abc";
  store::add_artifact(db, run, "plot", folder / "runs" / "plot.png");
  BOOST_TEST(db.sqlite().execAndGet("SELECT path FROM artifact").getString() == "runs/plot.png");
  const auto a = store::read_artifacts(db, run);
  BOOST_TEST(a.at(0).path == folder / "runs" / "plot.png");
  BOOST_TEST(a[0].bytes == 3);
  BOOST_TEST(a[0].sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_CHECK_EXCEPTION(store::add_artifact(db, run, "plot", folder / "none"), base::StoreError, test::says({"none"}));
}

BOOST_AUTO_TEST_CASE(findings_are_replaced) {
  store::write_findings(db, run, {{"duplicate", "fail", 2.0, {{"files", {"a", "b"}}}}, {"size", "warn"}});
  store::write_findings(db, run, {{"duplicate", "fail", 3.0, {{"files", {"a", "b", "c"}}}}});
  const auto f = store::read_findings(db, run);
  BOOST_TEST(f.size() == 1U);
  BOOST_TEST(*f[0].value == 3.0);
  BOOST_TEST(f[0].evidence["files"].size() == 3U);
}

BOOST_AUTO_TEST_CASE(skipped_samples_are_recorded) {
  auto again = test::small_run("b", "g");
  again.dataset.skipped = {{"s99", "/films/s99.png", "truncated"}};
  store::claim_run(db, again, false);
  BOOST_TEST(db.sqlite().execAndGet("SELECT reason FROM skipped WHERE id = 's99'").getString() == "truncated");
}

BOOST_AUTO_TEST_CASE(what_a_run_left_out_is_its_own_although_it_shares_the_dataset) {
  const auto excluded = [&](std::int64_t of) {
    return store::detail::read_rows(
        db, "SELECT reason || ' ' || n FROM excluded WHERE run = ? AND part = '' ORDER BY reason",
        [](SQLite::Statement& row) { return row.getColumn(0).getString(); }, of);
  };
  auto narrow = test::small_run("b", "g");
  narrow.dataset.excluded = {{"view 'L'", 3}, {"label 'todo'", 1}};
  const auto id = store::claim_run(db, narrow, false).run;
  BOOST_TEST(excluded(id) == (std::vector<std::string>{"label 'todo' 1", "view 'L' 3"}),
             boost::test_tools::per_element());
  BOOST_TEST(excluded(run).empty());
}

BOOST_AUTO_TEST_CASE(sixteen_processes_write_epochs_while_one_reads) {
  constexpr int kProcesses = 16;
  constexpr int kEpochs = 12;
  std::signal(SIGCHLD, SIG_DFL);
  std::vector<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        Database own = Database::open(path);
        const auto mine = store::claim_run(own, test::small_run("p", "p" + std::to_string(p)), false).run;
        for (int e = 0; e < kEpochs; ++e) {
          store::commit_epoch(own, mine, 0, 0, e, {{"train", "loss", 1.0}, {"val", "loss", 2.0}}, folder / "c");
        }
        store::finish(own, mine, "completed", "", 1);
      } catch (...) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  Database reader = Database::open_read_only(path);
  std::int64_t seen = 0;
  bool whole = true;
  for (std::size_t done = 0; done < children.size();) {
    const std::int64_t rows = count(reader, "history");
    whole = whole && rows >= seen && rows % 2 == 0;  // an epoch's two rows appear together and stay
    seen = rows;
    int status = 0;
    if (::waitpid(children[done], &status, WNOHANG) == children[done]) {
      BOOST_TEST(status == 0);
      ++done;
    }
  }
  BOOST_TEST(whole);
  BOOST_TEST(count(reader, "history") == 2 * kProcesses * kEpochs);
  BOOST_TEST(count(reader, "run WHERE status = 'completed'") == kProcesses);
}

BOOST_AUTO_TEST_SUITE_END()

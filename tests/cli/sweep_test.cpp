#include "project.hpp"

#include <chrono>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "youden/base/philox.hpp"

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(sweeps)

namespace {

/// A frozen random network and a head: features are computed once for every trial of a head's options.
constexpr const char* kFrozen =
    "use: [dataset/phantom, augment/rotate15, backbone/small_cnn, head/global_average, train/default, "
    "split/patient70-15-15]\n"
    "name: frozen\n"
    "seed: 4\n"
    "threads: 1\n"
    "dataset: { films: 30, size: 32 }\n"
    "backbone: { depth: 3, width: 4, freeze: all }\n"
    "train: { epochs: 3, batch: 8 }\n";

Json sweep(const Project& p, std::vector<std::string> words, int code = 0) {
  words.insert(words.begin(), {"sweep", "e.yaml"});
  words.insert(words.end(), {"--format", "json"});
  const Finished done = p.run(std::move(words));
  BOOST_REQUIRE_MESSAGE(done.code == code, done.err);
  return done.json();
}

/// Processes that `parent` has started, as Linux lists them.
std::vector<pid_t> children(pid_t parent) {
  const std::string id = std::to_string(parent);
  std::ifstream in("/proc/" + id + "/task/" + id + "/children");
  return {std::istream_iterator<pid_t>(in), {}};
}
bool lives(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/stat");
  std::string stat((std::istreambuf_iterator<char>(in)), {});
  return !stat.empty() && stat.find(") Z ") == std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(trials_share_features_and_are_the_runs_that_train_makes) {
  const Project p(kFrozen);
  const Json done = sweep(p, {"head.dropout=0.1,0.5", "train.lr=0.001,0.01,0.03", "-j", "2"});
  BOOST_TEST(done["trials"] == 6);
  BOOST_TEST(done["completed"] == 6);
  BOOST_TEST(done["failed"] == 0);
  BOOST_TEST(p.sql("SELECT count(*), count(DISTINCT run) FROM trial")[0] == Json({6, 6}));

  const Project alone(kFrozen);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"head.dropout=0.1", "train.lr=0.03"}, {"head.dropout=0.5", "train.lr=0.001"}}) {
    const Json one = alone.train(words);
    if (words[0] == "head.dropout=0.1") {
      BOOST_TEST(one["prefix_images"] == done["prefix_images"]);
      BOOST_TEST(one["prefix_images"] > 30);
    }
    BOOST_TEST(p.train(words)["reused"] == true);
    const auto same = "SELECT %c FROM %t WHERE run = (SELECT id FROM run WHERE fingerprint = '" +
                      one["fingerprint"].get<std::string>() + "') ORDER BY %c";
    for (const auto& [table, columns] : {std::pair{"history", "replicate, fold, epoch, part, metric, value"},
                                         {"prediction", "replicate, fold, part, sample, class, probability"}}) {
      std::string query = same;
      for (auto at = query.find("%c"); at != std::string::npos; at = query.find("%c")) query.replace(at, 2, columns);
      query.replace(query.find("%t"), 2, table);
      const Json rows = p.sql(query);
      BOOST_TEST(rows.size() > 10U);
      BOOST_TEST((rows == alone.sql(query)));
    }
  }
}

BOOST_AUTO_TEST_CASE(asked_again_it_answers_and_a_wider_grid_extends_it) {
  const Project p(kFrozen);
  const Json first = sweep(p, {"head.dropout=0.1,0.5"});
  const Json again = sweep(p, {"head.dropout=0.1,0.5"});
  BOOST_TEST(again["sweep"] == first["sweep"]);
  BOOST_TEST(again["prefix_images"] == first["prefix_images"]);
  BOOST_TEST(again["best"]["run"] == first["best"]["run"]);
  const Json wider = sweep(p, {"head.dropout=0.1,0.3,0.5"});
  BOOST_TEST(wider["sweep"] == first["sweep"]);
  BOOST_TEST(wider["completed"] == 3);
  BOOST_TEST(p.sql("SELECT count(*) FROM run")[0][0] == 3);
}

BOOST_AUTO_TEST_CASE(a_run_that_there_is_counts_as_reused) {
  const Project p(kFrozen);
  p.train({"head.dropout=0.3"});
  const Json done = sweep(p, {"head.dropout=0.3,0.4"});
  BOOST_TEST(done["reused"] == 1);
  BOOST_TEST(p.sql("SELECT count(*) FROM run")[0][0] == 2);
}

BOOST_AUTO_TEST_CASE(a_drawn_sweep_is_extended_by_trials_and_refuses_another_space) {
  const Project p(kFrozen);
  const std::vector<std::string> space{"sweep.sampler=sobol",
                                       "sweep.space={head.dropout: {uniform: [0, 0.6]}, train.lr: {log_uniform: "
                                       "[1.0e-4, 1.0e-2]}}"};
  auto words = space;
  words.insert(words.end(), {"--trials", "2"});
  BOOST_TEST(sweep(p, words)["completed"] == 2);
  words.back() = "4";
  BOOST_TEST(sweep(p, words)["completed"] == 4);
  BOOST_TEST(p.sql("SELECT count(DISTINCT params) FROM trial")[0][0] == 4);
  words[1] = "sweep.space={head.dropout: {uniform: [0, 0.7]}, train.lr: {log_uniform: [1.0e-4, 1.0e-2]}}";
  const Json refused = sweep(p, words, 2);
  BOOST_TEST(refused["error"].get<std::string>().find("another space") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(everything_wrong_with_a_space_is_said_before_anything_runs) {
  const Project p(kFrozen);
  const Finished bad =
      p.run({"sweep", "e.yaml", "head.dropout=0.1,1.5", "head.dropuot=0.1,0.2", "backbone=vgg16,vgg61"});
  BOOST_TEST(bad.code == 2);
  for (const char* words : {"head.dropout=1.5", "dropuot", "vgg61"}) BOOST_TEST(bad.says(words));
  BOOST_TEST(!std::filesystem::exists(p.db()));
  const Finished objective = p.run({"sweep", "e.yaml", "head.dropout=0.1,0.2", "sweep.objective=val.auk"});
  BOOST_TEST(objective.code == 2);
  BOOST_TEST(objective.says("'auc'"));
}

BOOST_AUTO_TEST_CASE(dry_run_counts_trials_and_sets_of_features_and_writes_nothing) {
  const Project p(kFrozen);
  const Json plan = sweep(p, {"head.dropout=0.1,0.2,0.3", "backbone.width=4,5", "--dry-run"});
  BOOST_TEST(plan["trials"] == 6);
  BOOST_TEST(plan["feature_groups"] == 2);
  BOOST_TEST(plan["seconds"].get<double>() > 0);
  BOOST_TEST(!std::filesystem::exists(p.db()));
}

BOOST_AUTO_TEST_CASE(a_failed_trial_is_told_with_its_reason_and_stops_nothing) {
  const Project p(kFrozen);
  const Json done = sweep(p, {"dataset.films=30,5"});  // five cannot be divided into three parts of two classes
  BOOST_TEST(done["completed"] == 1);
  BOOST_REQUIRE(done["failed"] == 1);
  BOOST_TEST(done["failures"][0]["params"] == Json({{"dataset.films", 5}}));
  BOOST_TEST(done["failures"][0]["reason"].get<std::string>().find("too few samples") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_objectives_have_a_front_and_list_shows_the_sweeps_runs) {
  const Project p(kFrozen);
  p.train({"name=other"});
  const Json done = sweep(p, {"head.dropout=0.1,0.5,0.6", "sweep.objective=[val.sensitivity, val.specificity]"});
  BOOST_TEST(!done["front"].empty());
  BOOST_TEST(done["best"]["objectives"].size() == 2U);
  const Json listed = p.run({"list", "--sweep", "1", "--format", "json"}).json();
  BOOST_REQUIRE(listed["runs"].size() == 3U);
  std::size_t front = 0;
  for (const Json& r : listed["runs"]) front += r["front"] == true ? 1 : 0;
  BOOST_TEST(front == done["front"].size());
  BOOST_TEST(listed["runs"][0]["run"] == done["best"]["run"]);
  BOOST_TEST(listed["runs"][0]["objectives"] == done["best"]["objectives"]);
  BOOST_TEST(p.run({"list", "--sweep", "1"}).out.find("front") != std::string::npos);
  BOOST_TEST(p.run({"list", "--sweep", "9"}).code == 2);
}

BOOST_AUTO_TEST_CASE(an_objective_is_called_by_the_part_that_it_was_measured_on) {
  const Project p(kFrozen);
  const Json done = sweep(p, {"train.lr=0.001,0.01", "sweep.objective=oof.auc"});  // the split holds no fold out
  BOOST_TEST(done["objective"] == "val.auc");
  BOOST_TEST(p.run({"show", "1"}).out.find("by its val.auc") != std::string::npos);
  BOOST_TEST(p.run({"list", "--sweep", "1"}).out.find("val.auc") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_choice_is_judged_by_films_that_took_no_part_in_it) {
  const Project p(kFrozen);
  const std::vector<std::string> words{"split={type: kfold, folds: 3, val: 0.3}", "train.lr=0.0001,0.01,0.1",
                                       "sweep.objective=val.auc"};
  const Json done = sweep(p, words);
  const Json nested = done.at("nested");
  BOOST_REQUIRE(nested.is_object());
  BOOST_TEST(nested["objective"] == "val.auc");
  BOOST_REQUIRE(nested["trials"].size() == 1U);
  BOOST_REQUIRE(nested["trials"][0].size() == 3U);
  int right = 0;
  for (int fold = 0; fold < 3; ++fold) {
    const std::string f = std::to_string(fold);
    // The trial that is best by this fold's validation part, of equals the one ranked first, and what it said.
    const Json best = p.sql(
        "SELECT max(value) FROM result WHERE part = 'val' AND metric = 'auc' AND unit = 'image' AND "
        "slice = '' AND fold = " +
        f);
    const std::string trial = nested["trials"][0][static_cast<std::size_t>(fold)].dump();
    const Json run = p.sql("SELECT run FROM trial WHERE number = " + trial);
    const Json own = p.sql(
        "SELECT value FROM result WHERE part = 'val' AND metric = 'auc' AND unit = 'image' AND "
        "slice = '' AND fold = " +
        f + " AND run = " + run[0][0].dump());
    BOOST_TEST(own == best);
    for (const Json& row : p.sql("SELECT y, decision FROM scored WHERE part = 'oof' AND fold = " + f +
                                 " AND run = " + run[0][0].dump())) {
      right += row[0] == row[1] ? 1 : 0;
    }
  }
  const Json sensitivity = nested["metrics"]["oof"]["sensitivity"];
  const Json specificity = nested["metrics"]["oof"]["specificity"];
  const double hits = sensitivity["value"].get<double>() * sensitivity["n"].get<double>() +
                      specificity["value"].get<double>() * specificity["n"].get<double>();
  BOOST_TEST(std::abs(hits - right) < 1e-9);
  BOOST_TEST(sensitivity["n"].get<int>() + specificity["n"].get<int>() == 30);
  std::vector<std::string> status{"sweep", "e.yaml", "--status"};
  status.insert(status.end(), words.begin(), words.end());
  BOOST_TEST(p.run(status).out.find("judges the choice as well") != std::string::npos);

  const Project plain(kFrozen);
  BOOST_TEST(sweep(plain, {"head.dropout=0.1,0.5"}).at("nested").is_null());  // one division, no fold to hold out
}

BOOST_AUTO_TEST_CASE(a_sweep_has_a_page_of_its_own) {
  const Project p(kFrozen);
  sweep(p, {"head.dropout=0.1,0.5", "train.lr=0.001,0.01"});
  BOOST_TEST(p.run({"report", "--sweep", "1", "-o", "s.html"}).code == 0);
  const std::string page = read_text(p / "s.html");
  for (const char* part :
       {"id=\"sweep-parallel\"", "id=\"sweep-slice-1\"", "omega squared", "head.dropout", "Trials, best first"}) {
    BOOST_TEST(page.find(part) != std::string::npos, part);
  }
  BOOST_TEST(p.run({"report", "--sweep", "7", "-o", "t.html"}).code == 2);
}

BOOST_AUTO_TEST_CASE(status_and_cancel_speak_of_the_sweep_that_is_asked_for) {
  const Project p(kFrozen);
  BOOST_TEST(p.run({"sweep", "e.yaml", "head.dropout=0.1,0.2", "--status"}).code == 2);
  sweep(p, {"head.dropout=0.1,0.2"});
  BOOST_TEST(sweep(p, {"head.dropout=0.1,0.2", "--status"})["state"] == "completed");
  BOOST_TEST(sweep(p, {"head.dropout=0.1,0.2", "--cancel"})["completed"] == 2);
}

BOOST_AUTO_TEST_CASE(interrupted_the_same_command_goes_on) {
  const Project p(kFrozen);
  const std::vector<std::string> words{"sweep", "e.yaml", "head.dropout=0.1,0.2,0.3,0.4", "train.epochs=12"};
  {
    Program running(p.launch(words));
    while (!std::filesystem::exists(p.db())) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    for (int i = 0; i < 600; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      try {
        if (p.sql("SELECT count(*) FROM history")[0][0] > 20) break;
      } catch (const std::exception&) {
        continue;  // the tables are yet to come
      }
    }
    running.send(SIGINT);
    const Finished stopped = running.wait();
    BOOST_TEST(stopped.code == 130);
    BOOST_TEST(stopped.says("the same command goes on"));
  }
  BOOST_TEST(p.sql("SELECT count(*) FROM trial WHERE state = 'running'")[0][0] == 0);
  const Finished rest = p.run(words);
  BOOST_TEST(rest.code == 0);
  BOOST_TEST(p.sql("SELECT count(*) FROM trial WHERE state = 'completed'")[0][0] == 4);
  BOOST_TEST(p.sql("SELECT count(*) FROM run")[0][0] == 4);
}

BOOST_AUTO_TEST_CASE(workers_end_with_their_sweep_whenever_it_dies) {
  for (const int ms :
       {0, 5, 30, 150, 600}) {  // from before the worker is the program, through its loading, to its work
    const Project p(kFrozen);
    std::vector<pid_t> workers;
    {
      const Program program(p.launch({"sweep", "e.yaml", "train.lr=0.001,0.01", "train.epochs=400", "-j", "2"}));
      const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
      while (workers.size() < 2 && std::chrono::steady_clock::now() < until) workers = children(program.pid());
      std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    }  // kill -9
    BOOST_REQUIRE(workers.size() == 2);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (lives(workers[0]) || lives(workers[1])) {
      BOOST_REQUIRE_MESSAGE(std::chrono::steady_clock::now() < until, "a worker goes on alone, after " << ms << " ms");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

BOOST_AUTO_TEST_CASE(workers_killed_at_random_cost_no_trial_and_complete_each_once) {
  const Project p(kFrozen);
  p.train({"head.dropout=0.6", "train.epochs=1"});  // makes the database, which then counts what is committed
  {
    SQLite::Database counting(p.db().string(), SQLite::OPEN_READWRITE, 10'000);
    counting.exec(
        "CREATE TABLE committed (n); CREATE TRIGGER count_epochs BEFORE INSERT ON history "
        "WHEN NEW.part = 'train' AND NEW.metric = 'loss' BEGIN INSERT INTO committed VALUES (1); END");
  }
  Program running(p.launch({"sweep", "e.yaml", "head.dropout=0.1,0.2,0.3", "train.lr=0.001,0.002", "train.epochs=40",
                            "train.select=null", "-j", "2"}));
  youden::base::Stream chance({.seed = 7, .purpose = "kills"});
  int kills = 0;
  while (kills < 12 && !running.listen(0.1 + 0.001 * chance.below(300))) {
    try {
      const Json pids = p.sql("SELECT pid FROM trial WHERE state = 'running' AND pid IS NOT NULL");
      if (pids.empty()) continue;
      const auto pid = pids[chance.below(static_cast<std::uint32_t>(pids.size()))][0].get<pid_t>();
      if (::kill(pid, SIGKILL) == 0) ++kills;
    } catch (const std::exception&) {
      continue;
    }
  }
  const Finished done = running.wait();
  BOOST_TEST(done.code == 0);
  BOOST_TEST(kills > 0);
  BOOST_TEST(p.sql("SELECT count(*) FROM trial WHERE state = 'completed'")[0][0] == 6);
  BOOST_TEST(p.sql("SELECT count(*), count(DISTINCT fingerprint) FROM run WHERE status = 'completed'")[0] ==
             Json({7, 7}));
  BOOST_TEST(p.sql("SELECT count(*) FROM committed")[0][0] == 6 * 40);  // no epoch twice: a kill costs one at most
  BOOST_TEST(
      p.sql("SELECT min(n), max(n) FROM (SELECT count(*) AS n FROM history WHERE part = 'train' AND metric = 'loss' "
            "AND run > 1 GROUP BY run)")[0] == Json({40, 40}));
}

BOOST_AUTO_TEST_SUITE_END()

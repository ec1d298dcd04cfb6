#include <SQLiteCpp/SQLiteCpp.h>
#include <torch/torch.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fixture.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/bundle/predictor.hpp"
#include "youden/image/image_name.hpp"
#include "youden/run/dry_run.hpp"
#include "youden/run/training.hpp"
#include "youden/run/verify.hpp"
#include "youden/store/scored.hpp"

using namespace youden;
using namespace youden::run;
using namespace youden::test;
using boost::test_tools::per_element;

namespace {

/// A schedule that asks for an interrupt, or spoils the loss, at the g_at-th step of the process; 0 = never.
int g_at = 0;
enum class Then { interrupt, spoil } g_then = Then::interrupt;
class Fateful final : public train::Schedule {
 public:
  using Options = config::NoOptions;
  Fateful(Options /*none*/, const train::ScheduleContext& /*none*/) {}
  [[nodiscard]] double rate(double base, std::int64_t step) const override {
    if (g_at > 0 && --g_at == 0) {
      if (g_then == Then::spoil) return 1e36;
      base::g_interrupted = 1;
    }
    return base / (1 + 0.1 * static_cast<double>(step));
  }
};
const registry::Register<train::Schedule, Fateful> kFateful{"test_fateful", "stops where a case says"};

Outcome go(const RunProject& p, const std::string& yaml, const std::vector<std::string>& overrides = {},
           Request request = {}) {
  base::Progress quiet(true);
  request.experiment = p.resolve(yaml, overrides);
  request.db = p.db();
  return Training(std::move(request), quiet).go();
}

Request again_please() {
  Request r;
  r.again = true;
  return r;
}
Request resuming(std::int64_t run) {
  Request r;
  r.resume = run;
  return r;
}

/// What a run's numbers are: compared as text, so that every bit counts.
struct Numbers {
  std::vector<std::string> history;
  std::vector<std::string> predictions;
  std::vector<std::string> results;
  std::vector<std::string> models;
};
Numbers numbers(const std::filesystem::path& db, std::int64_t run) {
  auto d = store::Database::open_read_only(db);
  Numbers n;
  for (const auto& h : store::read_history(d, run)) {
    n.history.push_back(
        fmt::format("{} {} {} {} {} {:a}", h.replicate, h.fold, h.epoch, h.part, h.metric, h.value.value_or(-1)));
  }
  for (const auto& r : store::read_predictions(d, run)) {
    n.predictions.push_back(
        fmt::format("{} {} {} {} {} {:a}", r.replicate, r.fold, r.part, r.sample, r.class_name, r.probability));
  }
  for (const auto& r : store::read_results(d, run)) {
    n.results.push_back(fmt::format("{} {} {} {} {} {:a} {:a}", r.replicate, r.fold, r.part, r.class_name, r.metric,
                                    r.threshold.value_or(-1), r.estimate.value.value_or(-1)));
  }
  for (const auto& a : store::read_artifacts(d, run)) {
    if (a.kind == "model") n.models.push_back(a.path.filename().string() + " " + a.sha256);
  }
  return n;
}
void check_same(const Numbers& a, const Numbers& b) {
  BOOST_TEST(a.history == b.history, per_element());
  BOOST_TEST(a.predictions == b.predictions, per_element());
  BOOST_TEST(a.results == b.results, per_element());
  BOOST_TEST(a.models == b.models, per_element());
}
Numbers numbers(const RunProject& p, std::int64_t run) { return numbers(p.db(), run); }

store::RunRecord record(const RunProject& p, std::int64_t run) {
  auto db = store::Database::open_read_only(p.db());
  return store::read_run(db, run);
}
std::filesystem::path folder_of(const RunProject& p, std::int64_t run) {
  return p.root() / "results" / "runs" / record(p, run).uid;
}
std::set<std::string> files_in(const std::filesystem::path& folder) {
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) out.insert(entry.path().filename().string());
  return out;
}

/// Interrupts at the given step of the process.
void interrupted_at(const RunProject& p, int step, const std::vector<std::string>& overrides, Request request = {}) {
  g_then = Then::interrupt;
  g_at = step;
  BOOST_CHECK_EXCEPTION(go(p, kTiny, overrides, std::move(request)), base::Interrupted, [](const base::Interrupted& e) {
    return e.exit_code() == 130 && std::string(e.what()).find("youden resume 1") != std::string::npos;
  });
  base::g_interrupted = 0;
  g_at = 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(training)

BOOST_AUTO_TEST_CASE(a_run_leaves_everything_in_the_database) {
  const RunProject p;
  const Outcome o = go(p, kTiny, {"tags.site=north"});
  BOOST_TEST(!o.reused);
  const store::RunRecord run = record(p, o.run);
  BOOST_TEST(run.status == "completed");
  BOOST_TEST(run.name == "tiny");
  BOOST_TEST(run.seed == 5U);
  BOOST_TEST(run.positive == "opacity");
  BOOST_TEST((run.classes == std::vector<std::string>{"clear", "opacity"}));
  auto db = store::Database::open_read_only(p.db());
  BOOST_TEST(store::read_tags(db, o.run).at("site") == "north");
  BOOST_TEST(store::read_samples(db, run.dataset).size() == 24U);
  std::map<std::string, std::set<std::string>> parts;
  for (const auto& a : store::read_assignments(db, o.run)) parts[a.part].insert(a.sample);
  BOOST_TEST(parts["train"].size() + parts["val"].size() + parts["test"].size() == 24U);

  std::map<std::string, std::set<int>> series;
  for (const auto& h : store::read_history(db, o.run)) series[h.part + "." + h.metric].insert(h.epoch);
  for (const char* name : {"train.loss", "train.accuracy", "train.lr", "val.loss", "val.accuracy", "val.auc"}) {
    BOOST_TEST((series[name] == std::set<int>{1, 2, 3}), name);
  }
  std::map<std::string, std::map<std::string, double>> sums;
  for (const auto& r : store::read_predictions(db, o.run)) sums[r.part][r.sample] += r.probability;
  BOOST_TEST(sums.size() == 2U);
  for (const char* part : {"val", "test"}) {
    BOOST_TEST(sums[part].size() == parts[part].size());
    for (const auto& [sample, sum] : sums[part]) {
      BOOST_TEST(parts[part].contains(sample));
      BOOST_TEST(std::abs(sum - 1) < 1e-12);
    }
  }
  const auto pooled = store::read_pooled(db, o.run);
  BOOST_TEST(pooled.at("test").at("accuracy").estimate.n == static_cast<std::int64_t>(parts["test"].size()));
  BOOST_TEST(files_in(folder_of(p, o.run)) == (std::set<std::string>{"model.safetensors"}), per_element());
  const auto bundle = bundle::Bundle::read(folder_of(p, o.run) / "model.safetensors");
  BOOST_TEST(bundle.positive == "opacity");
  BOOST_TEST(bundle.size == 32);
  BOOST_TEST(bundle.tensors.tensors.size() == 6U);  // the head's; the frozen network is drawn again from the seed
  for (const char* key : {"name", "tags", "cache", "threads"}) BOOST_TEST(!bundle.config.contains(key), key);
  BOOST_TEST(bundle.config.dump().find(p.root().string()) == std::string::npos);
  BOOST_TEST(bundle.prefix_hash == store::read_environment(db, o.run).at("prefix_hash").get<std::string>());
}

BOOST_AUTO_TEST_CASE(the_same_experiment_answers_at_once_and_again_repeats_it_bit_for_bit) {
  const RunProject p;
  const Outcome first = go(p, kTiny);
  const Outcome second = go(p, kTiny, {"name=renamed"});
  BOOST_TEST(second.reused);
  BOOST_TEST(second.run == first.run);
  BOOST_TEST(second.prefix_images == 0);
  torch::manual_seed(77);  // nobody reads it
  const Outcome again = go(p, kTiny, {"threads=1"}, again_please());
  BOOST_TEST(!again.reused);
  BOOST_TEST(again.run != first.run);
  check_same(numbers(p, first.run), numbers(p, again.run));
  const Outcome other = go(p, kTiny, {"seed=6"});
  BOOST_TEST((numbers(p, first.run).predictions != numbers(p, other.run).predictions));
}

BOOST_AUTO_TEST_CASE(interrupted_and_resumed_it_ends_in_the_same_bits) {
  for (const char* freeze : {"all", "block1"}) {
    const std::vector<std::string> changes{"train.schedule=test_fateful", "train.select.metric=loss", "replicates=2",
                                           std::string("backbone.freeze=") + freeze};
    const RunProject whole;
    const Numbers expected = numbers(whole, go(whole, kTiny, changes).run);
    // 3 steps an epoch, 3 epochs, 2 replicates: in the first epoch, in the third, in the second replicate.
    for (const int step : {2, 8, 14}) {
      const RunProject p;
      interrupted_at(p, step, changes);
      BOOST_TEST(record(p, 1).status == "interrupted");
      const Outcome o = step == 8 ? go(p, kTiny, changes, resuming(1)) : go(p, kTiny, changes);
      BOOST_TEST(o.run == 1);
      BOOST_TEST(record(p, 1).status == "completed");
      BOOST_TEST_CONTEXT(freeze << " interrupted at step " << step) { check_same(numbers(p, 1), expected); }
      BOOST_TEST(
          files_in(folder_of(p, 1)) == (std::set<std::string>{"model-r0-f0.safetensors", "model-r1-f0.safetensors"}),
          per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(fine_tuning_trains_the_head_and_then_the_last_block) {
  const RunProject p;
  const std::string phases = "train.phases=[{epochs: 2}, {epochs: 2, freeze: block1, lr: 0.001}]";
  const Outcome o = go(p, kTiny, {phases, "augment.views=2"});
  const Numbers tuned = numbers(p, o.run);
  const auto of_epoch = [](const Numbers& n, const std::string& epoch) {
    std::vector<std::string> out;
    for (const std::string& h : n.history) {
      if (h.starts_with("0 0 " + epoch + " ")) out.push_back(h);
    }
    return out;
  };
  // The first phase is a run of its own, and the second one is not more of the same.
  const Numbers head = numbers(p, go(p, kTiny, {"train.epochs=4", "augment.views=2"}).run);
  for (const char* epoch : {"1", "2"}) BOOST_TEST(of_epoch(tuned, epoch) == of_epoch(head, epoch), per_element());
  for (const char* epoch : {"3", "4"}) BOOST_TEST((of_epoch(tuned, epoch) != of_epoch(head, epoch)), epoch);
  BOOST_TEST(of_epoch(tuned, "4").size() == of_epoch(head, "4").size());
  // Films as they are, and two views of those that train, once for each of the two cuts.
  const auto parts = go(p, kTiny, {"augment.views=2", "train.epochs=2", "seed=6"}).prefix_images;
  BOOST_TEST(o.prefix_images == 2 * parts - 6);  // the test part is looked at after the last phase alone
  const auto bundle = bundle::Bundle::read(folder_of(p, o.run) / "model.safetensors");
  BOOST_TEST(bundle.config.at("backbone").at("freeze") == "block1");
  BOOST_TEST(bundle.tensors.tensors.contains("backbone.block2.conv.weight"));
  BOOST_TEST(!bundle.tensors.tensors.contains("backbone.block1.conv.weight"));
}

BOOST_AUTO_TEST_CASE(phases_end_in_the_same_bits_wherever_they_are_interrupted) {
  const std::vector<std::string> changes{
      "train.phases=[{epochs: 2}, {epochs: 1, freeze: block1, lr: 0.002}, {epochs: 2, freeze: none, lr: 0.001}]",
      "train.schedule=test_fateful", "train.select.metric=loss", "replicates=2", "train.optimizer=adam"};
  const RunProject whole;
  const Numbers expected = numbers(whole, go(whole, kTiny, changes).run);
  for (const int step : {5, 7, 9, 11, 22}) {  // 3 steps an epoch, 5 epochs
    const RunProject p;
    interrupted_at(p, step, changes);
    go(p, kTiny, changes);
    BOOST_TEST_CONTEXT("interrupted at step " << step) { check_same(numbers(p, 1), expected); }
  }
}

BOOST_AUTO_TEST_CASE(a_phase_cannot_freeze_what_an_earlier_one_trained) {
  const RunProject p;
  BOOST_CHECK_EXCEPTION(go(p, kTiny, {"train.phases=[{epochs: 1, freeze: none}, {epochs: 1, freeze: block1}]"}),
                        base::ConfigError, says({"train.phases.1.freeze", "block1", "more than the phase before it"}));
  BOOST_CHECK_EXCEPTION(go(p, kTiny, {"train.phases=[{freeze: blok1}]"}), base::ConfigError,
                        says({"train.phases.0.freeze", "did you mean 'block1'?"}));
}

BOOST_AUTO_TEST_CASE(a_fine_tuned_bundle_predicts_what_the_run_predicted) {
  const RunProject p;
  for (int i = 0; i < 16; ++i) p.film((i < 6 ? "films/sick/" : "films/well/") + std::to_string(i) + ".png");
  const Outcome o = go(
      p,
      "positive: sick\ndataset: { type: image_folder, root: films, size: 16 }\nsplit: { train: 0.5, val: 0.25, test: "
      "0.25 }\nbackbone: { type: small_cnn, width: 4, depth: 2 }\n"
      "train: { batch: 3, lr: 0.02, phases: [ { epochs: 2 }, { epochs: 1, freeze: block1 } ] }\n");
  auto db = store::Database::open_read_only(p.db());
  const bundle::Predictor predictor({folder_of(p, o.run) / "model.safetensors"});
  std::map<std::string, std::filesystem::path> path;
  for (const auto& s : store::read_samples(db, record(p, o.run).dataset)) path[s.id] = s.path;
  for (const auto& s : store::read_scored(db, o.run, "test"))
    BOOST_TEST(predictor.predict({path.at(s.sample)}).done[0].probability[0] == s.score, s.sample);
}

BOOST_AUTO_TEST_CASE(interrupted_twice_it_still_ends_in_the_same_bits) {
  const std::vector<std::string> changes{"train.schedule=test_fateful", "split={type: kfold, folds: 3, val: 0.3}"};
  const std::string kfold = kTiny.substr(0, kTiny.find("split:")) + kTiny.substr(kTiny.find("augment:"));
  const RunProject whole;
  const Numbers expected = numbers(whole, go(whole, kfold, changes).run);
  const RunProject p;
  for (const int step : {4, 5, 7}) {
    g_at = step;
    BOOST_CHECK_THROW(go(p, kfold, changes), base::Interrupted);
    base::g_interrupted = 0;
  }
  g_at = 0;
  go(p, kfold, changes);
  check_same(numbers(p, 1), expected);
}

BOOST_AUTO_TEST_CASE(resuming_what_is_not_the_same_is_refused) {
  const RunProject p;
  interrupted_at(p, 5, {"train.schedule=test_fateful"});
  BOOST_CHECK_EXCEPTION(go(p, kTiny, {"train.schedule=test_fateful", "seed=6"}, resuming(1)), base::RunError,
                        says({"run 1 was started with other images"}));
  go(p, kTiny, {"train.schedule=test_fateful"}, resuming(1));
  BOOST_TEST(go(p, kTiny, {"train.schedule=test_fateful"}, resuming(1)).reused);  // resuming a completed run is done
}

BOOST_AUTO_TEST_CASE(a_run_that_fails_says_why_and_starts_anew) {
  const RunProject p;
  const std::vector<std::string> changes{"train.schedule=test_fateful", "train.optimizer=sgd"};
  g_then = Then::spoil;
  g_at = 4;
  BOOST_CHECK_THROW(go(p, kTiny, changes), base::RunError);
  g_at = 0;
  BOOST_TEST(record(p, 1).status == "failed");
  BOOST_TEST(record(p, 1).reason.find("the loss is") != std::string::npos, record(p, 1).reason);
  const Outcome o = go(p, kTiny, changes);
  BOOST_TEST(o.run == 1);
  BOOST_TEST(record(p, 1).status == "completed");
  const RunProject sound;
  check_same(numbers(p, 1), numbers(sound, go(sound, kTiny, changes).run));
}

BOOST_AUTO_TEST_CASE(without_its_checkpoint_a_run_is_interrupted_and_told_to_start_anew) {
  const RunProject p;
  const std::vector<std::string> changes{"train.schedule=test_fateful"};
  const auto stays_interrupted = [&](const std::string& why) {
    BOOST_CHECK_EXCEPTION(go(p, kTiny, changes, resuming(1)), base::RunError, [&](const base::RunError& e) {
      const std::string said = e.what();
      return says({why, "youden train run:1 --again"})(e) && said.find("youden resume") == std::string::npos &&
             said.find("export the file") == std::string::npos;
    });
    BOOST_TEST(record(p, 1).status == "interrupted");
    BOOST_TEST(record(p, 1).reason.find(why) != std::string::npos, record(p, 1).reason);
  };
  interrupted_at(p, 5, changes);
  const auto files = files_in(folder_of(p, 1));
  BOOST_REQUIRE(files.size() == 1U);
  const auto file = folder_of(p, 1) / *files.begin();
  const auto sound = train::Checkpoint::read(file);

  train::Checkpoint other = sound;
  other.tensors.clear();
  other.write(file);
  stays_interrupted("does not fit the run");
  other = sound;
  other.facts["epochs_done"] = "many";
  other.write(file);
  stays_interrupted("its facts are damaged");
  std::filesystem::resize_file(file, 100);
  stays_interrupted(file.string());
  std::filesystem::remove(file);
  stays_interrupted(file.string());
  sound.write(file);
  go(p, kTiny, changes, resuming(1));

  // A completed run whose row somebody set back: its checkpoints are gone, its results are not.
  SQLite::Database(p.db().string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE run SET status = 'running', pid = 1, process_start = 'long ago'");
  const Numbers before = numbers(p, 1);
  stays_interrupted("names no checkpoint of replicate 0, fold 0");
  check_same(numbers(p, 1), before);
  check_same(numbers(p, go(p, kTiny, changes, again_please()).run), before);
}

BOOST_AUTO_TEST_CASE(the_number_of_threads_changes_no_bit_of_a_frozen_backbone) {
  const RunProject p;
  const Outcome one = go(p, kTiny, {"threads=1"});
  const Outcome three = go(p, kTiny, {"threads=3"}, again_please());
  check_same(numbers(p, one.run), numbers(p, three.run));
  BOOST_TEST(record(p, one.run).fingerprint == record(p, three.run).fingerprint);
  const Outcome trained = go(p, kTiny, {"threads=1", "backbone.freeze=block1"});
  const Outcome other = go(p, kTiny, {"threads=2", "backbone.freeze=block1"});
  BOOST_TEST(record(p, trained.run).fingerprint != record(p, other.run).fingerprint);
}

BOOST_AUTO_TEST_CASE(replicates_differ_in_the_head_and_share_films_views_and_prefix) {
  const RunProject p;
  const std::vector<std::string> changes{"replicates=3", "augment.views=2"};
  const Outcome o = go(p, kTiny, changes);
  auto db = store::Database::open_read_only(p.db());
  std::map<int, std::map<std::string, double>> each;
  std::map<std::string, std::set<std::string>> parts;
  for (const auto& r : store::read_predictions(db, o.run)) each[r.replicate][r.sample + r.class_name] = r.probability;
  for (const auto& a : store::read_assignments(db, o.run)) parts[a.sample].insert(a.part);
  for (const auto& [sample, of] : parts) BOOST_TEST(of.size() == 1U, sample);
  BOOST_TEST(each.size() == 3U);
  BOOST_TEST((each[0] != each[1]));
  BOOST_TEST((each[1] != each[2]));
  // Two views of each training film and one look at the others serve all replicates.
  std::size_t train = 0;
  for (const auto& [sample, of] : parts) train += of.contains("train") ? 1U : 0U;
  BOOST_TEST(o.prefix_images == static_cast<std::int64_t>(2 * train + (24 - train)));
  // The first replicate is the run without replicates.
  const Outcome alone = go(p, kTiny, {"augment.views=2"});
  for (const auto& r : store::read_predictions(db, alone.run))
    BOOST_TEST(r.probability == each[0].at(r.sample + r.class_name));
  const auto prefix = [&](int replicate) {
    const auto b = bundle::Bundle::read(folder_of(p, o.run) / fmt::format("model-r{}-f0.safetensors", replicate));
    return b.prefix_hash;
  };
  BOOST_TEST(prefix(0) == prefix(2));
}

BOOST_AUTO_TEST_CASE(every_film_is_held_out_once) {
  const RunProject p;
  const std::string kfold = kTiny.substr(0, kTiny.find("split:")) + kTiny.substr(kTiny.find("augment:"));
  const Outcome o = go(p, kfold, {"split={type: kfold, folds: 3, val: 0.25}", "threshold=youden", "sampling=by_class"});
  auto db = store::Database::open_read_only(p.db());
  std::multiset<std::string> held_out;
  for (const auto& r : store::read_predictions(db, o.run, "oof")) {
    if (r.class_name == "opacity") held_out.insert(r.sample);
  }
  BOOST_TEST(held_out.size() == 24U);
  BOOST_TEST((std::set(held_out.begin(), held_out.end()).size()) == 24U);
  const auto pooled = store::read_pooled(db, o.run).at("oof");
  BOOST_TEST(pooled.at("accuracy").estimate.n == 24);
  BOOST_TEST(pooled.at("auc").estimate.method == "mean of 3 folds, logit-cluster-bootstrap, by class");
  double mean = 0;
  for (const auto& r : store::read_results(db, o.run)) {
    if (r.part == "oof" && r.unit == "image" && r.metric == "auc" && r.fold >= 0) mean += *r.estimate.value / 3;
    if (r.part != "val" || r.fold < 0 || r.metric != "accuracy") continue;
    // Each fold's own threshold, chosen on its validation part, travels in its bundle.
    const auto b = bundle::Bundle::read(folder_of(p, o.run) / fmt::format("model-r0-f{}.safetensors", r.fold));
    BOOST_TEST(b.threshold == *r.threshold);
  }
  BOOST_TEST(std::abs(*pooled.at("auc").estimate.value - mean) < 1e-12);
  BOOST_TEST(pooled.contains("auc_pooled"));
}

BOOST_AUTO_TEST_CASE(repeated_folds_are_replicates_each_with_a_division_of_its_own) {
  const RunProject p;
  const std::string kfold = kTiny.substr(0, kTiny.find("split:")) + kTiny.substr(kTiny.find("augment:"));
  const Outcome o = go(p, kfold, {"split={type: kfold, folds: 3, repeats: 2}", "replicates=2"});
  auto db = store::Database::open_read_only(p.db());
  const store::RunRecord run = record(p, o.run);
  BOOST_TEST(run.folds == 3);
  BOOST_TEST(run.replicates == 4);
  std::map<int, std::map<std::string, int>> fold_of;  // by replicate
  for (const auto& a : store::read_assignments(db, o.run)) {
    if (a.part == "oof") BOOST_TEST(fold_of[a.replicate].emplace(a.sample, a.fold).second);
  }
  BOOST_TEST(fold_of.size() == 4U);
  for (const auto& [replicate, films] : fold_of) BOOST_TEST(films.size() == 24U);
  BOOST_TEST((fold_of[0] != fold_of[1]));
  BOOST_TEST((fold_of[0] == fold_of[2] && fold_of[1] == fold_of[3]));  // the divisions in turn
  std::map<int, std::map<std::string, double>> scores;
  for (const auto& r : store::read_predictions(db, o.run, "oof")) {
    BOOST_TEST(r.fold == fold_of[r.replicate].at(r.sample));
    if (r.class_name == "opacity") scores[r.replicate][r.sample] = r.probability;
  }
  BOOST_TEST((scores[0] != scores[2]));  // the same films held out, another head
  const auto pooled = store::read_pooled(db, o.run).at("oof").at("accuracy");
  BOOST_TEST(pooled.replicates == 4);
  BOOST_TEST(pooled.estimate.n == 24);
  const auto one = store::read_pooled(db, o.run, store::OneFold{1, 2}).at("oof").at("accuracy");
  BOOST_TEST(one.estimate.n ==
             std::count_if(fold_of[1].begin(), fold_of[1].end(), [](const auto& f) { return f.second == 2; }));
  // The first of them is the cross-validation without repeats.
  const Outcome once = go(p, kfold, {"split={type: kfold, folds: 3}"});
  for (const auto& r : store::read_predictions(db, once.run, "oof")) {
    if (r.class_name == "opacity") BOOST_TEST(r.probability == scores[0].at(r.sample), r.sample);
  }
}

BOOST_AUTO_TEST_CASE(a_refit_takes_the_validation_part_in_and_keeps_what_was_chosen_by_it) {
  const RunProject p;
  const std::vector<std::string> chosen{"train.select.metric=loss", "threshold=youden"};
  const Outcome once = go(p, kTiny, chosen);
  const Outcome again = go(p, kTiny, {"train.select.metric=loss", "threshold=youden", "train.select.refit=true"});
  auto db = store::Database::open_read_only(p.db());
  const auto of = [&](std::int64_t run, const std::string& part) {
    std::map<std::string, double> out;
    for (const auto& r : store::read_predictions(db, run, part)) out[r.sample + r.class_name] = r.probability;
    return out;
  };
  BOOST_TEST((of(once.run, "val") == of(again.run, "val")));
  BOOST_TEST((of(once.run, "test") != of(again.run, "test")));
  const auto threshold = [&](std::int64_t run) {
    return bundle::Bundle::read(folder_of(p, run) / "model.safetensors").threshold;
  };
  BOOST_TEST(threshold(once.run) == threshold(again.run));
  const bundle::Predictor predictor({folder_of(p, again.run) / "model.safetensors"});
  std::set<std::string> parts;
  for (const auto& h : store::read_history(db, again.run)) parts.insert(h.part);
  BOOST_TEST(parts == (std::set<std::string>{"train", "val", "refit"}), per_element());
  BOOST_CHECK_EXCEPTION(
      go(p, kTiny, {"split={type: holdout, train: 0.5, val: 0, test: 0.5}", "train.select.refit=true"}),
      base::ConfigError, says({"train.select.refit", "validation part"}));
}

BOOST_AUTO_TEST_CASE(the_bundle_predicts_what_the_run_predicted) {
  const RunProject p;
  for (int i = 0; i < 16; ++i) p.film((i < 6 ? "films/sick/" : "films/well/") + std::to_string(i) + ".png");
  const std::string yaml =
      "positive: sick\ndataset: { type: image_folder, root: films, size: 16 }\nnormalize: caffe\n"
      "split: { type: holdout, train: 0.5, val: 0.25, test: 0.25 }\nthreshold: youden\n"
      "backbone: { type: small_cnn, width: 4, depth: 2, freeze: block1 }\nhead: global_average\n"
      "train: { epochs: 4, batch: 3, lr: 0.02, select: { metric: auc } }\n";
  const Outcome o = go(p, yaml);
  auto db = store::Database::open_read_only(p.db());
  const bundle::Predictor predictor({folder_of(p, o.run) / "model.safetensors"});
  std::map<std::string, std::filesystem::path> path;
  for (const auto& s : store::read_samples(db, record(p, o.run).dataset)) path[s.id] = s.path;
  const auto scored = store::read_scored(db, o.run, "test");
  BOOST_TEST(scored.size() == 4U);
  for (const auto& s : scored) {
    const auto prediction = predictor.predict({path.at(s.sample)}).done[0];
    BOOST_TEST(prediction.probability[0] == s.score, s.sample);
    BOOST_TEST((prediction.decision == "sick") == s.decision, s.sample);
  }
}

BOOST_AUTO_TEST_CASE(a_metric_that_chooses_the_epoch_need_not_be_reported) {
  const RunProject p;
  const Outcome o = go(p, kTiny, {"metrics=[sensitivity]", "train.select.metric=auc"});
  auto db = store::Database::open_read_only(p.db());
  bool scored = false;
  for (const auto& h : store::read_history(db, o.run)) scored = scored || (h.part == "val" && h.metric == "auc");
  BOOST_TEST(scored);
}

BOOST_AUTO_TEST_CASE(verifying_finds_nothing_or_the_first_difference) {
  const RunProject p;
  const Outcome o = go(p, kTiny);
  base::Progress quiet(true);
  const auto check = [&] {
    auto db = store::Database::open_read_only(p.db());
    return verify(db, store::read_run(db, o.run), p.resolve(kTiny), quiet);
  };
  BOOST_TEST((check() == std::nullopt));
  const auto tamper = [&](const std::string& sql) {
    SQLite::Database(p.db().string(), SQLite::OPEN_READWRITE).exec(sql);
  };
  tamper(
      "UPDATE prediction SET probability = probability + 1e-15 WHERE part = 'test' AND sample = "
      "(SELECT min(sample) FROM prediction WHERE part = 'test')");
  const auto prediction = check();
  BOOST_REQUIRE(prediction.has_value());
  BOOST_TEST(prediction->find("test sample phantom-") != std::string::npos, *prediction);
  tamper("UPDATE history SET value = value * (1 + 1e-15) WHERE epoch = 2 AND part = 'val' AND metric = 'loss'");
  const auto history = check();
  BOOST_REQUIRE(history.has_value());
  BOOST_TEST(history->find("epoch 2 val loss") != std::string::npos, *history);
  auto left = files_in(p.root() / "results");
  left.erase("cache");
  BOOST_TEST(left.size() <= 4U);  // no scratch folder is left beside the database
}

BOOST_AUTO_TEST_CASE(a_dry_run_writes_nothing_and_counts_everything) {
  const RunProject p;
  base::Progress quiet(true);
  const config::Json j = dry_run(p.resolve(kTiny), quiet);
  BOOST_TEST(!std::filesystem::exists(p.db()));
  std::size_t n = 0;
  for (const auto& [part, counts] : j.at("parts").items()) {
    n += counts.at("n").get<std::size_t>();
    BOOST_TEST(counts.at("classes").at("clear").get<std::size_t>() +
                   counts.at("classes").at("opacity").get<std::size_t>() ==
               counts.at("n").get<std::size_t>());
  }
  BOOST_TEST(n == 24U);
  BOOST_TEST((j.at("shapes").at("map") == config::Json{8, 4, 4}));  // 32 → 8 → 4
  BOOST_TEST(j.at("parameters").at("trained") == 128 * 6 + 6 + 6 * 2 + 2);
  BOOST_TEST(dry_run_text(j).find("nothing was written") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(real_weights_give_the_golden_features, *boost::unit_test::precondition(has_shared_weights)) {
  const auto weights = shared_weights() / "mobilenet_v2_imagenet.safetensors";
  const train::Assembler assembler({.backbone = {"mobilenet_v2", {{"weights", weights.string()}, {"freeze", "all"}}},
                                    .head = {"global_average"},
                                    .size = 224});
  BOOST_TEST(assembler.normalization() == "imagenet");
  const auto model = assembler.make(0);
  const auto golden = train::Checkpoint::read(shared_weights() / "mobilenet_v2_imagenet.golden.safetensors").tensors;
  const torch::NoGradGuard no_grad;
  const torch::Tensor ours = model->prefix(golden.at("input").contiguous(torch::MemoryFormat::ChannelsLast));
  const torch::Tensor theirs = golden.at("pooled");
  BOOST_TEST(((ours - theirs).abs().max() / theirs.abs().max()).item<double>() < 1e-5);
}

BOOST_AUTO_TEST_CASE(a_handful_of_real_films_goes_through_real_weights,
                     *boost::unit_test::precondition(has_shared_weights) *
                         boost::unit_test::precondition(has_shared_data)) {
  const RunProject p;
  int n = 0;
  for (const auto& [name, label] : {std::pair{"covid-chestxray", "covid"}, {"nih", "other"}}) {
    std::vector<std::filesystem::path> films;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(shared_data() / name)) {
      if (image::has_image_name(entry.path())) films.push_back(entry.path());
    }
    std::sort(films.begin(), films.end());
    films.resize(std::min<std::size_t>(films.size(), 6));
    std::filesystem::create_directories(p.root() / "films" / label);
    for (const auto& film : films) {
      std::filesystem::copy_file(film, p.root() / "films" / label / (std::to_string(n++) + film.extension().string()));
    }
  }
  const Outcome o = go(p,
                       "positive: covid\ndataset: { type: image_folder, root: films }\n"
                       "split: { type: holdout, train: 0.7, val: 0, test: 0.3 }\naugment: { views: 1, steps: [] }\n"
                       "head: global_average\ntrain: { epochs: 20, batch: 4, lr: 0.01 }\nbackbone: { type: "
                       "mobilenet_v2, weights: " +
                           (shared_weights() / "mobilenet_v2_imagenet.safetensors").string() + " }\n");
  BOOST_TEST(record(p, o.run).status == "completed");
  BOOST_TEST(o.prefix_images == n);  // each film once, however many epochs
  auto db = store::Database::open_read_only(p.db());
  double last = 1;
  for (const auto& h : store::read_history(db, o.run)) {
    if (h.part == "train" && h.metric == "loss") last = *h.value;
  }
  BOOST_TEST(last < 0.2);  // a handful of films is learnt by heart
}

BOOST_AUTO_TEST_SUITE_END()

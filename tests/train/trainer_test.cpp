#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lab.hpp"
#include "shared.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/metric/metric.hpp"
#include "youden/train/trainer.hpp"

using namespace youden;
using namespace youden::train;
using namespace youden::test;
using boost::test_tools::per_element;

namespace {

const auto kQuiet = [](auto&&...) {};

/// What the script metrics say, one value a call, whatever was predicted.
std::vector<double> g_script;
std::size_t g_line = 0;
void tell(std::vector<double> script) {
  g_script = std::move(script);
  g_line = 0;
}

class Script : public metric::Metric {
 public:
  using Options = config::NoOptions;
  Script(Options /*none*/, const metric::MetricContext& /*none*/) {}
  [[nodiscard]] stat::Estimate evaluate(const metric::Binary& /*predictions*/) const override {
    const double value = g_script.at(g_line++);
    return {.value = std::isnan(value) ? std::nullopt : std::optional(value)};
  }
};
class LowScript final : public Script {
 public:
  using Script::Script;
};
const registry::Register<metric::Metric, Script> kScript{"test_high", "scripted", {{"maximised", true}}};
const registry::Register<metric::Metric, LowScript> kLowScript{"test_low", "scripted", {{"maximised", false}}};

/// Sees the dropout mask of each row.
std::vector<std::pair<torch::Tensor, torch::Tensor>> g_seen;  // features, mask
class Spy final : public head::Head {
 public:
  using Options = config::NoOptions;
  Spy(Options /*none*/, const head::HeadContext& context)
      : output_(register_module("output", torch::nn::Linear(context.channels, context.classes))) {}
  [[nodiscard]] torch::Tensor pool(const torch::Tensor& map) const override { return map.mean({2, 3}); }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& pooled, const head::DropoutMask& dropout) override {
    if (dropout) {
      const torch::Tensor mask = dropout("spied", 0.25, 40);
      for (std::int64_t i = 0; i < pooled.size(0); ++i) g_seen.emplace_back(pooled[i].clone(), mask[i].clone());
    }
    return output_(pooled);
  }

 private:
  torch::nn::Linear output_;
};
const registry::Register<head::Head, Spy> kSpy{"test_spy", "records dropout masks"};

/// Sound until its third call.
int g_calls = 0;
class Spoilt final : public Loss {
 public:
  using Options = config::NoOptions;
  Spoilt(Options /*none*/, const Context& /*none*/) {}
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& logits, const torch::Tensor& /*target*/,
                                         const torch::Tensor& /*weights*/) const override {
    const torch::Tensor sum = logits.square().mean();
    return ++g_calls < 3 ? sum : sum * std::numeric_limits<float>::quiet_NaN();
  }
};
const registry::Register<Loss, Spoilt> kSpoilt{"test_spoilt", "NaN at the third step"};

bool same(const History& a, const History& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool both_nan = std::isnan(a[i].value) && std::isnan(b[i].value);
    if (a[i].part != b[i].part || a[i].metric != b[i].metric || (a[i].value != b[i].value && !both_nan)) return false;
  }
  return true;
}
double value(const History& h, const std::string& part, const std::string& metric) {
  for (const HistoryValue& v : h) {
    if (v.part == part && v.metric == metric) return v.value;
  }
  BOOST_FAIL(part + " " + metric + " is missing");
  return 0;
}

/// What a run leaves behind.
struct Left {
  std::vector<History> history;
  Named state;
  Named optimizer;
  std::vector<double> probability;
  int best_epoch = -1;
};

config::Component small(const std::string& freeze) {
  return {"small_cnn", {{"width", 4}, {"depth", 2}, {"freeze", freeze}}};
}
TrainOptions options(const std::string& optimizer = "adam") {
  return {.epochs = 5, .batch = 4, .lr = 0.01, .optimizer = {optimizer}, .schedule = {"cosine"}};
}

/// Trains to the end; where `kill_after` > 0, through a checkpoint file and fresh objects after so many epochs.
Left run(const LabOptions& lab_options, const TrainOptions& train, int kill_after = 0, int threads = 1) {
  const Lab lab(lab_options);
  Task task = lab.task(15);
  task.threads = threads;
  task.metrics = {{"auc"}};
  Left left;
  const TempFolder folder;
  const auto go = [&](bool resume, int until) {
    const auto prefix = lab.assembler.make(0);
    const auto model = lab.assembler.make(0);
    FeatureSource source = lab.features(*prefix, threads);
    Trainer trainer(*model, source, train, task);
    if (resume) trainer.restore(Checkpoint::read(folder / "c.safetensors"), "c");
    while (!trainer.finished() && trainer.epochs_done() < until) {
      left.history.push_back(trainer.run_epoch(kQuiet));
      scramble(static_cast<std::uint64_t>(trainer.epochs_done()) + (resume ? 100 : 0));
    }
    const Checkpoint c = trainer.checkpoint();
    c.write(folder / "c.safetensors");
    if (until < 1000) return;
    for (const auto& [name, tensor] : c.tensors) {
      if (name.starts_with("optimizer/")) left.optimizer.emplace_back(name, tensor.clone());
    }
    trainer.keep_best();
    left.state = copy_of(model->trained_state());
    left.probability = trainer.predict(task.curve).probability;
    left.best_epoch = trainer.best_epoch();
  };
  if (kill_after > 0) go(false, kill_after);
  go(kill_after > 0, 1000);
  return left;
}

void check_same(const Left& a, const Left& b, const std::string& what) {
  BOOST_TEST_CONTEXT(what) {
    BOOST_REQUIRE(a.history.size() == b.history.size());
    for (std::size_t e = 0; e < a.history.size(); ++e) BOOST_TEST(same(a.history[e], b.history[e]), "epoch " << e);
    BOOST_TEST(changed(a.state, b.state).empty());
    BOOST_TEST(changed(a.optimizer, b.optimizer).empty());
    BOOST_TEST(a.probability == b.probability, per_element());
    BOOST_TEST(a.best_epoch == b.best_epoch);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trainer)

BOOST_AUTO_TEST_CASE(two_runs_give_the_same_bits_whatever_torchs_generator_holds) {
  for (const char* freeze : {"all", "block1", "none"}) {
    scramble(1);
    const Left one = run({.backbone = small(freeze)}, options());
    scramble(2);
    check_same(one, run({.backbone = small(freeze)}, options()), freeze);
    const Left other = run({.backbone = small(freeze), .seed = 4}, options());
    BOOST_TEST(!same(one.history[0], other.history[0]), freeze);
  }
}

BOOST_AUTO_TEST_CASE(two_threads_repeat_themselves_where_convolutions_train) {
  check_same(run({.backbone = small("none")}, options(), 0, 2), run({.backbone = small("none")}, options(), 2, 2), "");
}

BOOST_AUTO_TEST_CASE(a_frozen_backbone_gives_the_same_bits_on_any_number_of_threads) {
  check_same(run({}, options(), 0, 1), run({}, options(), 0, 3), "");
}

BOOST_AUTO_TEST_CASE(killed_and_resumed_it_ends_in_the_same_bits) {
  for (const char* freeze : {"all", "block1"}) {
    for (const char* optimizer : {"adam", "adamw", "sgd"}) {
      const Left whole = run({.backbone = small(freeze)}, options(optimizer));
      for (const int k : {1, 4}) {
        check_same(whole, run({.backbone = small(freeze)}, options(optimizer), k),
                   std::string(freeze) + " " + optimizer + " killed after " + std::to_string(k));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_best_epoch_survives_a_kill) {
  TrainOptions o = options();
  o.select = {.metric = "loss", .patience = 3};
  o.epochs = 12;
  o.lr = 0.2;  // overshoots, so that the best epoch is not the last
  const Left whole = run({.backbone = small("block1")}, o);
  BOOST_TEST(whole.best_epoch + 1 < static_cast<int>(whole.history.size()));
  for (const int k : {1, whole.best_epoch + 1, whole.best_epoch + 2}) {
    check_same(whole, run({.backbone = small("block1")}, o, k), "killed after " + std::to_string(k));
  }
}

BOOST_AUTO_TEST_CASE(a_checkpoint_of_another_configuration_is_refused) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  const Checkpoint c = Trainer(*model, source, options(), lab.task(15)).checkpoint();
  const Lab wider({.head = {"tutorial", {{"pool", 1}, {"hidden", 9}}}});
  const auto other = wider.assembler.make(0);
  Trainer trainer(*other, source, options(), wider.task(15));
  BOOST_CHECK_THROW(trainer.restore(c, "there"), base::RunError);
  Checkpoint bare = c;
  bare.facts.erase("step");
  Trainer again(*model, source, options(), lab.task(15));
  BOOST_CHECK_THROW(again.restore(bare, "there"), base::RunError);
}

namespace {
/// Trains on scripted values of a validation metric; the epochs done, the best one, whether its weights came back.
struct Selected {
  int epochs;
  int best;
  bool restored;
};
Selected select(const std::string& metric, const std::vector<double>& script, std::optional<int> patience,
                double min_delta = 0) {
  tell(script);
  const Lab lab;
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  Task task = lab.task(15);
  task.metrics = {{metric}};
  TrainOptions o = options();
  o.epochs = static_cast<int>(script.size());
  o.select = {.metric = metric, .patience = patience, .min_delta = min_delta};
  Trainer trainer(*model, source, o, task);
  std::vector<Named> after;
  while (!trainer.finished()) {
    trainer.run_epoch(kQuiet);
    after.push_back(copy_of(model->trained_state()));
  }
  trainer.keep_best();
  const int best = trainer.best_epoch();
  const bool restored = best >= 0 && changed(after[static_cast<std::size_t>(best)], model->trained_state()).empty();
  return {trainer.epochs_done(), best, restored};
}
}  // namespace

BOOST_AUTO_TEST_CASE(the_best_epoch_is_kept) {
  const Selected s = select("test_high", {0.3, 0.7, 0.6, 0.7, 0.65}, {});
  BOOST_TEST(s.epochs == 5);
  BOOST_TEST(s.best == 1);  // the first of equals
  BOOST_TEST(s.restored);
  const Selected low = select("test_low", {0.3, 0.7, 0.2, 0.25}, {});
  BOOST_TEST(low.best == 2);
  BOOST_TEST(low.restored);
}
BOOST_AUTO_TEST_CASE(patience_counts_epochs_without_improvement) {
  const Selected s = select("test_high", {0.3, 0.7, 0.6, 0.7, 0.9, 0.9}, 2);
  BOOST_TEST(s.epochs == 4);
  BOOST_TEST(s.best == 1);
  BOOST_TEST(s.restored);
  BOOST_TEST(select("test_high", {0.3, 0.7, 0.6, 0.7, 0.9, 0.9}, 3).epochs == 6);
}
BOOST_AUTO_TEST_CASE(min_delta_is_the_smallest_gain_that_counts) {
  BOOST_TEST(select("test_high", {0.30, 0.35, 0.42, 0.5}, {}, 0.1).best == 2);
  BOOST_TEST(select("test_low", {0.5, 0.45, 0.38, 0.3}, {}, 0.1).best == 2);
}
BOOST_AUTO_TEST_CASE(an_undefined_value_is_never_best) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(select("test_high", {nan, 0.2, nan}, {}).best == 1);
  BOOST_TEST(select("test_high", {nan, nan, nan}, 2).epochs == 2);
}
BOOST_AUTO_TEST_CASE(nothing_is_ever_selected_on_the_test_part) {
  tell({0.9, 0.1, 0.1});
  const Lab lab;
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  Task task = lab.task(15);
  task.curve_name = "test";
  task.metrics = {{"test_high"}};
  TrainOptions o = options();
  o.epochs = 3;
  o.select = {.metric = "test_high"};
  Trainer trainer(*model, source, o, task);
  while (!trainer.finished()) trainer.run_epoch(kQuiet);
  const Named last = copy_of(model->trained_state());
  trainer.keep_best();
  BOOST_TEST(changed(last, model->trained_state()).empty());
}

BOOST_AUTO_TEST_CASE(drop_last_leaves_the_smaller_batch_out) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  for (const bool drop : {false, true}) {
    TrainOptions o = options();
    o.drop_last = drop;
    std::vector<std::int64_t> steps;
    Trainer trainer(*model, source, o, lab.task(15));
    BOOST_TEST(trainer.steps_per_epoch() == (drop ? 3 : 4));
    const std::int64_t before = source.prefix_images();
    trainer.run_epoch([&](std::int64_t step, std::int64_t of, const std::string& /*said*/) {
      BOOST_TEST(of == trainer.steps_per_epoch());
      steps.push_back(step);
    });
    BOOST_TEST(steps.size() == (drop ? 3U : 4U));
    BOOST_TEST(steps.back() == trainer.steps_per_epoch());
    // 12 or 15 films to train on; the curve's 6 are looked at once.
    BOOST_TEST(source.prefix_images() - before == (drop ? 12 : 15 + 6));
  }
  TrainOptions big = options();
  big.drop_last = true;
  big.batch = 16;
  BOOST_CHECK_THROW(Trainer(*model, source, big, lab.task(15)), base::ConfigError);
}

BOOST_AUTO_TEST_CASE(epochs_see_every_film_once_in_another_order) {
  const Lab lab({.head = {"test_spy"}, .steps = {}});
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  Trainer trainer(*model, source, options(), lab.task(15));
  const torch::Tensor films = source.get(all_views(15, 0));
  std::vector<std::vector<std::int64_t>> orders;
  for (int e = 0; e < 2; ++e) {
    g_seen.clear();
    trainer.run_epoch(kQuiet);
    std::vector<std::int64_t> order;
    for (const auto& [row, mask] : g_seen) order.push_back((films - row).abs().sum(1).argmin().item<std::int64_t>());
    BOOST_TEST((std::set(order.begin(), order.end()).size()) == 15U);
    orders.push_back(order);
  }
  BOOST_TEST((orders[0] != orders[1]));
}

namespace {
/// Film → mask, of the second epoch.
std::map<std::int64_t, torch::Tensor> masks(int batch, std::uint64_t seed, std::uint64_t replicate, std::uint64_t fold,
                                            int epoch = 1) {
  const Lab lab({.head = {"test_spy"}, .steps = {}});
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  Task task = lab.task(15);
  task.seed = seed;
  task.replicate = replicate;
  task.fold = fold;
  TrainOptions o = options();
  o.batch = batch;
  Trainer trainer(*model, source, o, task);
  for (int e = 0; e <= epoch; ++e) {
    g_seen.clear();
    trainer.run_epoch(kQuiet);
  }
  const torch::Tensor films = source.get(all_views(15, 0));
  std::map<std::int64_t, torch::Tensor> out;
  for (const auto& [row, mask] : g_seen) out[(films - row).abs().sum(1).argmin().item<std::int64_t>()] = mask;
  return out;
}
bool equal(const std::map<std::int64_t, torch::Tensor>& a, const std::map<std::int64_t, torch::Tensor>& b) {
  if (a.size() != 15 || b.size() != 15) return false;
  for (const auto& [film, mask] : a) {
    if (!torch::equal(mask, b.at(film))) return false;
  }
  return true;
}
}  // namespace

BOOST_AUTO_TEST_CASE(a_dropout_mask_depends_on_the_film_and_not_on_its_batch) {
  const auto expected = masks(4, 3, 0, 0);
  for (const int batch : {1, 7, 15}) BOOST_TEST(equal(expected, masks(batch, 3, 0, 0)), batch);
  BOOST_TEST(!equal(expected, masks(4, 5, 0, 0)));
  BOOST_TEST(!equal(expected, masks(4, 3, 1, 0)));
  BOOST_TEST(!equal(expected, masks(4, 3, 0, 1)));
  BOOST_TEST(!equal(expected, masks(4, 3, 0, 0, 0)));
  std::set<std::vector<float>> distinct;
  double dropped = 0;
  for (const auto& [film, mask] : expected) {
    distinct.insert({mask.data_ptr<float>(), mask.data_ptr<float>() + 40});
    for (std::int64_t i = 0; i < 40; ++i) {
      const float cell = mask[i].item<float>();
      BOOST_TEST((cell == 0 || cell == static_cast<float>(1 / 0.75)));
      dropped += cell == 0 ? 1.0 / 600 : 0;
    }
  }
  BOOST_TEST(distinct.size() == 15U);
  BOOST_TEST(std::abs(dropped - 0.25) < 0.06);
}

BOOST_AUTO_TEST_CASE(augmentation_is_the_same_in_every_replicate_and_fold) {
  const Lab lab({.head = {"test_spy"}});
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  const torch::Tensor films = source.get(all_views(15, 0));
  for (const auto& [replicate, fold] : {std::pair<std::uint64_t, std::uint64_t>{0, 0}, {2, 0}, {0, 3}}) {
    Task task = lab.task(15);
    task.replicate = replicate;
    task.fold = fold;
    g_seen.clear();
    Trainer(*model, source, options(), task).run_epoch(kQuiet);
    for (const auto& [row, mask] : g_seen) BOOST_TEST((films - row).abs().sum(1).min().item<float>() == 0);
  }
}

BOOST_AUTO_TEST_CASE(balanced_classes_weigh_the_same_in_the_loss) {
  // 15 films, 6 of class b: weights 15 / (2 · 9) and 15 / (2 · 6). One batch, so that the loss is seen before a step.
  const Lab lab({.head = {"global_average"}, .steps = {}});
  TrainOptions o = options();
  o.batch = 15;
  o.class_weights = "balanced";
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  const torch::Tensor log_p = model->logits(source.get(all_views(15, 0)), {}).detach().log_softmax(1);
  double sum = 0;
  double weights = 0;
  for (std::int64_t i = 0; i < 15; ++i) {
    const bool b = i % 5 < 2;
    const double w = b ? 15.0 / 12 : 15.0 / 18;
    sum -= w * log_p[i][b ? 1 : 0].item<double>();
    weights += w;
  }
  const History h = Trainer(*model, source, o, lab.task(15)).run_epoch(kQuiet);
  BOOST_TEST(std::abs(value(h, "train", "loss") - sum / weights) < 1e-6);
}

BOOST_AUTO_TEST_CASE(the_history_is_what_was_seen) {
  const Lab lab({.head = {"global_average"}, .steps = {}});
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  Task task = lab.task(15);
  task.metrics = {{"sensitivity"}, {"accuracy"}};
  TrainOptions o = options();
  o.schedule = {"inverse_time", {{"decay", 0.5}}};
  Trainer trainer(*model, source, o, task);
  const History h = trainer.run_epoch(kQuiet);
  BOOST_TEST(value(h, "train", "lr") == 0.01 / 2.5);  // of the epoch's last step, number 3
  const Predictions p = trainer.predict(task.curve);
  double loss = 0;
  double right = 0;
  double found = 0;
  double positives = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const auto label = static_cast<std::size_t>(task.labels[task.curve[i]]);
    loss -= std::log(p.probability[2 * i + label]) / 6;
    const bool called = p.probability[2 * i + 1] >= 0.5;
    right += called == (label == 1) ? 1 : 0;
    positives += label == 1 ? 1 : 0;
    found += label == 1 && called ? 1 : 0;
  }
  BOOST_TEST(std::abs(value(h, "val", "loss") - loss) < 1e-12);
  BOOST_TEST(value(h, "val", "accuracy") == right / 6);
  BOOST_TEST(value(h, "val", "sensitivity") == found / positives);
}

BOOST_AUTO_TEST_CASE(a_probability_does_not_depend_on_how_many_others_are_asked_for) {
  for (const char* freeze : {"all", "block1"}) {
    const Lab lab({.films = 75, .backbone = small(freeze)});
    const auto prefix = lab.assembler.make(0);
    const auto model = lab.assembler.make(0);
    FeatureSource source = lab.features(*prefix, 2);
    Task task = lab.task(60);
    task.threads = 2;
    Trainer trainer(*model, source, options(), task);
    trainer.run_epoch(kQuiet);
    std::vector<std::size_t> all(75);
    for (std::size_t i = 0; i < 75; ++i) all[i] = i;
    const Predictions together = trainer.predict(all);
    for (const std::size_t i : {0U, 31U, 32U, 63U, 74U}) {
      const Predictions alone = trainer.predict({i});
      BOOST_TEST(alone.at(0, 0) == together.at(i, 0), freeze << " film " << i);
      BOOST_TEST(std::abs(alone.at(0, 0) + alone.at(0, 1) - 1) < 1e-12);
    }
    BOOST_TEST(trainer.predict({}).samples.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_no_number_stops_the_run_and_says_where) {
  g_calls = 0;
  const Lab lab;
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  TrainOptions o = options();
  o.loss = {"test_spoilt"};
  Trainer trainer(*model, source, o, lab.task(15));
  BOOST_CHECK_EXCEPTION(trainer.run_epoch(kQuiet), base::RunError, [](const base::RunError& e) {
    const std::string text = e.what();
    return text.find("not a number in epoch 1, step 3") != std::string::npos && e.exit_code() == 1;
  });
  for (const auto& [name, tensor] : model->trained_state()) BOOST_TEST(tensor.isfinite().all().item<bool>(), name);
}

BOOST_AUTO_TEST_CASE(an_interrupt_stops_between_steps) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  Trainer trainer(*model, source, options(), lab.task(15));
  int steps = 0;
  BOOST_CHECK_THROW(trainer.run_epoch([&](auto&&...) { base::g_interrupted = ++steps == 2 ? 1 : 0; }),
                    base::Interrupted);
  base::g_interrupted = 0;
  BOOST_TEST(steps == 2);
  BOOST_TEST(trainer.epochs_done() == 0);
}

BOOST_AUTO_TEST_CASE(a_batch_of_one_on_a_map_of_one_cell_is_no_crash) {
  // Batch statistics of a single value do not exist; mobilenet's last map is 1×1 at 32 pixels.
  const Lab lab({.films = 6,
                 .size = 32,
                 .backbone = {"mobilenet_v2", {{"freeze", "none"}}},
                 .head = {"global_average"},
                 .steps = {}});
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  TrainOptions o = options();
  o.batch = 1;
  Trainer trainer(*model, source, o, lab.task(5));
  BOOST_CHECK_EXCEPTION(trainer.run_epoch(kQuiet), base::Error, [](const base::Error& e) {
    BOOST_TEST_MESSAGE(e.what());
    return std::string(e.what()).find("c10") == std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(features_come_to_the_head_with_mean_0_and_deviation_1_over_the_training_films) {
  LabOptions o;
  o.standardize = true;
  const Lab lab(o);
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  const Task task = lab.task(15);
  Trainer(*model, source, options(), task).run_epoch(kQuiet);
  const torch::Tensor x = source.get(all_views(15, 0)).to(torch::kFloat64);
  const torch::Tensor deviation = x.std(0, false);
  BOOST_REQUIRE(deviation.max().item<double>() > 0);
  const torch::Tensor scale = torch::where(deviation > 0, 1 / deviation, torch::zeros_like(deviation));
  int seen = 0;
  for (const auto& [name, tensor] : model->trained_state()) {
    if (name == Model::kFeatureMean) seen += torch::allclose(tensor, x.mean(0).to(torch::kFloat32)) ? 1 : 0;
    if (name == Model::kFeatureScale) seen += torch::allclose(tensor, scale.to(torch::kFloat32)) ? 1 : 0;
  }
  BOOST_TEST(seen == 2);

  const Left calm = run(o, options());
  const Left resumed = run(o, options(), 2);
  BOOST_TEST(changed(calm.state, resumed.state).empty());
  BOOST_TEST(calm.probability == resumed.probability, boost::test_tools::per_element());

  LabOptions fine_tuned = o;  // what is pooled changes while it trains
  fine_tuned.backbone = small("none");
  BOOST_TEST(!Lab(fine_tuned).assembler.make(0)->standardises());
}

BOOST_AUTO_TEST_CASE(a_feature_that_does_not_vary_says_nothing) {
  LabOptions o;
  o.standardize = true;
  const auto model = Lab(o).assembler.make(0);
  torch::Tensor mean;
  for (const auto& [name, tensor] : model->trained_state()) {
    if (name == Model::kFeatureMean) mean = tensor;
  }
  const torch::Tensor deviation = torch::ones_like(mean);
  deviation[0] = 0;
  model->standardise(mean + 3, deviation);
  torch::Tensor x = (mean + 5).unsqueeze(0).repeat({2, 1});
  x[1][0] = 1000;
  model->set_training(false);
  const torch::Tensor logits = model->logits(x, {});
  BOOST_TEST(torch::equal(logits[0], logits[1]));
}

BOOST_AUTO_TEST_SUITE_END()

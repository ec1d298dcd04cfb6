#include "youden/train/refit.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "lab.hpp"
#include "shared.hpp"
#include "youden/train/make_fit.hpp"
#include "youden/train/rate.hpp"

using namespace youden;
using namespace youden::train;
using namespace youden::test;
using boost::test_tools::per_element;

namespace {

const auto kSilent = [](auto&&...) {};

/// Films 0 to 14 train, 15 to 20 validate, 21 on are held out.
Task task_of(const Lab& lab) {
  Task task = lab.task(15);
  task.val.assign(task.curve.begin(), task.curve.begin() + 6);
  task.curve = task.val;
  return task;
}
Task both_of(const Lab& lab) {
  Task task = task_of(lab);
  task.train.insert(task.train.end(), task.val.begin(), task.val.end());
  task.curve.clear();
  return task;
}
std::vector<std::size_t> held_out(const Lab& lab) {
  std::vector<std::size_t> out;
  for (std::size_t i = 21; i < lab.dataset.size(); ++i) out.push_back(i);
  return out;
}
TrainOptions overshooting() {  // so that the best epoch is not the last
  return {.epochs = 12,
          .batch = 4,
          .lr = 0.2,
          .optimizer = {"adam"},
          .schedule = {"cosine"},
          .select = {.metric = "loss", .patience = 3, .refit = true}};
}

struct Left {
  std::vector<History> history = {};
  Named state = {};
  std::vector<double> val = {};
  std::vector<double> test = {};
  TrainOptions settled = {};
};
Left left_by(Fit& fit, const Model& model, const Task& task, const std::vector<std::size_t>& test) {
  fit.keep_best();
  Left out;
  out.state = copy_of(model.trained_state());
  out.val = fit.predict(task.val).probability;
  out.test = fit.predict(test).probability;
  out.settled = fit.settled();
  return out;
}

/// To the end; where `kill_after` > 0, through a checkpoint file and fresh objects after so many epochs.
Left run(const Lab& lab, const TrainOptions& options, const Task& task, int kill_after = 0) {
  const TempFolder folder;
  std::vector<History> history;
  for (const bool resumed : {false, true}) {
    const auto prefix = lab.assembler.make(0);
    const auto model = lab.assembler.make(0);
    FeatureSource source = lab.features(*prefix, 1, options.exact() ? 1 : 0);
    const auto fit =
        make_fit(*model, {{model->cut(), &source, options.epochs, learning_rate(options, false)}}, options, task);
    if (resumed) fit->restore(Checkpoint::read(folder / "c.safetensors"), "c");
    while (!fit->finished() && (resumed || kill_after == 0 || fit->epochs_done() < kill_after)) {
      history.push_back(fit->run_epoch(kSilent));
    }
    if (resumed || kill_after == 0) {
      Left out = left_by(*fit, *model, task, held_out(lab));
      out.history = history;
      return out;
    }
    fit->checkpoint().write(folder / "c.safetensors");
  }
  return {};
}
void check_same(const Left& a, const Left& b, const std::string& what) {
  BOOST_TEST_CONTEXT(what) {
    BOOST_TEST(changed(a.state, b.state).empty());
    BOOST_TEST(a.val == b.val, per_element());
    BOOST_TEST(a.test == b.test, per_element());
    BOOST_REQUIRE(a.history.size() == b.history.size());
    for (std::size_t e = 0; e < a.history.size(); ++e) {
      BOOST_REQUIRE(a.history[e].size() == b.history[e].size());
      for (std::size_t i = 0; i < a.history[e].size(); ++i) {
        BOOST_TEST(a.history[e][i].part == b.history[e][i].part);
        BOOST_TEST(a.history[e][i].value == b.history[e][i].value);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(refit)

BOOST_AUTO_TEST_CASE(the_chosen_number_of_epochs_is_trained_again_on_both_parts) {
  for (const char* freeze : {"all", "block1"}) {
    for (const bool standardize : {false, true}) {
      const Lab lab({.films = 30,
                     .backbone = {"small_cnn", {{"width", 4}, {"depth", 2}, {"freeze", freeze}}},
                     .standardize = standardize});
      const Left got = run(lab, overshooting(), task_of(lab));
      const int chosen = got.settled.stop_after.value_or(0);
      BOOST_REQUIRE(chosen > 0);
      BOOST_TEST(chosen < 12);

      TrainOptions once = overshooting();
      once.select.refit = false;
      const Left first = run(lab, once, task_of(lab));
      BOOST_TEST(got.val == first.val, per_element());  // what thresholds are chosen by: the models that did not see it
      BOOST_TEST((got.test != first.test));

      TrainOptions again = overshooting();
      again.select = {};
      again.stop_after = chosen;
      const Left second = run(lab, again, both_of(lab));
      BOOST_TEST(changed(got.state, second.state).empty());
      BOOST_TEST(got.test == second.test, per_element());
      BOOST_TEST(got.history.size() == first.history.size() + second.history.size());
      BOOST_TEST(got.history.front().front().part == "train");
      BOOST_TEST(got.history.back().front().part == "refit");
      BOOST_TEST(got.history.back().front().value == second.history.back().front().value);
    }
  }
}

BOOST_AUTO_TEST_CASE(killed_after_any_epoch_it_ends_in_the_same_bits) {
  const Lab lab({.films = 30, .backbone = {"small_cnn", {{"width", 4}, {"depth", 2}, {"freeze", "block1"}}}});
  const Left whole = run(lab, overshooting(), task_of(lab));
  for (int k = 1; k < static_cast<int>(whole.history.size()); ++k) {
    Left resumed = run(lab, overshooting(), task_of(lab), k);
    check_same(whole, resumed, "killed after " + std::to_string(k));
  }
}

BOOST_AUTO_TEST_CASE(an_exact_fit_keeps_its_penalty) {
  const Lab lab({.films = 60, .head = {"global_average"}, .steps = {}});
  Task task = lab.task(40);
  task.val.assign(task.curve.begin(), task.curve.begin() + 10);
  task.curve = task.val;
  for (std::size_t i = 0; i < task.labels.size(); ++i) task.inner.push_back(i < 40 ? static_cast<int>(i % 4) : -1);
  const TrainOptions options{.fit = "exact", .l2_values = {10, 1, 0.1}, .select = {.refit = true}};
  const Left got = run(lab, options, task);
  const double* l2 = config::value_of(got.settled.l2);
  BOOST_REQUIRE(l2 != nullptr);

  Task both = task;
  both.train.insert(both.train.end(), both.val.begin(), both.val.end());
  const Left again = run(lab, {.fit = "exact", .l2 = *l2}, both);
  BOOST_TEST(changed(got.state, again.state).empty());
  BOOST_TEST(got.history.size() == 2U);
  check_same(got, run(lab, options, task, 1), "killed between the two");
}

BOOST_AUTO_TEST_CASE(its_labels_count_the_epochs_of_each_fit) {
  const Lab lab({.films = 30});
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  TrainOptions options{.epochs = 2, .batch = 4, .select = {.refit = true}};
  const auto fit = make_fit(*model, {{model->cut(), &source, 2, 0.001}}, options, task_of(lab));
  std::vector<std::string> labels;
  while (!fit->finished()) {
    labels.push_back(fit->label());
    BOOST_TEST(fit->epochs() == 4);
    fit->run_epoch(kSilent);
  }
  BOOST_TEST(labels == (std::vector<std::string>{"epoch 1/2", "epoch 2/2", "refit epoch 1/2", "refit epoch 2/2"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(rates_go_by_what_trains) {
  BOOST_TEST(learning_rate({}, false) == 0.001);
  BOOST_TEST(learning_rate({}, true) == 0.0001);
  BOOST_TEST(learning_rate({.optimizer = {"sgd"}}, false) == 0.01);
  BOOST_TEST(learning_rate({.optimizer = {"sgd"}}, true) == 0.001);
  BOOST_TEST(learning_rate({.lr = 0.5, .optimizer = {"sgd"}}, true) == 0.5);
}

BOOST_AUTO_TEST_SUITE_END()

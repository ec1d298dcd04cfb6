#include "youden/train/exact_fit.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "lab.hpp"
#include "youden/train/make_fit.hpp"

using namespace youden;
using namespace youden::train;
using test::Lab;
using test::LabOptions;

namespace {

const auto kSilent = [](auto&&...) {};

LabOptions linear(std::vector<config::Component> steps = {}) {
  return {.films = 40, .head = {"global_average"}, .steps = std::move(steps)};
}
/// Of the first 30 films, three inner folds in turn.
Task task_of(const Lab& lab, int threads = 1) {
  Task task = lab.task(30);
  task.threads = threads;
  task.metrics = {{"auc"}};
  for (std::size_t i = 0; i < task.labels.size(); ++i) task.inner.push_back(i < 30 ? static_cast<int>(i % 3) : -1);
  return task;
}
struct Fitted {
  History history;
  std::vector<double> probability;
  test::Named state;
};
Fitted fitted(const Lab& lab, const TrainOptions& options, std::int64_t views = 1, int threads = 1) {
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model, threads, views);
  Task task = task_of(lab, threads);
  ExactFit fit(*model, source, options, task);
  Fitted out{.history = fit.run_epoch(kSilent), .probability = {}, .state = {}};
  BOOST_TEST(fit.finished());
  out.probability = fit.predict(task.curve).probability;
  out.state = test::copy_of(model->trained_state());
  return out;
}
double value_of(const History& history, const std::string& part, const std::string& metric) {
  for (const HistoryValue& h : history) {
    if (h.part == part && h.metric == metric) return h.value;
  }
  return std::nan("");
}
auto about(const std::string& word) {
  return [word](const base::ConfigError& e) { return std::string(e.what()).find(word) != std::string::npos; };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exact)

BOOST_AUTO_TEST_CASE(the_layer_is_the_regression_on_standardised_features) {
  const Lab lab(linear({{"rotate", {{"degrees", 20}}}}));
  constexpr std::int64_t kViews = 3;
  const Fitted got = fitted(lab, {.fit = "exact", .l2 = 0.7, .class_weights = "balanced"}, kViews);

  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model, 1, kViews);
  const Task task = task_of(lab);
  base::Matrix x(30 * kViews, 0);
  std::vector<int> labels;
  std::vector<double> weights;
  std::vector<torch::Tensor> rows;
  double positives = 0;
  for (const std::size_t i : task.train) positives += task.labels[i];
  for (const std::size_t i : task.train) {
    for (std::int64_t v = 0; v < kViews; ++v) {
      rows.push_back(source.get(std::vector<View>{{i, v}})[0]);
      labels.push_back(task.labels[i]);
      weights.push_back(30 / (2 * (task.labels[i] == 1 ? positives : 30 - positives)) / kViews);
    }
  }
  const torch::Tensor all = torch::stack(rows).to(torch::kFloat64);
  const torch::Tensor mean = all.mean(0);
  const torch::Tensor deviation = all.std(0, false);
  const auto matrix = [&](const torch::Tensor& t) {
    base::Matrix out(static_cast<std::size_t>(t.size(0)), static_cast<std::size_t>(t.size(1)));
    for (std::size_t i = 0; i < out.rows(); ++i) {
      for (std::size_t j = 0; j < out.columns(); ++j)
        out(i, j) = t[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(j)].item<double>();
    }
    return out;
  };
  const base::Matrix z = matrix((all - mean) / deviation);
  const auto wanted = base::SoftmaxRegression(z, labels, weights, 2, base::LeadingAxes::of(z, 4)).fit(0.7);
  std::vector<torch::Tensor> held_out;
  for (const std::size_t i : task.curve) held_out.push_back(source.get(std::vector<View>{{i, -1}})[0]);
  const base::Matrix scored = matrix((torch::stack(held_out).to(torch::kFloat64) - mean) / deviation);
  BOOST_REQUIRE(got.probability.size() == 2 * scored.rows());
  for (std::size_t i = 0; i < scored.rows(); ++i) {
    const auto p = base::SoftmaxRegression::probabilities(wanted, scored.row(i));
    BOOST_TEST(std::abs(got.probability[2 * i + 1] - p[1]) < 2e-6);
  }
  BOOST_TEST(value_of(got.history, "train", "l2") == 0.7);
  BOOST_TEST(value_of(got.history, "train", "loss") < 0.7);
  BOOST_TEST(value_of(got.history, "val", "auc") > 0.5);
}

BOOST_AUTO_TEST_CASE(threads_and_where_features_come_from_change_no_bit) {
  const Lab lab(linear());
  const TrainOptions options{.fit = "exact"};
  const Fitted one = fitted(lab, options);
  const Fitted two = fitted(lab, options, 1, 2);
  BOOST_TEST(test::changed(one.state, two.state).empty());
  BOOST_TEST(one.probability == two.probability, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(more_columns_than_rows_fit_as_well) {
  LabOptions wide = linear();
  wide.head = {"linear"};
  const Lab lab(wide);
  const Fitted weak = fitted(lab, {.fit = "exact", .l2 = 1e-3});
  const Fitted strong = fitted(lab, {.fit = "exact", .l2 = 1e5});
  BOOST_TEST(value_of(weak.history, "train", "accuracy") == 1);
  BOOST_TEST(value_of(weak.history, "train", "loss") < 0.01);
  for (std::size_t i = 0; i < strong.probability.size(); i += 2) {  // 12 of 30 films are of class b
    BOOST_TEST(std::abs(strong.probability[i + 1] - 0.4) < 0.1);
  }
}

BOOST_AUTO_TEST_CASE(auto_chooses_by_inner_folds_among_what_it_is_given) {
  const Lab lab(linear());
  const Fitted chosen = fitted(lab, {.fit = "exact", .l2_values = {0.01, 1, 100}});
  const double l2 = value_of(chosen.history, "train", "l2");
  BOOST_TEST((l2 == 0.01 || l2 == 1 || l2 == 100));
  const Fitted given = fitted(lab, {.fit = "exact", .l2 = l2});
  BOOST_TEST(test::changed(chosen.state, given.state).empty());  // the way there leaves no trace
  const Fitted careful = fitted(lab, {.fit = "exact", .l2_values = {0.01, 1, 100}, .l2_rule = "one_standard_error"});
  BOOST_TEST(value_of(careful.history, "train", "l2") >= l2);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_brings_the_fit_back) {
  const Lab lab(linear());
  const test::TempFolder folder;
  const TrainOptions options{.fit = "exact", .l2 = 1.0};
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model, 1, 1);
  const Task task = task_of(lab);
  ExactFit fit(*model, source, options, task);
  BOOST_TEST(!fit.finished());
  fit.run_epoch(kSilent);
  fit.checkpoint().write(folder / "c.safetensors");
  const auto other = lab.assembler.make(1);
  ExactFit again(*other, source, options, task);
  again.restore(Checkpoint::read(folder / "c.safetensors"), "c");
  BOOST_TEST(again.finished());
  BOOST_TEST(again.predict(task.curve).probability == fit.predict(task.curve).probability,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_no_linear_head_on_frozen_features_is_refused_with_the_remedy) {
  const TrainOptions options{.fit = "exact", .l2 = 1.0};
  const auto refused = [&](const LabOptions& o, std::int64_t views, const std::string& word) {
    const Lab lab(o);
    const auto model = lab.assembler.make(0);
    FeatureSource source = lab.features(*model, 1, views);
    BOOST_CHECK_EXCEPTION(make_fit(*model, {{model->cut(), &source, 1, 0.1}}, options, task_of(lab)), base::ConfigError,
                          about(word));
  };
  LabOptions o = linear();
  o.head = {"global_average", {{"hidden", 8}}};
  refused(o, 1, "dense layer");
  o.head = {"global_average", {{"dropout", 0.5}}};
  refused(o, 1, "dropout");
  o = linear();
  o.backbone.options["freeze"] = "none";
  refused(o, 1, "backbone.freeze");
  refused(linear({{"rotate", {{"degrees", 20}}}}), 0, "augment.views: 4");
}

BOOST_AUTO_TEST_SUITE_END()

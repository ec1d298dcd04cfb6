#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fixture.hpp"
#include "youden/backbone/supported.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/bundle/predictor.hpp"
#include "youden/run/training.hpp"
#include "youden/run/verify.hpp"
#include "youden/train/schedule.hpp"

using namespace youden;
using namespace youden::run;
using namespace youden::test;

namespace {

boost::test_tools::assertion_result has_all_precisions(boost::unit_test::test_unit_id /*id*/) {
  bool all = true;
  for (const char* name : {"bfloat16", "int8"})
    all = all && !backbone::unsupported({"vgg11", {{"precision", name}}}, base::Cpu::here(), "");
  boost::test_tools::assertion_result here(all);
  here.message() << "this machine lacks bfloat16 or int8";
  return here;
}

/// A constant rate that asks for an interrupt at the g_steps-th step of the process; 0 = never.
int g_steps = 0;
class Stops final : public train::Schedule {
 public:
  using Options = config::NoOptions;
  Stops(Options /*none*/, const train::ScheduleContext& /*none*/) {}
  [[nodiscard]] double rate(double base, std::int64_t /*step*/) const override {
    if (g_steps > 0 && --g_steps == 0) base::g_interrupted = 1;
    return base;
  }
};
const registry::Register<train::Schedule, Stops> kStops{"test_stops", "stops where a case says"};

/// 20 films on disk, 13 of them trained on, through a random VGG11.
std::string document(const std::string& precision) {
  return R"(
name: tiny
seed: 5
positive: b
dataset: { type: image_folder, root: films, size: 40 }
split: { type: holdout, train: 0.6, val: 0.2, test: 0.2 }
augment: { views: fresh, steps: [ { type: rotate, degrees: 10 } ] }
backbone: { type: vgg11, precision: )" +
         precision + R"( }
head: { type: tutorial, pool: 1, hidden: 6, dropout: 0.5 }
train: { epochs: 3, batch: 4, lr: 0.01 }
)";
}
void draw(const RunProject& p) {
  for (int i = 0; i < 20; ++i)
    p.film("films/" + std::string(i % 3 == 0 ? "b" : "a") + "/" + std::to_string(i) + ".png");
}
Outcome go(const RunProject& p, const std::string& yaml, const std::vector<std::string>& overrides = {}) {
  base::Progress quiet(true);
  Request request;
  request.experiment = p.resolve(yaml, overrides);
  request.db = p.db();
  return Training(std::move(request), quiet).go();
}
store::Database stored(const RunProject& p) { return store::Database::open_read_only(p.db()); }
std::filesystem::path model_of(const RunProject& p, std::int64_t run, const std::string& file = "model.safetensors") {
  auto db = stored(p);
  return p.root() / "results" / "runs" / store::read_run(db, run).uid / file;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(precision)

BOOST_AUTO_TEST_CASE(a_run_has_one_and_its_bundle_predicts_in_it, *boost::unit_test::precondition(has_all_precisions)) {
  const RunProject p;
  draw(p);
  std::map<std::string, std::map<std::string, double>> each;
  std::set<std::string> fingerprints;
  for (const std::string name : {"float32", "bfloat16", "int8"}) {
    const Outcome o = go(p, document(name));
    auto db = stored(p);
    fingerprints.insert(store::read_run(db, o.run).fingerprint);
    BOOST_TEST(store::read_environment(db, o.run).at("precision").get<std::string>() == name);
    std::vector<std::filesystem::path> films;
    std::vector<double> probability;
    for (const auto& row : store::read_predictions(db, o.run)) {
      if (row.class_name != "b") continue;
      films.push_back(p.root() / "films" / row.sample);
      probability.push_back(row.probability);
      each[name][row.sample] = row.probability;
    }
    BOOST_TEST(films.size() == 8U);
    const auto predicted = bundle::Predictor({model_of(p, o.run)}).predict(films).done;
    for (std::size_t i = 0; i < films.size(); ++i) BOOST_TEST(predicted[i].probability[1] == probability[i], films[i]);
  }
  BOOST_TEST(fingerprints.size() == 3U);
  BOOST_TEST((each["float32"] != each["bfloat16"]));
  BOOST_TEST((each["float32"] != each["int8"]));
}

BOOST_AUTO_TEST_CASE(int8_reports_what_it_changed, *boost::unit_test::precondition(has_all_precisions)) {
  const RunProject p;
  draw(p);
  const Outcome o = go(p, document("int8"), {"replicates=2"});
  auto db = stored(p);
  std::map<std::pair<int, std::string>, double> said;
  for (const auto& h : store::read_history(db, o.run)) {
    if (h.part == "calibration") said[{h.replicate, h.metric}] = h.value.value();
  }
  BOOST_TEST(said.size() == 4U);
  const double error = said[{0, "feature_error"}];
  BOOST_TEST((error > 1e-4 && error < 0.05), error);
  BOOST_TEST((said[{1, "feature_error"}] == error));  // of the prefix, which replicates share
  BOOST_TEST((said[{0, "same_predictions"}] > 0.5 && said[{0, "same_predictions"}] <= 1));
}

BOOST_AUTO_TEST_CASE(every_fold_of_int8_has_its_own_ranges, *boost::unit_test::precondition(has_all_precisions)) {
  const RunProject p;
  draw(p);
  std::string yaml = document("int8");
  yaml.replace(yaml.find("{ type: holdout, train: 0.6, val: 0.2, test: 0.2 }"), 50, "{ type: kfold, folds: 2 }");
  const Outcome o = go(p, yaml);
  const auto ranges = [&](const char* file) {
    return bundle::Bundle::read(model_of(p, o.run, file)).tensors.tensors.at("prefix.ranges");
  };
  const torch::Tensor first = ranges("model-r0-f0.safetensors");
  BOOST_TEST((first.sizes() == torch::IntArrayRef{9, 2}));
  BOOST_TEST(first.isfinite().all().item<bool>());
  BOOST_TEST(!torch::equal(first, ranges("model-r0-f1.safetensors")));
  // Ten films train and ten are held out, each looked at once; the ten are seen in three epochs.
  BOOST_TEST(o.prefix_images == 2 * (3 * 10 + 10));
  base::Progress quiet(true);
  auto db = store::Database::open(p.db());
  BOOST_TEST(!verify(db, store::read_run(db, o.run), p.resolve(yaml), quiet).has_value());
}

BOOST_AUTO_TEST_CASE(int8_interrupted_and_resumed_ends_in_the_same_bits,
                     *boost::unit_test::precondition(has_all_precisions)) {
  const std::string stops = "train.schedule=test_stops";
  const auto probabilities = [](const RunProject& p, std::int64_t run) {
    auto db = stored(p);
    std::map<std::string, double> out;
    for (const auto& r : store::read_predictions(db, run)) out[r.sample + r.class_name] = r.probability;
    return out;
  };
  const RunProject whole;
  draw(whole);
  const auto expected = probabilities(whole, go(whole, document("int8"), {stops}).run);
  const RunProject p;
  draw(p);
  g_steps = 5;  // in the second epoch
  BOOST_CHECK_THROW(go(p, document("int8"), {stops}), base::Interrupted);
  base::g_interrupted = 0;
  BOOST_TEST((probabilities(p, go(p, document("int8"), {stops}).run) == expected));
}

BOOST_AUTO_TEST_CASE(a_network_without_int8_is_refused_with_its_place,
                     *boost::unit_test::precondition(has_all_precisions)) {  // elsewhere the processor is named first
  const RunProject p;
  draw(p);
  std::string yaml = document("int8");
  yaml.replace(yaml.find("vgg11"), 5, "mobilenet_v2");
  BOOST_CHECK_EXCEPTION(go(p, yaml), base::ConfigError,
                        says({"exp.yaml:8", "mobilenet_v2", "write backbone.precision"}));
}

BOOST_AUTO_TEST_CASE(a_bundle_is_refused_where_its_arithmetic_is_not,
                     *boost::unit_test::precondition(has_all_precisions)) {
  const RunProject p;
  draw(p);
  const auto file = model_of(p, go(p, document("bfloat16")).run);
  const base::Cpu old{.model = "Old 1", .flags = {"avx2"}};
  BOOST_CHECK_EXCEPTION(bundle::Bundle::read(file).model("m.safetensors", old), base::WeightsError,
                        says({"m.safetensors: ", "bfloat16", "avx512_bf16", "Old 1", "backbone.precision=float32"}));
}

BOOST_AUTO_TEST_SUITE_END()

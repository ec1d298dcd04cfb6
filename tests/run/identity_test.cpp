#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fixture.hpp"
#include "youden/backbone/backbone.hpp"
#include "youden/backbone/initialise.hpp"
#include "youden/run/evaluation.hpp"
#include "youden/run/fingerprint.hpp"
#include "youden/run/image_size.hpp"
#include "youden/run/materials.hpp"
#include "youden/weights/load.hpp"

using namespace youden;
using namespace youden::run;
using namespace youden::test;

const char* youden::library_hash() { return g_library.c_str(); }

namespace {

Materials gathered(const Experiment& e) {
  base::Progress quiet(true);
  return gather(e, quiet);
}
std::string print_of(const RunProject& p, const std::string& yaml, const std::vector<std::string>& overrides = {},
                     bool convolutions = false) {
  const Experiment e = Experiment::from(p.resolve(yaml, overrides));
  return fingerprint(e, gathered(e), convolutions);
}
Materials gathered(const RunProject& p, const std::string& yaml, const std::vector<std::string>& overrides = {}) {
  return gathered(Experiment::from(p.resolve(yaml, overrides)));
}

/// Films of two classes under `folder`, and the document that trains on them.
std::string folder_document(const RunProject& p, const std::string& folder) {
  for (int i = 0; i < 8; ++i) {
    const std::string name = (i < 4 ? "sick/" : "well/") + std::to_string(i) + ".png";
    p.film(folder + "/" + name, name);
  }
  return "name: f\npositive: sick\ndataset: { type: image_folder, root: " + folder +
         ", size: 16 }\nsplit: { type: holdout, train: 0.5, val: 0, test: 0.5 }\n"
         "backbone: { type: small_cnn, width: 4, depth: 2 }\nhead: linear\n";
}

/// Samples that nobody looks at: label and patient of each.
Materials by_hand(std::vector<std::string> classes, const std::vector<std::pair<int, std::string>>& samples) {
  class None final : public data::Source {
   public:
    [[nodiscard]] sample::Manifest load() const override { return {}; }
    [[nodiscard]] cv::Mat image(const sample::Sample&) const override { return {}; }
  };
  Materials m;
  sample::Manifest manifest;
  for (const auto& [label, patient] : samples) {
    const std::string id = "s" + std::to_string(manifest.samples.size());
    manifest.samples.push_back(
        {.id = id, .path = {}, .sha256 = id, .label = classes.at(static_cast<std::size_t>(label)), .patient = patient});
    m.labels.push_back(label);
  }
  base::Progress quiet(true);
  m.dataset = data::Dataset::open(std::make_shared<None>(), std::move(manifest), {}, quiet);
  m.classes = std::move(classes);
  m.patients = m.dataset.manifest().patients();
  m.units = m.dataset.manifest().units();
  return m;
}
train::Predictions predicted(const Materials& m, std::vector<std::size_t> samples, std::vector<double> probability) {
  train::Predictions p{.classes = m.classes.size(), .samples = std::move(samples)};
  for (const std::size_t i : p.samples) p.labels.push_back(m.labels[i]);
  if (p.classes == 2 && probability.size() == p.samples.size()) {
    for (const double x : probability) p.probability.insert(p.probability.end(), {x, 1 - x});
  } else {
    p.probability = std::move(probability);
  }
  return p;
}
const store::ResultRow& row(const std::vector<store::ResultRow>& rows, int fold, const std::string& cls,
                            const std::string& metric, const std::string& unit = "image",
                            const std::string& slice = "") {
  const auto it = std::find_if(rows.begin(), rows.end(), [&](const store::ResultRow& r) {
    return r.fold == fold && r.class_name == cls && r.metric == metric && r.unit == unit && r.slice == slice;
  });
  BOOST_REQUIRE_MESSAGE(it != rows.end(), metric << " of " << cls << " in fold " << fold << " is missing");
  return *it;
}
double value(const std::vector<store::ResultRow>& rows, int fold, const std::string& cls, const std::string& metric) {
  return row(rows, fold, cls, metric).estimate.value.value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fingerprints)

BOOST_AUTO_TEST_CASE(what_changes_no_number_changes_no_fingerprint) {
  const RunProject p;
  const std::string base = print_of(p, kTiny);
  BOOST_TEST(base.size() == 32U);
  for (const char* change : {"name=other", "tags.site=north", "threads=3", "cache.dir=elsewhere", "sweep.seed=4",
                             "train.optimizer={type: adam, beta1: 0.9}", "seed=5", "launcher=local"}) {
    BOOST_TEST(print_of(p, kTiny, {change}) == base, change);
  }
  const RunProject elsewhere;
  BOOST_TEST(print_of(elsewhere, kTiny) == base);
}

BOOST_AUTO_TEST_CASE(what_changes_a_number_changes_the_fingerprint) {
  const RunProject p;
  const std::string base = print_of(p, kTiny);
  for (const char* change : {"seed=6",
                             "positive=clear",
                             "classes=[opacity, clear]",
                             "dataset.films=25",
                             "dataset.size=40",
                             "dataset.contrast=0.5",
                             "split.val=0.3",
                             "split.group=null",
                             "augment.views=2",
                             "augment.seed=9",
                             "augment.steps.rotate.degrees=11",
                             "augment.steps=[]",
                             "normalize=imagenet",
                             "backbone.width=5",
                             "backbone.freeze=block1",
                             "head.dropout=0.4",
                             "head=linear",
                             "train.epochs=4",
                             "train.batch=5",
                             "train.lr=0.011",
                             "train.loss=focal",
                             "train.optimizer={type: adam, beta1: 0.8}",
                             "train.optimizer=sgd",
                             "train.schedule=cosine",
                             "train.drop_last=true",
                             "train.class_weights=balanced",
                             "train.select.metric=loss",
                             "threshold=youden",
                             "threshold=0.4",
                             "replicates=2",
                             "metrics=[auc]"}) {
    std::vector<std::string> changes{change};
    if (changes[0] == "split.val=0.3") changes.emplace_back("split.train=0.45");
    BOOST_TEST(print_of(p, kTiny, changes) != base, change);
  }
  g_library = "other headers";
  BOOST_TEST(print_of(p, kTiny) != base);
  g_library = "headers";
}

BOOST_AUTO_TEST_CASE(another_libtorch_makes_another_run) {
  const RunProject p;
  const Experiment e = Experiment::from(p.resolve(kTiny));
  const Materials m = gathered(e);
  BOOST_TEST(fingerprint(e, m, false) == fingerprint(e, m, false, TORCH_VERSION));
  BOOST_TEST(fingerprint(e, m, false, "1.13.1") != fingerprint(e, m, false, "2.15.0"));
}

BOOST_AUTO_TEST_CASE(threads_count_where_convolutions_train) {
  const RunProject p;
  BOOST_TEST(print_of(p, kTiny, {"threads=1"}, true) != print_of(p, kTiny, {"threads=2"}, true));
  BOOST_TEST(print_of(p, kTiny, {"threads=2"}, true) == print_of(p, kTiny, {"threads=2"}, true));
  BOOST_TEST(print_of(p, kTiny, {"threads=2"}, true) != print_of(p, kTiny, {"threads=2"}, false));
}

BOOST_AUTO_TEST_CASE(films_count_by_content_and_never_by_place) {
  const RunProject p;
  const std::string here = folder_document(p, "films");
  const std::string base = print_of(p, here);
  BOOST_TEST(print_of(p, folder_document(p, "moved/away")) == base);
  p.film("films/sick/2.png", "another film");
  BOOST_TEST(print_of(p, here) != base);
  p.film("films/sick/2.png", "sick/2.png");
  BOOST_TEST(print_of(p, here) == base);
  std::filesystem::rename(p.root() / "films/sick/3.png", p.root() / "films/well/3.png");
  BOOST_TEST(print_of(p, here) != base);
}

BOOST_AUTO_TEST_CASE(every_column_of_a_manifest_counts) {
  const RunProject p;
  for (int i = 0; i < 8; ++i) p.film("f" + std::to_string(i) + ".png");
  const auto print = [&](const std::string& last, const std::string& file = "m.csv") {
    std::string csv = "path,label,patient,source,age\n";
    for (int i = 0; i < 7; ++i) {
      const std::string n = std::to_string(i);
      csv += "f" + n + ".png," + (i < 4 ? "sick" : "well") + ",p" + n + ",north,50\n";
    }
    p.write(file, csv + last + "\n");
    return print_of(p, "positive: sick\ndataset: { type: manifest, file: " + file +
                           ", size: 16 }\nsplit: { type: holdout, train: 0.5, val: 0, test: 0.5 }\n");
  };
  const std::string base = print("f7.png,well,p7,north,50");
  BOOST_TEST(print("f7.png,well,p7,north,50", "n.csv") == base);
  BOOST_TEST(print("f7.png,well,p6,north,50") != base);
  BOOST_TEST(print("f7.png,well,p7,south,50") != base);
  BOOST_TEST(print("f7.png,well,p7,north,51") != base);
  BOOST_TEST(print("f7.png,sick,p7,north,50") != base);
}

BOOST_AUTO_TEST_CASE(weights_count_by_content) {
  const RunProject p;
  const auto file = [&](const std::string& name, std::uint64_t seed) {
    const auto net = registry::make<backbone::Backbone>({"small_cnn", {{"width", 4}, {"depth", 2}}});
    backbone::initialise(*net, seed, 0);
    weights::write_safetensors(p.root() / name, weights::save_state(*net));
    return "backbone.weights=" + (p.root() / name).string();
  };
  const std::string one = print_of(p, kTiny, {file("a.safetensors", 1)});
  BOOST_TEST(one != print_of(p, kTiny));
  BOOST_TEST(one == print_of(p, kTiny, {file("b.safetensors", 1)}));
  BOOST_TEST(one != print_of(p, kTiny, {file("a.safetensors", 2)}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(image_sizes)

BOOST_AUTO_TEST_CASE(auto_is_more_for_a_network_that_looks_once_and_with_weights) {
  Experiment e;
  e.dataset = {"phantom"};
  const auto with = [&](const config::Json& options) {
    e.backbone = {"small_cnn", options};
    return image_size(e);
  };
  BOOST_TEST(with({{"weights", "w.safetensors"}}) == 448);
  BOOST_TEST(with({{"weights", "w.safetensors"}, {"freeze", "none"}}) == 224);
  BOOST_TEST(with({{"weights", nullptr}}) == 224);
  e.train.phases = {{.epochs = 2, .freeze = "all"}, {.epochs = 2, .freeze = "block1"}};
  BOOST_TEST(with({{"weights", "w.safetensors"}}) == 224);
  e.dataset = {"phantom", {{"size", 96}}};
  BOOST_TEST(with({{"weights", "w.safetensors"}}) == 96);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(materials)

BOOST_AUTO_TEST_CASE(classes_are_sorted_or_as_listed) {
  const RunProject p;
  const Materials sorted = gathered(p, kTiny);
  BOOST_TEST((sorted.classes == std::vector<std::string>{"clear", "opacity"}));
  BOOST_TEST(sorted.positive == 1);
  BOOST_TEST(sorted.positive_name == "opacity");
  const Materials listed = gathered(p, kTiny, {"classes=[opacity, clear]"});
  BOOST_TEST(listed.positive == 0);
  for (std::size_t i = 0; i < sorted.labels.size(); ++i) BOOST_TEST(sorted.labels[i] == 1 - listed.labels[i]);
  BOOST_TEST(sorted.labels.size() == 24U);
}

BOOST_AUTO_TEST_CASE(parts_are_disjoint_and_complete) {
  const RunProject p;
  const Materials m = gathered(p, kTiny);
  BOOST_TEST(m.folds().size() == 1U);
  std::size_t n = 0;
  for (const sample::Part part : {sample::Part::train, sample::Part::val, sample::Part::test}) {
    BOOST_TEST(m.has(part));
    n += m.part(0, part).size();
  }
  BOOST_TEST(n == 24U);
  BOOST_TEST(!m.has(sample::Part::oof));
}

BOOST_AUTO_TEST_CASE(a_subset_of_classes_leaves_the_others_out) {
  const RunProject p;
  folder_document(p, "films");
  for (int i = 0; i < 4; ++i) p.film("films/odd/" + std::to_string(i) + ".png");
  const std::string yaml =
      "dataset: { type: image_folder, root: films, size: 16 }\nsplit: { type: holdout, train: 0.5, val: 0, test: 0.5 "
      "}\n";
  const Materials three = gathered(p, yaml);  // none needs to be named
  BOOST_TEST(three.labels.size() == 12U);
  BOOST_TEST(three.positive_name == "");
  BOOST_CHECK_EXCEPTION(gathered(p, yaml + "unit: patient\n"), base::ConfigError,
                        says({"'unit: patient'", "patients"}));
  const Materials two = gathered(p, yaml + "classes: [well, odd]\npositive: odd\n");
  BOOST_TEST(two.labels.size() == 8U);
  BOOST_TEST(two.positive == 1);
  BOOST_CHECK_EXCEPTION(gathered(p, yaml + "threshold: youden\n"), base::ConfigError, says({"'threshold'", "3"}));
  BOOST_CHECK_EXCEPTION(gathered(p, yaml + "threshold: 0.3\n"), base::ConfigError, says({"'threshold'"}));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_said_before_anything_is_written) {
  const RunProject p;
  const auto refused = [&](const std::vector<std::string>& overrides, std::vector<std::string> words) {
    BOOST_TEST_CONTEXT(overrides[0]) {
      BOOST_CHECK_EXCEPTION(gathered(p, kTiny, overrides), base::Error, says(std::move(words)));
    }
  };
  refused({"positive=null"}, {"'positive' is missing", "clear", "opacity"});
  refused({"positive=opacty"}, {"'positive' is 'opacty'", "did you mean 'opacity'?"});
  refused({"classes=[opacity, cleer]"}, {"'cleer'", "did you mean 'clear'?"});
  refused({"classes=[opacity, opacity, clear]"}, {"twice"});
  refused({"classes=[opacity]"}, {"1 class"});
  refused({"split={type: holdout, train: 0.5, val: 0, test: 0.5}", "threshold=youden"},
          {"'threshold: youden'", "split.val"});
  refused({"split={type: holdout, train: 0.5, val: 0, test: 0.5}", "train.select.metric=loss"}, {"'train.select'"});
  refused({"split={type: holdout, train: 0.5, val: 0.5, test: 0}", "train.curves=test"}, {"'train.curves: test'"});
  refused({"train.curves=test", "train.select.metric=loss"}, {"'train.select'", "train.curves: val"});
  refused({"train.select.metric=aucc"}, {"'aucc'", "did you mean 'auc'?"});
  refused({"train.select.patience=3"}, {"'train.select.patience'"});
  refused({"train.select.metric=calibration_slope"}, {"'calibration_slope'", "neither more nor less"});
  refused({"slices=[sx]"}, {"'slices' names 'sx'", "did you mean 'sex'?"});
  refused({"split={type: holdout, train: 0.5, val: 0, test: 0.5}", "calibration=temperature"},
          {"'calibration: temperature'", "split.val"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(evaluation)

namespace {
/// Two folds of 4 and 3 films; covid is class 0. p = probability of covid.
bool near(double a, double b) { return std::abs(a - b) < 1e-12; }

struct Folds {
  Materials m =
      by_hand({"covid", "normal"}, {{0, "p1"}, {0, "p1"}, {1, "p2"}, {1, "p3"}, {0, "p4"}, {1, "p4"}, {1, ""}});
  Experiment e;
  FoldPredictions folds;
  Folds() {
    e.metrics = {{"sensitivity"}, {"accuracy"}, {"auc"}};
    e.prevalence = {};
    e.sampling = "by_class";  // seven films: in many a cohort of them a class is missing
    folds[0]["oof"] = predicted(m, {0, 1, 2, 3}, {0.9, 0.4, 0.6, 0.2});
    folds[1]["oof"] = predicted(m, {4, 5, 6}, {0.3, 0.1, 0.35});
  }
};
}  // namespace

BOOST_AUTO_TEST_CASE(count_metrics_pool_decisions_and_auc_is_a_mean_over_folds) {
  const Folds f;
  const auto rows = run::evaluate(f.e, f.m, 2, f.folds, {{0, 0.5}, {1, 0.3}});
  BOOST_TEST(value(rows, -1, "covid", "sensitivity") == 2.0 / 3);
  BOOST_TEST(row(rows, -1, "covid", "sensitivity").estimate.n == 3);
  BOOST_TEST(value(rows, -1, "covid", "accuracy") == 4.0 / 7);
  BOOST_TEST(value(rows, -1, "covid", "auc") == (0.75 + 0.5) / 2);
  BOOST_TEST(row(rows, -1, "covid", "auc").estimate.method == "mean of 2 folds, logit-cluster-bootstrap, by class");
  BOOST_TEST(row(rows, -1, "covid", "auc").estimate.n == 7);
  BOOST_TEST(value(rows, -1, "covid", "auc_pooled") == 9.0 / 12);
  BOOST_TEST((row(rows, -1, "covid", "accuracy").threshold == std::nullopt));  // the folds differ
  BOOST_TEST(*row(rows, -1, "covid", "accuracy").n_patients == 4);
  BOOST_TEST(value(rows, 0, "covid", "sensitivity") == 0.5);
  BOOST_TEST(value(rows, 0, "covid", "auc") == 0.75);
  BOOST_TEST(*row(rows, 0, "covid", "auc").threshold == 0.5);
  BOOST_TEST(value(rows, 1, "covid", "sensitivity") == 1);
  BOOST_TEST(*row(rows, 1, "covid", "auc").threshold == 0.3);
  for (const auto& r : rows) {
    BOOST_TEST(r.replicate == 2);
    BOOST_TEST(r.part == "oof");
    BOOST_TEST(r.unit == "image");  // p4 has films of both classes
  }
  BOOST_TEST(rows.size() == 4U + 3U + 3U);
}

BOOST_AUTO_TEST_CASE(a_fold_without_an_auc_leaves_the_mean_undefined) {
  Folds f;
  f.folds[1]["oof"] = predicted(f.m, {5, 6}, {0.1, 0.35});
  const auto rows = run::evaluate(f.e, f.m, 0, f.folds, {{0, 0.5}, {1, 0.5}});
  BOOST_TEST(!row(rows, -1, "covid", "auc").estimate.value.has_value());
  BOOST_TEST(row(rows, -1, "covid", "auc_pooled").estimate.value.has_value());
}

BOOST_AUTO_TEST_CASE(one_fold_is_its_own_pool) {
  Folds f;
  f.folds.erase(1);
  const auto rows = run::evaluate(f.e, f.m, 0, f.folds, {{0, 0.65}});
  BOOST_TEST(rows.size() == 2U * 3U);
  BOOST_TEST(*row(rows, -1, "covid", "sensitivity", "patient").estimate.value == 1);  // p1: (0.9 + 0.4) / 2
  BOOST_TEST(row(rows, -1, "covid", "accuracy", "patient").estimate.n == 3);
  BOOST_TEST(value(rows, -1, "covid", "auc") == 0.75);
  BOOST_TEST(value(rows, -1, "covid", "accuracy") == 0.75);  // 0.6 is a false alarm no longer
  BOOST_TEST(*row(rows, -1, "covid", "auc").threshold == 0.65);
}

BOOST_AUTO_TEST_CASE(three_classes_are_called_by_the_largest_probability) {
  const Materials m = by_hand({"a", "b", "c"}, {{0, ""}, {1, ""}, {2, ""}, {2, ""}});
  Experiment e;
  e.metrics = {{"sensitivity"}, {"auc"}};
  FoldPredictions folds;
  folds[0]["test"] = predicted(m, {0, 1, 2, 3}, {.5, .3, .2, .4, .35, .25, .1, .2, .7, .3, .3, .4});
  const auto rows = run::evaluate(e, m, 0, folds, {{0, 0.9}});
  BOOST_TEST(value(rows, -1, "", "accuracy") == 0.75);
  BOOST_TEST(row(rows, -1, "", "accuracy").estimate.n == 4);
  BOOST_TEST(value(rows, -1, "a", "sensitivity") == 1);
  BOOST_TEST(value(rows, -1, "b", "sensitivity") == 0);
  BOOST_TEST(value(rows, -1, "c", "sensitivity") == 1);
  BOOST_TEST(value(rows, -1, "b", "auc") == 1);  // .35 against .3, .2, .3
  BOOST_TEST(value(rows, -1, "c", "auc") == 1);  // .7, .4 against .2, .25
  BOOST_TEST((row(rows, -1, "a", "auc").threshold == std::nullopt));
  BOOST_TEST((row(rows, -1, "a", "auc").n_patients == std::nullopt));
}

BOOST_AUTO_TEST_CASE(thresholds_come_from_each_folds_validation_part_else_from_all_held_out_scores) {
  Folds f;
  f.e.threshold = "youden";
  auto chosen = choose_thresholds(f.e, f.m, f.folds);
  BOOST_TEST(near(chosen.at(0), 0.25));  // J of the seven: 3/3 − 2/4, between .3 and .2
  BOOST_TEST(near(chosen.at(1), 0.25));
  f.e.threshold = "sensitivity >= 0.6";
  BOOST_TEST(near(choose_thresholds(f.e, f.m, f.folds).at(1), 0.375));
  f.e.threshold = "youden";
  f.folds[0]["val"] = predicted(f.m, {0, 2, 3, 1}, {0.7, 0.4, 0.2, 0.45});
  f.folds[1]["val"] = predicted(f.m, {4, 5}, {0.2, 0.1});
  chosen = choose_thresholds(f.e, f.m, f.folds);
  BOOST_TEST(near(chosen.at(0), 0.425));
  BOOST_TEST(near(chosen.at(1), 0.15));
  f.e.threshold = 0.25;
  BOOST_TEST(choose_thresholds(f.e, f.m, f.folds).at(1) == 0.25);
}

BOOST_AUTO_TEST_CASE(a_threshold_is_never_chosen_from_one_class) {
  Folds f;
  f.e.threshold = "youden";
  f.folds[0]["val"] = predicted(f.m, {2, 3}, {0.7, 0.4});
  f.folds[1]["val"] = predicted(f.m, {4, 5}, {0.2, 0.1});
  BOOST_CHECK_THROW(choose_thresholds(f.e, f.m, f.folds), base::DataError);
}

BOOST_AUTO_TEST_CASE(the_test_part_never_moves_a_threshold) {
  Folds f;
  f.e.threshold = "youden";
  f.folds[0]["test"] = predicted(f.m, {0, 2}, {0.99, 0.98});
  BOOST_TEST(near(choose_thresholds(f.e, f.m, f.folds).at(0), 0.25));
}

BOOST_AUTO_TEST_CASE(who_reports_by_patient_chooses_the_threshold_by_patient) {
  Folds f;
  f.e.threshold = "youden";
  f.folds.erase(1);
  BOOST_TEST(near(choose_thresholds(f.e, f.m, f.folds).at(0), 0.3));  // films .9 .4 | .6 .2: J ½ at .9 and at .4
  f.e.unit = "patient";
  BOOST_TEST(near(choose_thresholds(f.e, f.m, f.folds).at(0), 0.625));  // p1 .65 | p2 .6, p3 .2
}

BOOST_AUTO_TEST_CASE(slices_are_covariates_and_sources_and_many_numbers_become_bands) {
  sample::Manifest manifest;
  for (int i = 0; i < 12; ++i) {
    manifest.samples.push_back({.id = "s" + std::to_string(i), .path = {}, .sha256 = {}, .label = "a"});
    manifest.samples.back().source = i < 5 ? "north" : "";
    manifest.samples.back().covariates = {{"age", 20 + 5 * i}, {"sex", i % 2 == 0 ? "F" : "M"}};
  }
  manifest.samples[11].covariates = {{"age", nullptr}};
  BOOST_TEST(slice_values(manifest, "source")[4] == "north");
  BOOST_TEST(slice_values(manifest, "source")[5] == "");
  BOOST_TEST(slice_values(manifest, "sex")[1] == "M");
  const auto age = slice_values(manifest, "age");  // 20, 25, … 70 of eleven: quarters begin at 20, 30, 45, 60
  BOOST_TEST(age[0] == "20 to 30");
  BOOST_TEST(age[2] == "30 to 45");
  BOOST_TEST(age[10] == "60 to 70");
  BOOST_TEST(age[11] == "");
  base::Faults faults;
  require_slices({"source", "sx", "age"}, manifest, faults);
  BOOST_TEST_REQUIRE(faults.size() == 1U);
  BOOST_TEST(faults.all()[0].text().find("did you mean 'sex'?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_temperature_is_each_folds_own_and_keeps_every_rank) {
  Folds f;
  auto temperatures = fit_temperatures(f.folds);
  BOOST_TEST(temperatures.at(0) == temperatures.at(1));  // of all out-of-fold scores together
  f.folds[1]["val"] = predicted(f.m, {0, 2, 3}, {0.99, 0.99, 0.02});
  temperatures = fit_temperatures(f.folds);
  BOOST_TEST(temperatures.at(0) != temperatures.at(1));
  const double t = temperatures.at(1);
  BOOST_TEST(t > 1);
  const auto before = f.folds.at(1).at("val");
  apply_temperatures(f.folds, temperatures);
  const auto& after = f.folds.at(1).at("val");
  const double expected = std::pow(.99, 1 / t) / (std::pow(.99, 1 / t) + std::pow(.01, 1 / t));
  BOOST_TEST(std::abs(after.at(0, 0) - expected) < 1e-12);
  BOOST_TEST(before.at(2, 0) == 0.02);
  BOOST_TEST(after.at(2, 0) > 0.02);
  f.folds[1]["val"] = predicted(f.m, {0, 2}, {0.9, 0.1});
  BOOST_TEST(fit_temperatures(f.folds).at(1) == 1);  // told apart without error: none is best
}

BOOST_AUTO_TEST_SUITE_END()

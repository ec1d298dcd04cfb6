#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "youden/backbone/supported.hpp"
#include "youden/base/byte_size.hpp"
#include "youden/base/cpu.hpp"
#include "youden/base/faults.hpp"
#include "youden/config/check.hpp"
#include "youden/config/fields.hpp"
#include "youden/evaluate/assessed.hpp"
#include "youden/metric/facts.hpp"
#include "youden/registry/registry.hpp"
#include "youden/train/normalization.hpp"
#include "youden/train/train_options.hpp"

namespace youden::run {

struct AugmentOptions {
  config::WordOr<int> views = "fresh";
  std::optional<std::int64_t> seed = {};
  std::vector<config::Component> steps = {};

  static const config::Fields<AugmentOptions>& fields() {
    static const auto f =
        config::Fields<AugmentOptions>()
            .add(&AugmentOptions::views, "views",
                 "fresh = a new view of each image every epoch; K = K views that come round",
                 {.min = 1, .max = 100000, .words = {"fresh"}})
            .add(&AugmentOptions::seed, "seed", "seed of the views; null = the experiment's", {.min = 0})
            .add(&AugmentOptions::steps, "steps", "what is done to a training image, in order",
                 {.kind = "augmentation"});
    return f;
  }
};

struct CacheOptions {
  std::string dir = "results/cache";
  config::WordOr<std::int64_t> max_bytes = "20 GiB";

  static const config::Fields<CacheOptions>& fields() {
    static const auto f =
        config::Fields<CacheOptions>()
            .add(&CacheOptions::dir, "dir", "folder of the feature cache", {.path = config::PathRule::project})
            .add(&CacheOptions::max_bytes, "max_bytes",
                 "its bound, above which what was used least recently goes; 0 = no cache",
                 {.unit = "bytes, or text such as 20 GiB", .min = 0, .pattern = "[0-9]+(\\.[0-9]+)? *([KMGT]i?B|B)"});
    return f;
  }

  [[nodiscard]] std::uint64_t bytes() const {
    const auto* number = config::value_of(max_bytes);
    return static_cast<std::uint64_t>(number ? *number
                                             : base::parse_bytes(std::get<std::string>(max_bytes)).value_or(0));
  }
};

struct SweepOptions {
  config::Component sampler = {"grid"};
  std::optional<int> trials = {};
  config::WordOr<std::vector<std::string>> objective = "val.youden_j";
  std::int64_t seed = 0;
  config::Json space = config::Json::object();
  std::optional<std::string> pruner = {};
  int generation = 8;

  static const config::Fields<SweepOptions>& fields() {
    static const auto f =
        config::Fields<SweepOptions>()
            .add(&SweepOptions::sampler, "sampler", "how trials are drawn from the space", {.kind = "sampler"})
            .add(&SweepOptions::trials, "trials", "number of trials; null = the whole grid", {.min = 1})
            .add(&SweepOptions::objective, "objective",
                 "part.metric that ranks trials, or one of its limits (val.sensitivity_low); two of them for a front",
                 {.pattern = "(val\\.|oof\\.|test\\.)?[a-z][a-z0-9_]*"})
            .add(&SweepOptions::seed, "seed", "seed of the sampler", {.min = 0})
            .add(&SweepOptions::space, "space",
                 "dotted key -> {choice: [a, b]}, {uniform: [low, high]}, log_uniform, integer; points: N for a grid, "
                 "when: "
                 "{key: value}")
            .add(&SweepOptions::pruner, "pruner", "what stops bad trials early")
            .add(&SweepOptions::generation, "generation", "trials proposed at a time", {.min = 1});
    return f;
  }
};

/// The typed document: everything one run is made of. Field order is the order of `youden config`.
struct Experiment {
  std::string name;
  std::int64_t seed = 0;
  std::optional<std::string> positive = {};
  config::WordOr<std::vector<std::string>> classes = "auto";
  config::Component dataset = {"phantom"};
  config::Component split = {"holdout"};
  AugmentOptions augment = {};
  config::WordOr<train::MeanStd> normalize = "auto";
  config::Component backbone = {"small_cnn"};
  config::Component head = {"global_average"};
  train::TrainOptions train = {};
  std::string calibration = "none";
  config::WordOr<double> threshold = 0.5;
  std::string unit = "image";
  std::string sampling = "cohort";
  int replicates = 1;
  std::vector<config::Component> metrics = evaluate::default_metrics();
  std::vector<double> prevalence = {0.01, 0.05, 0.2};
  std::vector<std::string> slices = {};
  std::string audit = "warn";
  std::vector<std::string> controls = {};
  std::string device = "auto";
  config::WordOr<int> threads = "auto";
  std::optional<CacheOptions> cache = CacheOptions{};
  config::Json tags = config::Json::object();
  std::string launcher = "local";
  SweepOptions sweep = {};

  static const config::Fields<Experiment>& fields() {
    static const auto f =
        config::Fields<Experiment>()
            .add(&Experiment::name, "name", "what the run is called; the file's stem unless given")
            .add(&Experiment::seed, "seed", "of every random decision", {.min = 0})
            .add(&Experiment::positive, "positive", "the class that sensitivity speaks of; required with two classes")
            .add(&Experiment::classes, "classes", "auto = every label, sorted; a list gives order and subset",
                 {.words = {"auto"}})
            .add(&Experiment::dataset, "dataset", "where the images come from", {.kind = "source"})
            .add(&Experiment::split, "split", "what is trained on, chosen on, tested on", {.kind = "split"})
            .add(&Experiment::augment, "augment", "random views of training images")
            .add(&Experiment::normalize, "normalize",
                 "auto = what the backbone's weights expect; imagenet, caffe, efficientnet_lite, none, or {mean: […], "
                 "std: […]}",
                 {.words = {"auto", "imagenet", "caffe", "efficientnet_lite", "none"}})
            .add(&Experiment::backbone, "backbone", "the convolutional network", {.kind = "backbone"})
            .add(&Experiment::head, "head", "what turns its features into classes", {.kind = "head"})
            .add(&Experiment::train, "train", "how the weights are fitted")
            .add(&Experiment::calibration, "calibration",
                 "temperature = probabilities are softmax(logits / T), T fitted on validation or out-of-fold scores, "
                 "before the threshold is chosen",
                 {.choices = {"none", "temperature"}})
            .add(&Experiment::threshold, "threshold",
                 "operating point: a probability; or youden, or 'sensitivity >= x', chosen on validation or "
                 "out-of-fold scores",
                 {.min = 0, .max = 1, .words = {"youden"}, .pattern = "sensitivity *>= *(0?\\.[0-9]+|1(\\.0*)?|0)"})
            .add(&Experiment::unit, "unit",
                 "what is counted in the headline: films, or patients by their mean probability",
                 {.choices = {"image", "patient"}})
            .add(
                &Experiment::sampling, "sampling",
                "what intervals take for chance: cohort = the share of each class as well, by_class = class sizes were "
                "fixed by design, as in a case-control study",
                {.choices = {"cohort", "by_class"}})
            .add(&Experiment::replicates, "replicates",
                 "repetitions that differ in initialisation, order and dropout only", {.min = 1, .max = 1000})
            .add(&Experiment::metrics, "metrics", "what is reported for every part", {.kind = "metric"})
            .add(&Experiment::prevalence, "prevalence", "at which PPV and NPV are also given", {.min = 0, .max = 1})
            .add(&Experiment::slices, "slices",
                 "sex, source or other covariates by whose values the headline is also given; numbers in quarters")
            .add(&Experiment::audit, "audit",
                 "checks of the data before training: warn = say what the fast ones find, strict = every check of "
                 "youden "
                 "audit, and train only where none fails",
                 {.choices = {"warn", "strict", "off"}})
            .add(
                &Experiment::controls, "controls",
                "negative controls, trained after the run by its own protocol: border = on the outermost tenth of each "
                "side alone, permuted = 20 times on labels dealt out by chance",
                {.choices = {"border", "permuted"}})
            .add(&Experiment::device, "device", "where tensors live", {.choices = {"auto", "cpu", "cuda"}})
            .add(&Experiment::threads, "threads", "auto = what affinity and cgroup allow",
                 {.min = 1, .max = 4096, .words = {"auto"}})
            .add(&Experiment::cache, "cache", "of frozen features; null = none")
            .add(&Experiment::tags, "tags", "free key: value pairs kept with the run")
            .add(&Experiment::launcher, "launcher", "where trials run")
            .add(&Experiment::sweep, "sweep", "the space that `youden sweep` explores");
    return f;
  }

  /// Typed, with what the schema cannot say checked: combinations, and what this version does not do yet.
  static Experiment from(const config::Resolved& resolved) {
    const Experiment e = fields().parse(resolved.config);
    base::Faults faults;
    const auto at = [&](const std::string& key) {
      const auto it = resolved.origins.find(key);
      return it == resolved.origins.end() ? std::string() : it->second;
    };
    const auto later = [&](const std::string& key, const std::string& what) {
      faults.add("'" + key + "': " + what + " is not part of this version", at(key), "remove the key");
    };
    if (e.train.select.patience && !e.train.select.metric) {
      faults.add("'train.select.patience' waits for train.select.metric to improve, but none is named",
                 at("train.select.patience"), "add train.select.metric, for example loss or youden_j");
    }
    if (e.train.select.metric && e.train.curves == "test") {
      faults.add("'train.select' chooses an epoch on validation, but train.curves: test scores the test part instead",
                 at("train.select.metric"), "write train.curves: val, or train.select.metric: null");
    }
    if (const auto& metric = e.train.select.metric; metric && *metric != "loss") {
      const auto names = registry::catalog().names("metric");
      if (std::find(names.begin(), names.end(), *metric) == names.end()) {
        faults.add("'train.select.metric' is '" + *metric + "', which is no metric", at("train.select.metric"),
                   base::suggestion(*metric, names));
      } else if (metric::facts_of(*metric).direction == "none") {
        faults.add("'train.select.metric' is '" + *metric + "', of which neither more nor less is better",
                   at("train.select.metric"), "choose by loss, youden_j, auc or log_loss");
      }
    }
    if (!e.controls.empty() && !e.positive) {
      faults.add("'controls' ask whether the positive class is told, but none is named", at("controls"),
                 "add positive: CLASS");
    }
    if (e.sweep.pruner) later("sweep.pruner", "stopping trials early");
    if (e.launcher != "local") later("launcher", "a launcher other than local");
    if (const auto fault = backbone::unsupported(e.backbone, base::Cpu::here(), at("backbone.precision"))) {
      faults.add(fault->what, fault->where, fault->remedy);
    }
    faults.raise<base::ConfigError>("faults in the configuration:");
    return e;
  }
};

/// The experiment's own keys join the catalog when the run room is linked.
inline const bool kExperimentDescribed = [] {
  registry::catalog().experiment = Experiment::fields().describe();
  return true;
}();

}  // namespace youden::run

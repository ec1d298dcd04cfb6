#pragma once
#include <optional>
#include <string>
#include <vector>

#include "youden/config/fields.hpp"

namespace youden::train {

/// Which epoch's weights a run keeps. Only the validation part can be asked: never the test part.
struct Selection {
  std::optional<std::string> metric = {};
  std::optional<int> patience = {};
  double min_delta = 0;
  bool refit = false;

  static const config::Fields<Selection>& fields() {
    static const auto f =
        config::Fields<Selection>()
            .add(
                &Selection::metric, "metric",
                "loss, or a metric (see `youden components metric`), of the validation part by which the best epoch is "
                "kept; null = the last epoch",
                {.pattern = "[a-z_0-9]+"})
            .add(&Selection::patience, "patience",
                 "stop after so many epochs of the last phase without improvement; null = never",
                 {.unit = "epochs", .min = 1, .max = 100000})
            .add(&Selection::min_delta, "min_delta", "smallest change that counts as improvement", {.min = 0})
            .add(&Selection::refit, "refit",
                 "train anew on train and validation part together, for as many epochs as were kept (or with the "
                 "penalty that was chosen); what is chosen on validation scores uses those from before");
    return f;
  }
};

/// A stretch of training: so many epochs with so much of the backbone frozen.
struct PhaseOptions {
  int epochs = 10;
  std::optional<std::string> freeze = {};
  std::optional<double> lr = {};

  static const config::Fields<PhaseOptions>& fields() {
    static const auto f =
        config::Fields<PhaseOptions>()
            .add(&PhaseOptions::epochs, "epochs", "passes over the training part", {.min = 1, .max = 100000})
            .add(
                &PhaseOptions::freeze, "freeze",
                "frozen prefix: all, none, or the last stage that stays as it is, never more than in the phase before; "
                "null = backbone.freeze")
            .add(&PhaseOptions::lr, "lr",
                 "learning rate before the schedule, which starts anew; null = train.lr, auto by phase",
                 {.min = 0, .max = 100, .above_min = true});
    return f;
  }
};

struct TrainOptions {
  std::string fit = "gradient";
  config::WordOr<double> l2 = "auto";
  std::vector<double> l2_values = {};
  std::string l2_rule = "best";
  int l2_folds = 5;
  int epochs = 30;
  int batch = 16;
  config::WordOr<double> lr = "auto";
  bool drop_last = false;
  std::string batch_norm = "auto";
  std::string class_weights = "none";
  std::string curves = "val";
  config::Component loss = {"cross_entropy"};
  config::Component optimizer = {"adam"};
  config::Component schedule = {"constant"};
  Selection select = {};
  std::vector<PhaseOptions> phases = {};
  std::optional<int> stop_after = {};  ///< epochs, where an earlier fit chose their number; no option

  static const config::Fields<TrainOptions>& fields() {
    static const auto f =
        config::Fields<TrainOptions>()
            .add(&TrainOptions::fit, "fit",
                 "gradient = epochs of small steps; exact = the optimum of a linear head on frozen features, at once: "
                 "of the options below only l2…, class_weights, curves and select.refit then count",
                 {.choices = {"gradient", "exact"}})
            .add(&TrainOptions::l2, "l2",
                 "penalty of an exact fit: half of it times the sum of squared weights of standardised features is "
                 "added "
                 "to the sum of log losses (1/C of scikit-learn); auto = by inner folds of training patients",
                 {.min = 0, .above_min = true, .words = {"auto"}})
            .add(&TrainOptions::l2_values, "l2_values",
                 "what auto chooses from; empty = 25 penalties from 10000 to 0.0001", {.min = 0, .above_min = true})
            .add(&TrainOptions::l2_rule, "l2_rule",
                 "best = the lowest held-out log loss; one_standard_error = the strongest penalty within one standard "
                 "error of it",
                 {.choices = {"best", "one_standard_error"}})
            .add(&TrainOptions::l2_folds, "l2_folds", "inner folds of auto; fewer where a class has fewer patients",
                 {.min = 2, .max = 100})
            .add(&TrainOptions::epochs, "epochs", "passes over the training part", {.min = 1, .max = 100000})
            .add(&TrainOptions::batch, "batch", "images a step", {.unit = "images", .min = 1, .max = 4096})
            .add(&TrainOptions::lr, "lr",
                 "learning rate before the schedule; auto = the optimizer's usual one (0.001, of sgd 0.01), of which "
                 "stages with loaded weights take a tenth",
                 {.min = 0, .max = 100, .above_min = true, .words = {"auto"}})
            .add(&TrainOptions::drop_last, "drop_last", "leave out an epoch's last, smaller batch")
            .add(&TrainOptions::batch_norm, "batch_norm",
                 "running statistics after the cut: frozen, update, or auto = frozen where weights were loaded",
                 {.choices = {"auto", "frozen", "update"}})
            .add(&TrainOptions::class_weights, "class_weights", "balanced = each class weighs the same in the loss",
                 {.choices = {"none", "balanced"}})
            .add(&TrainOptions::curves, "curves",
                 "part drawn beside train in the history; test only shows curves, nothing is ever chosen on it",
                 {.choices = {"val", "test"}})
            .add(&TrainOptions::loss, "loss", "what is minimised", {.kind = "loss"})
            .add(&TrainOptions::optimizer, "optimizer", "how the weights move", {.kind = "optimizer"})
            .add(&TrainOptions::schedule, "schedule", "how the learning rate moves", {.kind = "schedule"})
            .add(&TrainOptions::select, "select", "which epoch is kept")
            .add(&TrainOptions::phases, "phases",
                 "fine-tuning: first the head, then more of the backbone; takes the place of train.epochs and "
                 "backbone.freeze");
    return f;
  }

  [[nodiscard]] bool exact() const { return fit == "exact"; }
  /// Penalties of an exact fit that are tried; none = those of a grid.
  [[nodiscard]] std::vector<double> penalties() const {
    const double* value = config::value_of(l2);
    return value != nullptr ? std::vector<double>{*value} : l2_values;
  }
  /// Whether inner folds choose the penalty.
  [[nodiscard]] bool chooses_penalty() const { return exact() && penalties().size() != 1; }

  /// What is trained one after the other: the phases, or the whole as one of them.
  [[nodiscard]] std::vector<PhaseOptions> stretches() const {
    return phases.empty() ? std::vector<PhaseOptions>{{.epochs = epochs}} : phases;
  }
  /// Epochs of all phases.
  [[nodiscard]] int all_epochs() const {
    int sum = 0;
    for (const PhaseOptions& p : stretches()) sum += p.epochs;
    return sum;
  }
};

}  // namespace youden::train

#pragma once
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "youden/config/json.hpp"
#include "youden/metric/facts.hpp"
#include "youden/train/checkpoint.hpp"
#include "youden/train/history.hpp"
#include "youden/train/model.hpp"
#include "youden/train/train_options.hpp"

namespace youden::train {

/// The epoch whose weights a run keeps, by a value of the validation part, and those weights (`train.select`).
class BestEpoch {
 public:
  explicit BestEpoch(Selection rule)
      : rule_(std::move(rule)),
        lower_is_better_(rule_.metric == "loss" ||
                         (rule_.metric && metric::facts_of(*rule_.metric).direction == "min")) {}

  [[nodiscard]] int epoch() const { return epoch_; }
  /// Whether patience has run out after so many epochs, of which the last phase began behind the first `began`.
  [[nodiscard]] bool is_enough(int epochs_done, int began) const {
    if (!rule_.patience || epochs_done <= began) return false;
    return epochs_done - 1 - std::max(epoch_, began - 1) >= *rule_.patience;
  }

  /// Takes the model's weights where `epoch` is better than all before; without a metric the last is the best.
  void judge(int epoch, const History& history, const Model& model) {
    if (!rule_.metric) {
      epoch_ = epoch;
      return;
    }
    const auto it = std::find_if(history.begin(), history.end(),
                                 [&](const HistoryValue& h) { return h.part == "val" && h.metric == *rule_.metric; });
    if (it == history.end() || !std::isfinite(it->value)) return;
    const double gain = value_ ? (lower_is_better_ ? *value_ - it->value : it->value - *value_) : 1;
    if (value_ && gain <= rule_.min_delta) return;
    value_ = it->value;
    epoch_ = epoch;
    weights_ = {};
    for (const auto& [name, tensor] : model.trained_state()) weights_.tensors[name] = tensor.detach().clone();
  }
  /// Those weights take the place of the model's; the last stay where nothing was selected.
  void give(Model& model) const {
    if (!weights_.tensors.empty()) weights_.restore("", model.trained_state(), "best epoch");
  }

  void save(Checkpoint& to) const {
    for (const auto& [name, tensor] : weights_.tensors) to.tensors["best/" + name] = tensor;
    to.facts["best_epoch"] = std::to_string(epoch_);
    to.facts["best_value"] = config::Json(value_.value_or(0)).dump();
    to.facts["has_best"] = value_ ? "1" : "0";
  }
  void load(const Checkpoint& from, const std::string& where) {
    weights_ = {};
    for (const auto& [name, tensor] : from.tensors) {
      if (name.starts_with("best/")) weights_.tensors[name.substr(5)] = tensor;
    }
    epoch_ = std::stoi(from.fact("best_epoch", where));
    value_.reset();
    if (from.fact("has_best", where) == "1") value_ = std::stod(from.fact("best_value", where));
  }

 private:
  Selection rule_;
  bool lower_is_better_;
  int epoch_ = -1;
  std::optional<double> value_;
  Checkpoint weights_;
};

}  // namespace youden::train

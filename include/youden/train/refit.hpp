#pragma once
#include <torch/types.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/config/json.hpp"
#include "youden/train/checkpoint.hpp"
#include "youden/train/fit.hpp"
#include "youden/train/model.hpp"
#include "youden/train/task.hpp"
#include "youden/train/train_options.hpp"

namespace youden::train {

/// Fits twice (`train.select.refit`): without the validation part, which says for how many epochs or with which
/// penalty, and from the start again on both parts with that. The validation part keeps its scores of the first fit, so
/// that thresholds and temperatures are chosen on films which the model that gave them had not seen.
class Refit final : public Fit {
 public:
  using Make = std::function<std::unique_ptr<Fit>(const TrainOptions&, Task)>;

  /// `model` as it was drawn or loaded, untrained.
  Refit(Model& model, Make make, const TrainOptions& options, Task task)
      : model_(model), make_(std::move(make)), task_(std::move(task)), now_(make_(options, task_)) {}

  /// While the first fit goes on: as if the second took as many.
  [[nodiscard]] int epochs() const override { return before_ + now_->epochs() * (again_ ? 1 : 2); }
  [[nodiscard]] int epochs_done() const override { return before_ + now_->epochs_done(); }
  [[nodiscard]] bool finished() const override { return again_ && now_->finished(); }
  [[nodiscard]] std::string label() const override { return (again_ ? "refit " : "") + now_->label(); }
  [[nodiscard]] TrainOptions settled() const override { return settled_; }

  History run_epoch(const OnStep& on_step) override {
    if (!again_) now_->warn = warn;
    remember_untrained();
    History history = now_->run_epoch(on_step);
    for (HistoryValue& h : history) {
      if (again_ && h.part == "train") h.part = kPart;
    }
    if (!again_ && now_->finished()) {
      now_->keep_best();
      held_out_ = now_->predict(task_.val);
      settled_ = now_->settled();
      before_ = now_->epochs_done();
      begin_again();
    }
    return history;
  }
  void keep_best() override { now_->keep_best(); }

  [[nodiscard]] Predictions predict(const std::vector<std::size_t>& samples) override {
    std::map<std::size_t, std::size_t> known;
    for (std::size_t i = 0; i < held_out_.samples.size(); ++i) known[held_out_.samples[i]] = i;
    std::vector<std::size_t> others;
    std::copy_if(samples.begin(), samples.end(), std::back_inserter(others),
                 [&](std::size_t i) { return !known.contains(i); });
    const Predictions fresh = now_->predict(others);
    Predictions out{.classes = task_.classes, .samples = samples, .labels = {}, .probability = {}};
    std::size_t next = 0;
    for (const std::size_t i : samples) {
      const auto it = known.find(i);
      const bool held_out = it != known.end();
      const std::size_t row = held_out ? it->second : next++;
      for (std::size_t c = 0; c < out.classes; ++c) {
        out.probability.push_back(held_out ? held_out_.at(row, c) : fresh.at(row, c));
      }
      out.labels.push_back(task_.labels[i]);
    }
    return out;
  }

  [[nodiscard]] Checkpoint checkpoint() const override {
    Checkpoint c = now_->checkpoint();
    if (!again_) return c;
    c.tensors[kHeldOut] = torch::tensor(held_out_.probability, torch::kFloat64);
    c.facts["refit_after"] = std::to_string(before_);
    if (const double* l2 = config::value_of(settled_.l2)) c.facts["refit_l2"] = config::Json(*l2).dump();
    if (settled_.stop_after) c.facts["refit_epochs"] = std::to_string(*settled_.stop_after);
    return c;
  }
  void restore(const Checkpoint& c, const std::string& where) override {
    remember_untrained();
    if (c.facts.contains("refit_after")) {
      before_ = std::stoi(c.fact("refit_after", where));
      settled_ = now_->settled();
      if (c.facts.contains("refit_l2")) settled_.l2 = std::stod(c.fact("refit_l2", where));
      if (c.facts.contains("refit_epochs")) settled_.stop_after = std::stoi(c.fact("refit_epochs", where));
      const auto scores = c.tensors.find(kHeldOut);
      if (scores == c.tensors.end() ||
          static_cast<std::size_t>(scores->second.numel()) != task_.val.size() * task_.classes) {
        throw base::RunError({"the checkpoint does not fit the run: its validation scores", where,
                              "it was written by another configuration; run again with --again"});
      }
      const torch::Tensor flat = scores->second.contiguous();
      held_out_ = {.classes = task_.classes, .samples = task_.val, .labels = {}, .probability = {}};
      held_out_.probability.assign(flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel());
      for (const std::size_t i : task_.val) held_out_.labels.push_back(task_.labels[i]);
      begin_again();
    }
    now_->restore(c, where);
  }

 private:
  static constexpr const char* kPart = "refit";  ///< of the history: what the second fit is trained on
  static constexpr const char* kHeldOut = "validation/probability";

  /// Before the first step, or before what a checkpoint holds takes its place. Not when it is made: a run makes a fit
  /// of each fold to check its document.
  void remember_untrained() {
    if (!untrained_.tensors.empty()) return;
    for (const auto& [name, tensor] : model_.trained_state()) untrained_.tensors[name] = tensor.detach().clone();
  }

  void begin_again() {
    again_ = true;
    untrained_.restore("", model_.trained_state(), "before the refit");
    Task both = task_;
    both.train.insert(both.train.end(), both.val.begin(), both.val.end());
    std::sort(both.train.begin(), both.train.end());
    both.val.clear();
    if (both.curve_name == "val") both.curve.clear();
    now_ = make_(settled_, std::move(both));
  }

  Model& model_;
  Make make_;
  Task task_;
  std::unique_ptr<Fit> now_;
  Checkpoint untrained_;
  bool again_ = false;
  int before_ = 0;  ///< epochs of the first fit
  TrainOptions settled_;
  Predictions held_out_;
};

}  // namespace youden::train

#pragma once
#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <torch/nn/functional/activation.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/philox.hpp"
#include "youden/registry/registry.hpp"
#include "youden/train/best_epoch.hpp"
#include "youden/train/checkpoint.hpp"
#include "youden/train/class_weights.hpp"
#include "youden/train/feature_facts.hpp"
#include "youden/train/feature_source.hpp"
#include "youden/train/fit.hpp"
#include "youden/train/history.hpp"
#include "youden/train/loss.hpp"
#include "youden/train/model.hpp"
#include "youden/train/optimizer.hpp"
#include "youden/train/predictions.hpp"
#include "youden/train/rate.hpp"
#include "youden/train/schedule.hpp"
#include "youden/train/task.hpp"
#include "youden/train/train_options.hpp"

namespace youden::train {

/// Trains what lies behind the cut by gradients, one epoch a call, exactly: every random decision is a function of
/// (seed, replicate, fold, epoch, sample), so that a run which is killed and resumed ends in the same bits.
class Trainer final : public Fit {
 public:
  /// `phases`: at least one, cut where the options say.
  Trainer(Model& model, std::vector<Phase> phases, const TrainOptions& options, Task task)
      : model_(model), phases_(std::move(phases)), options_(options), task_(std::move(task)), best_(options_.select) {
    const auto n = static_cast<std::int64_t>(task_.train.size());
    steps_per_epoch_ = options_.drop_last ? n / options_.batch : (n + options_.batch - 1) / options_.batch;
    if (steps_per_epoch_ == 0) {
      throw base::ConfigError({"train.batch is " + std::to_string(options_.batch) + ", but only " + std::to_string(n) +
                                   " images are trained on and train.drop_last leaves them out",
                               "train.batch", "lower train.batch or set train.drop_last=false"});
    }
    loss_ = registry::make<Loss>(options_.loss);
    enter(0);
    class_weights_ = make_class_weights();
  }

  /// One phase, cut as the model is.
  Trainer(Model& model, FeatureSource& features, const TrainOptions& options, Task task)
      : Trainer(model, {{model.cut(), &features, options.epochs, learning_rate(options, false)}}, options,
                std::move(task)) {}

  [[nodiscard]] int epochs_done() const override { return epochs_done_; }
  [[nodiscard]] int best_epoch() const { return best_.epoch(); }
  [[nodiscard]] std::int64_t steps_per_epoch() const { return steps_per_epoch_; }
  /// Of all phases together.
  [[nodiscard]] int epochs() const override {
    const int all = first_epoch(phases_.size());
    return std::min(all, options_.stop_after.value_or(all));
  }
  [[nodiscard]] std::string label() const override { return fmt::format("epoch {}/{}", epochs_done_ + 1, epochs()); }
  [[nodiscard]] TrainOptions settled() const override {
    TrainOptions out = options_;
    out.select = {};
    out.stop_after = best_.epoch() < 0 ? epochs_done_ : best_.epoch() + 1;
    return out;
  }
  /// After the last epoch, or when patience with the last phase has run out.
  [[nodiscard]] bool finished() const override {
    return epochs_done_ >= epochs() || best_.is_enough(epochs_done_, first_epoch(phases_.size() - 1));
  }

  History run_epoch(const OnStep& on_step) override {
    const std::int64_t epoch = epochs_done_;
    if (epoch == 0 && model_.standardises()) standardise();
    const std::vector<std::size_t> order = order_of(epoch);
    double loss_sum = 0;
    std::int64_t correct = 0;
    std::int64_t seen = 0;
    double rate = phase().lr;
    const std::size_t batch = static_cast<std::size_t>(options_.batch);
    const std::size_t usable = order.size();
    const std::size_t chunk = std::max<std::size_t>(1, 64 / batch) * batch;  // features of a few batches at a time
    for (std::size_t from = 0; from < usable; from += chunk) {
      const std::size_t to = std::min(from + chunk, usable);
      const auto next =
          to < usable ? views_of(order, to, std::min(to + chunk, usable), epoch) : first_of(epoch + 1, chunk);
      use_threads(model_, task_.threads);
      const torch::Tensor x = phase().features->get(views_of(order, from, to, epoch), next);
      model_.set_training(true);
      for (std::size_t at = from; at < to; at += batch) {
        const std::size_t end = std::min(at + batch, to);
        if (base::interrupted()) throw base::Interrupted({"interrupted"});
        const auto rows = std::span(order).subspan(at, end - at);
        rate = schedule_->rate(phase().lr, step_);
        const auto [loss, hits] =
            step(x.slice(0, static_cast<std::int64_t>(at - from), static_cast<std::int64_t>(end - from)), rows, rate);
        const auto n = static_cast<std::int64_t>(rows.size());
        loss_sum += loss * static_cast<double>(n);
        correct += hits;
        seen += n;
        const auto all = static_cast<double>(seen);
        on_step(static_cast<std::int64_t>((at + batch) / batch), steps_per_epoch_,
                fmt::format("loss {:.4f} accuracy {:.3f} lr {:.2g}", loss_sum / all, static_cast<double>(correct) / all,
                            rate));
      }
    }
    History history{{"train", "loss", loss_sum / static_cast<double>(seen)},
                    {"train", "accuracy", static_cast<double>(correct) / static_cast<double>(seen)},
                    {"train", "lr", rate}};
    if (!task_.curve.empty()) {
      const History curve = curve_values(task_, predict(task_.curve));
      history.insert(history.end(), curve.begin(), curve.end());
    }
    best_.judge(epochs_done_, history, model_);
    ++epochs_done_;
    if (epochs_done_ == first_epoch(phase_ + 1) && phase_ + 1 < phases_.size()) enter(phase_ + 1);
    return history;
  }

  [[nodiscard]] Predictions predict(const std::vector<std::size_t>& samples) override {
    Predictions out = score_samples(model_, *phase().features, task_, samples);
    if (!std::all_of(out.probability.begin(), out.probability.end(), [](double p) { return std::isfinite(p); })) {
      throw diverged("the loss is not a number: the weights after step " + std::to_string(step_) +
                     " give no probabilities");
    }
    return out;
  }

  /// The weights of the best epoch take the model's place; those of the last stay where nothing was selected.
  void keep_best() override { best_.give(model_); }

  [[nodiscard]] Checkpoint checkpoint() const override {
    Checkpoint c;
    c.add("model/", model_.trained_state());
    c.add("optimizer/", optimizer_->state());
    c.facts = {{"epochs_done", std::to_string(epochs_done_)}, {"step", std::to_string(step_)}};
    best_.save(c);
    return c;
  }
  void restore(const Checkpoint& c, const std::string& where) override {
    epochs_done_ = std::stoi(c.fact("epochs_done", where));
    std::size_t at = 0;
    while (at + 1 < phases_.size() && epochs_done_ >= first_epoch(at + 1)) ++at;
    enter(at);
    c.restore("model/", model_.trained_state(), where);
    c.restore("optimizer/", optimizer_->state(), where);
    step_ = std::stoll(c.fact("step", where));
    best_.load(c, where);
  }

 private:
  [[nodiscard]] const Phase& phase() const { return phases_[phase_]; }
  /// Epochs in front of a phase; of all where there is no such phase.
  [[nodiscard]] int first_epoch(std::size_t phase) const {
    int sum = 0;
    for (std::size_t i = 0; i < phase; ++i) sum += phases_[i].epochs;
    return sum;
  }

  /// Other parameters train from here on: their optimizer and schedule start anew.
  void enter(std::size_t phase) {
    phase_ = phase;
    step_ = 0;
    model_.move_cut(phases_[phase].cut);
    parameters_.clear();
    for (const auto& [name, tensor] : model_.trained_parameters()) parameters_.push_back(tensor);
    optimizer_ = registry::make<Optimizer>(options_.optimizer, {.parameters = parameters_});
    schedule_ = registry::make<Schedule>(options_.schedule,
                                         {.steps_per_epoch = steps_per_epoch_, .epochs = phases_[phase].epochs});
  }

  static base::RunError diverged(const std::string& what) {
    return base::RunError({what, "train", "lower train.lr, or check that the images and weights are sound"});
  }

  [[nodiscard]] base::Stream stream(std::string_view purpose, std::uint64_t epoch, std::string_view item) const {
    return base::Stream({.seed = task_.seed,
                         .purpose = purpose,
                         .replicate = task_.replicate,
                         .fold = task_.fold,
                         .epoch = epoch,
                         .item = item});
  }

  /// The samples of an epoch in its order, without those that train.drop_last leaves out.
  [[nodiscard]] std::vector<std::size_t> order_of(std::int64_t epoch) const {
    std::vector<std::size_t> order = task_.train;
    base::Stream shuffle = stream("order", static_cast<std::uint64_t>(epoch), {});
    shuffle.shuffle(order);
    order.resize(std::min(order.size(), static_cast<std::size_t>(steps_per_epoch_ * options_.batch)));
    return order;
  }
  /// What an epoch begins with; nothing where this phase does not train it.
  [[nodiscard]] std::vector<View> first_of(std::int64_t epoch, std::size_t most) const {
    if (epoch >= first_epoch(phase_ + 1)) return {};
    const std::vector<std::size_t> order = order_of(epoch);
    return views_of(order, 0, std::min(most, order.size()), epoch);
  }

  /// Mean and deviation of the features of the training films, as the first epoch sees these.
  void standardise() {
    const torch::NoGradGuard no_grad;
    torch::Tensor sum;
    torch::Tensor squares;
    constexpr std::size_t kChunk = 64;
    const std::vector<std::size_t>& films = task_.train;
    for (std::size_t from = 0; from < films.size(); from += kChunk) {
      if (base::interrupted()) throw base::Interrupted({"interrupted"});
      const std::size_t to = std::min(from + kChunk, films.size());
      use_threads(model_, task_.threads);
      const torch::Tensor x = phase().features->get(views_of(films, from, to, 0), {}, true).to(torch::kFloat64);
      sum = sum.defined() ? sum + x.sum(0) : x.sum(0);
      squares = squares.defined() ? squares + x.square().sum(0) : x.square().sum(0);
    }
    const auto n = static_cast<double>(films.size());
    const torch::Tensor mean = (sum / n).contiguous();
    const torch::Tensor deviation = (squares / n - mean.square()).clamp_min(0).sqrt().contiguous();
    const auto numbers = [](const torch::Tensor& t) {
      return std::span<const double>(t.data_ptr<double>(), static_cast<std::size_t>(t.numel()));
    };
    if (const std::string text = feature_warning(numbers(mean), numbers(deviation)); !text.empty()) warn(text);
    model_.standardise(mean, deviation);
  }

  /// One optimizer step; the batch's mean loss and number of right answers.
  std::pair<double, std::int64_t> step(const torch::Tensor& x, std::span<const std::size_t> rows, double rate) {
    const auto epoch = static_cast<std::uint64_t>(epochs_done_);
    const head::DropoutMask dropout = [&](std::string_view layer, double p, std::int64_t width) {
      torch::Tensor mask = torch::empty({static_cast<std::int64_t>(rows.size()), width});
      float* out = mask.data_ptr<float>();
      const float kept = static_cast<float>(1 / (1 - p));
      for (const std::size_t row : rows) {
        base::Stream s = stream("dropout." + std::string(layer), epoch, task_.items[row]);
        for (std::int64_t i = 0; i < width; ++i) *out++ = s.uniform_float() < static_cast<float>(p) ? 0.0F : kept;
      }
      return mask.to(model_.device());
    };
    std::vector<std::int64_t> labels;
    for (const std::size_t row : rows) labels.push_back(task_.labels[row]);
    const torch::Tensor target = torch::tensor(labels, torch::kInt64).to(model_.device());

    for (const torch::Tensor& p : parameters_) p.mutable_grad() = torch::Tensor();
    const torch::Tensor logits = forward(x, dropout);
    const torch::Tensor loss = (*loss_)(logits, target, class_weights_);
    const double value = loss.item<double>();
    if (!std::isfinite(value)) {
      throw diverged("the loss is " + std::string(std::isnan(value) ? "not a number" : "infinite") + " in epoch " +
                     std::to_string(epochs_done_ + 1) + ", step " + std::to_string(step_ % steps_per_epoch_ + 1));
    }
    loss.backward();
    optimizer_->step(rate);
    ++step_;
    return {value, logits.detach().argmax(1).eq(target).sum().item<std::int64_t>()};
  }

  /// What libtorch refuses here is a batch that the network cannot normalise, or too large for the memory.
  torch::Tensor forward(const torch::Tensor& x, const head::DropoutMask& dropout) {
    try {
      return model_.logits(x, dropout);
    } catch (const c10::Error& e) {
      const std::string reason = e.what_without_backtrace();
      throw base::RunError({"a batch of " + std::to_string(x.size(0)) + " cannot be trained on (" +
                                reason.substr(0, reason.find('\n')) + ")",
                            "train",
                            "change train.batch, set train.drop_last=true or train.batch_norm=frozen, or raise "
                            "dataset.size"});
    }
  }

  [[nodiscard]] torch::Tensor make_class_weights() const {
    if (options_.class_weights != "balanced") return {};
    return torch::tensor(balanced_weights(task_), torch::kFloat32).to(model_.device());
  }

  Model& model_;
  std::vector<Phase> phases_;
  TrainOptions options_;
  Task task_;
  std::int64_t steps_per_epoch_ = 0;
  std::size_t phase_ = 0;
  std::vector<torch::Tensor> parameters_;
  std::unique_ptr<Loss> loss_;
  std::unique_ptr<Optimizer> optimizer_;
  std::unique_ptr<Schedule> schedule_;
  torch::Tensor class_weights_;
  int epochs_done_ = 0;
  std::int64_t step_ = 0;
  BestEpoch best_;
};

}  // namespace youden::train

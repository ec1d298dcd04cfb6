#pragma once
#include <torch/types.h>
#include <torch/utils.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/freeze.hpp"
#include "youden/backbone/prefix.hpp"
#include "youden/base/error.hpp"
#include "youden/base/threads.hpp"
#include "youden/head/head.hpp"
#include "youden/train/deferred.hpp"
#include "youden/weights/content_hash.hpp"
#include "youden/weights/convert.hpp"
#include "youden/weights/load.hpp"

namespace youden::train {

/// A backbone cut after a stage, and a head. In front of the cut: the frozen prefix, always in inference mode. Behind
/// it: the suffix and the head, which train. With everything frozen the head's pooling moves in front of the cut.
/// Fine-tuning moves the cut to earlier stages; what a run keeps is what lies behind its earliest one.
class Model {
 public:
  static constexpr const char* kFeatureMean = "features.mean";
  static constexpr const char* kFeatureScale = "features.scale";  ///< 1 / deviation; 0 where there is none
  using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

  /// `cut`: number of stages in the prefix; `earliest`: of those that no phase trains, which compute by `arithmetic`.
  /// `weights`: what fills a frozen backbone once it is needed; null = it is.
  Model(std::shared_ptr<backbone::Backbone> backbone, std::size_t cut, std::size_t earliest,
        std::shared_ptr<head::Head> head, bool update_batch_norm, torch::Device device = torch::kCPU,
        backbone::Arithmetic arithmetic = {}, std::shared_ptr<Deferred> weights = nullptr)
      : backbone_(std::move(backbone)),
        cut_(cut),
        earliest_(earliest),
        head_(std::move(head)),
        update_batch_norm_(update_batch_norm),
        device_(device),
        arithmetic_(std::move(arithmetic)),
        weights_(std::move(weights)) {
    backbone::prepare_prefix(*backbone_, earliest_, arithmetic_);
    for (auto& parameter : head_->parameters()) parameter.set_requires_grad(true);
    trained_ = backbone::stage_modules(*backbone_, earliest_, backbone_->stages().size());
    move_cut(cut);
  }

  /// Trains the stages from `cut` on, and the head.
  void move_cut(std::size_t cut) {
    cut_ = cut;
    backbone::freeze_prefix(*backbone_, cut_);
  }

  [[nodiscard]] std::size_t cut() const { return cut_; }
  [[nodiscard]] bool all_frozen() const { return cut_ == backbone_->stages().size(); }
  [[nodiscard]] bool has_prefix() const { return cut_ > 0; }
  /// Where its tensors live; inputs may come from anywhere.
  [[nodiscard]] torch::Device device() const { return device_; }
  /// Convolutions behind a cut train on several threads, whose number then belongs to the run's identity.
  [[nodiscard]] bool trains_convolutions() const { return earliest_ != backbone_->stages().size(); }

  /// [N,3,S,S] float32 normalised -> features at the cut, float32: [N,F] when all is frozen, else [N,C,H,W].
  [[nodiscard]] torch::Tensor prefix(torch::Tensor x) const {
    fill();
    return pooled(backbone::run_prefix(*backbone_, x.to(device_), cut_, arithmetic_));
  }
  /// Features at the cut -> logits [N,K].
  [[nodiscard]] torch::Tensor logits(torch::Tensor x, const head::DropoutMask& dropout) const {
    x = backbone::run_stages(*backbone_, x.to(device_), cut_, backbone_->stages().size());
    x = all_frozen() ? x : head_->pool(x);
    return head_->forward(standardises() ? (x - mean_) * scale_ : x, dropout);
  }

  /// Pooled features are standardised before the head: by nothing yet, then by `standardise`.
  void prepare_standardisation(std::int64_t features) {
    const torch::NoGradGuard no_grad;
    mean_ = torch::zeros({features}).to(device_);
    scale_ = torch::ones({features}).to(device_);
  }
  [[nodiscard]] bool standardises() const { return scale_.defined(); }
  /// `mean`, `deviation`: [features]. A feature that does not vary says nothing from here on.
  void standardise(const torch::Tensor& mean, const torch::Tensor& deviation) {
    const torch::NoGradGuard no_grad;
    const torch::Tensor constant = deviation <= 1e-6 * (mean.abs() + 1e-6);
    mean_.copy_(mean);
    scale_.copy_(torch::where(constant, torch::zeros_like(deviation), 1 / deviation));
  }

  /// The layer that makes logits of features at the cut; null where more lies between.
  [[nodiscard]] torch::nn::LinearImpl* linear() const { return all_frozen() ? head_->linear() : nullptr; }

  /// The last stage in front of the cut.
  [[nodiscard]] std::string cut_stage() const {
    return has_prefix() ? backbone_->stages().at(cut_ - 1).name : std::string();
  }
  /// What of the head runs in front of the cut (`Head::pooling`); nothing where stages follow it.
  [[nodiscard]] std::string pooling() const { return all_frozen() ? head_->pooling() : "none, stages follow"; }

  /// Whether its prefix must be calibrated before it is used.
  [[nodiscard]] bool needs_calibration() const { return arithmetic_.ranges.defined(); }
  /// Measures the ranges of an int8 prefix on batches of images [n,3,S,S] float32 normalised, which `batch(i)` gives
  /// for i below `batches`; their features as float32 has them. No other thread may be using the prefix.
  torch::Tensor calibrate(std::size_t batches, int threads, const std::function<torch::Tensor(std::size_t)>& batch) {
    const torch::NoGradGuard no_grad;
    fill();
    std::vector<torch::Tensor> exact(batches);
    backbone::Extent input;
    backbone::measure_ranges(*backbone_, cut_, arithmetic_.ranges, [&] {
      base::parallel_for(
          batches, threads,
          [&](std::size_t i) {
            const torch::NoGradGuard worker_no_grad;
            const torch::Tensor x = batch(i);
            input.widen(x);
            exact[i] = pooled(backbone::run_prefix(*backbone_, x, cut_, {}));
          },
          [] { torch::set_num_threads(1); });
    });
    arithmetic_.ranges[0].copy_(input.range());
    backbone::prepare_prefix(*backbone_, cut_, arithmetic_);
    return torch::cat(exact);
  }

  /// Reads weights that were put off, so that what is wrong with them is said now.
  void fill() const {
    if (weights_) weights_->now();
  }

  void set_training(bool on) {
    head_->train(on);
    backbone::set_suffix_training(*backbone_, cut_, on && update_batch_norm_);
  }

  /// Parameters behind the cut, by name: `backbone.features.28.weight`, `head.dense.weight`.
  [[nodiscard]] NamedTensors trained_parameters() const {
    return parameters_in(backbone::stage_modules(*backbone_, cut_, backbone_->stages().size()));
  }
  /// Parameters that any phase trains, running statistics, those of the features, and the ranges of an int8 prefix: all
  /// that a checkpoint or bundle of this run must hold.
  [[nodiscard]] NamedTensors trained_state() const {
    NamedTensors out = parameters_in(trained_);
    for (const auto& item : backbone_->named_buffers()) {
      if (ever_trained(item.key())) out.emplace_back("backbone." + item.key(), item.value());
    }
    if (needs_calibration()) out.emplace_back("prefix.ranges", arithmetic_.ranges);
    if (standardises()) {
      out.emplace_back(kFeatureMean, mean_);
      out.emplace_back(kFeatureScale, scale_);
    }
    return out;
  }
  /// The frozen tensors, under the same names.
  [[nodiscard]] NamedTensors prefix_state() const {
    fill();
    return frozen_state();
  }
  /// Identity of the numbers that no phase trains; empty when all of them do.
  [[nodiscard]] std::string prefix_hash() const {
    if (!known_hash_.empty() || earliest_ == 0) return known_hash_;
    return hash_of(prefix_state());
  }
  /// The hash is known beforehand, so that nobody need compute it. Weights that turn out to have another one are a
  /// RunError when they are read: their file was changed meanwhile.
  void know_hash(const std::string& hash) {
    known_hash_ = hash;
    if (!weights_) return;
    weights_->then([state = frozen_state(), hash] {
      if (hash_of(state) == hash) return;
      throw base::RunError({"the weight file was changed while the run was at work", "backbone.weights",
                            "bring it back and resume, or train again"});
    });
  }

  /// How the prefix makes features of its weights, beside libtorch's build and the processor: precision, kernels,
  /// ranges. Features are the same bits where this, prefix_hash() and the input are.
  [[nodiscard]] std::string prefix_identity() const {
    std::string out = backbone::name_of(arithmetic_.precision) + ", " + backbone::Fused::variant() + ", alone above " +
                      std::to_string(backbone::kCellsTogether);
    if (needs_calibration()) out += ", ranges " + weights::content_hash({weights::from_torch("", arithmetic_.ranges)});
    return out;
  }

 private:
  [[nodiscard]] torch::Tensor pooled(torch::Tensor x) const { return all_frozen() ? head_->pool(x) : x; }
  [[nodiscard]] NamedTensors frozen_state() const {
    NamedTensors out;
    for (const auto& [name, tensor] : weights::named_state(*backbone_)) {
      if (!ever_trained(name)) out.emplace_back("backbone." + name, tensor);
    }
    return out;
  }
  static std::string hash_of(const NamedTensors& state) {
    std::vector<weights::NamedTensor> tensors;
    for (const auto& [name, tensor] : state) tensors.push_back(weights::from_torch(name, tensor));
    return weights::content_hash(tensors);
  }
  [[nodiscard]] bool ever_trained(const std::string& name) const { return backbone::lies_in(name, trained_); }
  [[nodiscard]] NamedTensors parameters_in(const std::vector<std::string>& modules) const {
    NamedTensors out;
    for (const auto& item : backbone_->named_parameters()) {
      if (backbone::lies_in(item.key(), modules)) out.emplace_back("backbone." + item.key(), item.value());
    }
    for (const auto& item : head_->named_parameters()) out.emplace_back("head." + item.key(), item.value());
    return out;
  }

  std::shared_ptr<backbone::Backbone> backbone_;
  std::size_t cut_;
  std::size_t earliest_;
  std::vector<std::string> trained_;  ///< modules behind the earliest cut
  std::shared_ptr<head::Head> head_;
  bool update_batch_norm_;
  torch::Device device_;
  backbone::Arithmetic arithmetic_;
  std::shared_ptr<Deferred> weights_;
  std::string known_hash_;
  torch::Tensor mean_;  ///< of pooled features; undefined = they come as they are
  torch::Tensor scale_;
};

}  // namespace youden::train

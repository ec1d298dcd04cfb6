#pragma once
#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/freeze.hpp"
#include "youden/backbone/prefix.hpp"
#include "youden/head/head.hpp"
#include "youden/weights/content_hash.hpp"
#include "youden/weights/convert.hpp"
#include "youden/weights/load.hpp"

namespace youden::train {

/// A backbone cut after a stage, and a head. In front of the cut: the frozen prefix, always in inference mode. Behind
/// it: the suffix and the head, which train. With everything frozen the head's pooling moves in front of the cut.
class Model {
 public:
  using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

  /// `cut`: number of stages in the prefix.
  Model(std::shared_ptr<backbone::Backbone> backbone, std::size_t cut, std::shared_ptr<head::Head> head,
        bool update_batch_norm, torch::Device device = torch::kCPU,
        backbone::Precision precision = backbone::Precision::float32)
      : backbone_(std::move(backbone)),
        cut_(cut),
        head_(std::move(head)),
        update_batch_norm_(update_batch_norm),
        device_(device),
        precision_(precision) {
    backbone::freeze_prefix(*backbone_, cut_);
    backbone::prepare_prefix(*backbone_, cut_, precision_);
    for (auto& parameter : head_->parameters()) parameter.set_requires_grad(true);
    trained_ = backbone::stage_modules(*backbone_, cut_, backbone_->stages().size());
  }

  [[nodiscard]] bool all_frozen() const { return cut_ == backbone_->stages().size(); }
  [[nodiscard]] bool has_prefix() const { return cut_ > 0; }
  /// Where its tensors live; inputs may come from anywhere.
  [[nodiscard]] torch::Device device() const { return device_; }
  /// Convolutions behind the cut train on several threads, whose number then belongs to the run's identity.
  [[nodiscard]] bool trains_convolutions() const { return !all_frozen(); }

  /// [N,3,S,S] float32 normalised -> features at the cut, float32: [N,F] when all is frozen, else [N,C,H,W].
  [[nodiscard]] torch::Tensor prefix(torch::Tensor x) const {
    x = x.to(device_, precision_ == backbone::Precision::bfloat16 ? torch::kBFloat16 : torch::kFloat32);
    x = backbone::run_prefix(*backbone_, std::move(x), cut_).to(torch::kFloat32);
    return all_frozen() ? head_->pool(x) : x;
  }
  /// Features at the cut -> logits [N,K].
  [[nodiscard]] torch::Tensor logits(torch::Tensor x, const head::DropoutMask& dropout) const {
    x = backbone::run_stages(*backbone_, x.to(device_), cut_, backbone_->stages().size());
    return head_->forward(all_frozen() ? x : head_->pool(x), dropout);
  }

  void set_training(bool on) {
    head_->train(on);
    backbone::set_suffix_training(*backbone_, cut_, on && update_batch_norm_);
  }

  /// Parameters that train, by name: `backbone.features.28.weight`, `head.dense.weight`.
  [[nodiscard]] NamedTensors trained_parameters() const {
    NamedTensors out;
    for (const auto& item : backbone_->named_parameters()) {
      if (behind_cut(item.key())) out.emplace_back("backbone." + item.key(), item.value());
    }
    for (const auto& item : head_->named_parameters()) out.emplace_back("head." + item.key(), item.value());
    return out;
  }
  /// The same and the running statistics: all that a checkpoint or bundle of this run must hold.
  [[nodiscard]] NamedTensors trained_state() const {
    NamedTensors out = trained_parameters();
    for (const auto& item : backbone_->named_buffers()) {
      if (behind_cut(item.key())) out.emplace_back("backbone." + item.key(), item.value());
    }
    return out;
  }
  /// The frozen tensors, under the same names.
  [[nodiscard]] NamedTensors prefix_state() const {
    NamedTensors out;
    for (const auto& [name, tensor] : weights::named_state(*backbone_)) {
      if (!behind_cut(name)) out.emplace_back("backbone." + name, tensor);
    }
    return out;
  }
  /// Identity of the prefix's numbers; empty when there is no prefix.
  [[nodiscard]] std::string prefix_hash() const {
    if (!has_prefix()) return {};
    std::vector<weights::NamedTensor> tensors;
    for (const auto& [name, tensor] : prefix_state()) tensors.push_back(weights::from_torch(name, tensor));
    return weights::content_hash(tensors);
  }

 private:
  [[nodiscard]] bool behind_cut(const std::string& name) const { return backbone::lies_in(name, trained_); }

  std::shared_ptr<backbone::Backbone> backbone_;
  std::size_t cut_;
  std::vector<std::string> trained_;  ///< modules behind the cut
  std::shared_ptr<head::Head> head_;
  bool update_batch_norm_;
  torch::Device device_;
  backbone::Precision precision_;
};

}  // namespace youden::train

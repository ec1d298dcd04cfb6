#pragma once
#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/freeze.hpp"
#include "youden/backbone/initialise.hpp"
#include "youden/backbone/prefix.hpp"
#include "youden/backbone/stage_shapes.hpp"
#include "youden/backbone/supported.hpp"
#include "youden/base/cpu.hpp"
#include "youden/head/head.hpp"
#include "youden/registry/registry.hpp"
#include "youden/train/deferred.hpp"
#include "youden/train/model.hpp"
#include "youden/weights/read.hpp"
#include "youden/weights/resolve.hpp"

namespace youden::train {

/// What a model is made of, before any number in it.
struct Recipe {
  config::Component backbone;
  config::Component head;
  std::vector<std::optional<std::string>> freeze = {{}};  ///< of each phase; null = backbone.freeze
  std::string batch_norm = "auto";
  std::int64_t classes = 2;
  std::int64_t size = 224;
  std::uint64_t seed = 0;
  torch::Device device = torch::kCPU;
  bool standardize = false;  ///< features before the head, where the first phase freezes the whole backbone
  base::Cpu cpu = base::Cpu::here();
};

/// Builds the models of one run. The weight file is read once; a frozen backbone is shared by all of them, and gets its
/// weights when something is first computed with them: not at all where every feature is in the cache. Throws
/// ConfigError where the prefix cannot compute in its precision here.
class Assembler {
 public:
  explicit Assembler(Recipe recipe)
      : recipe_(std::move(recipe)),
        common_(registry::common<backbone::Backbone>(recipe_.backbone)),
        precision_(backbone::precision_named(common_.precision)) {
    require_precision();
    frozen_ = registry::make<backbone::Backbone>(recipe_.backbone);
    resolve_cuts();
    for (const std::size_t cut : cuts_) arithmetic_.try_emplace(cut, arithmetic_up_to(cut));
    const auto map = backbone::stage_shapes(*frozen_, recipe_.size, recipe_.size).back();
    weights_ = filling(frozen_);
    context_ = {.channels = map.channels, .height = map.height, .width = map.width, .classes = recipe_.classes};
  }

  /// The model of a replicate, cut for the first phase: the same prefix for all, another suffix and head for each.
  [[nodiscard]] std::unique_ptr<Model> make(std::uint64_t replicate) const {
    const std::size_t all = frozen_->stages().size();
    if (cuts_.back() == all) return make_model(frozen_, weights_, all, all, replicate);
    const std::shared_ptr<backbone::Backbone> net = registry::make<backbone::Backbone>(recipe_.backbone);
    fill(*net, recipe_, common_, cuts_.front(), replicate, *tensors_);
    settle(*net, recipe_.device);
    return make_model(net, nullptr, cuts_.front(), cuts_.back(), replicate);
  }
  /// What computes a phase's features: a network that is never trained, one for each cut, and replicate 0's first head.
  [[nodiscard]] std::unique_ptr<Model> prefix(std::size_t phase) const {
    const std::size_t cut = cuts_[phase];
    if (cut == cuts_.front()) return make_model(frozen_, weights_, cut, cut, 0);
    const std::shared_ptr<backbone::Backbone> net = registry::make<backbone::Backbone>(recipe_.backbone);
    return make_model(net, filling(net), cut, cut, 0);
  }

  /// Number of frozen stages in each phase; never more than in the phase before.
  [[nodiscard]] const std::vector<std::size_t>& cuts() const { return cuts_; }

  /// Of the whole network.
  [[nodiscard]] std::size_t stages() const { return frozen_->stages().size(); }
  [[nodiscard]] const head::HeadContext& context() const { return context_; }
  /// The named normalisation that the weights expect: their file's where it says so, else the network's.
  [[nodiscard]] std::string normalization() const {
    const auto of_file = common_.weights ? weights::expected_normalization(weights::find_weights(*common_.weights))
                                         : std::optional<std::string>();
    return of_file.value_or(frozen_->normalization());
  }
  /// A sentence where the head leaves cells of the map unread, else empty.
  [[nodiscard]] std::string unread_cells() const {
    return registry::make<head::Head>(recipe_.head, context_)->unread_cells();
  }

 private:
  using Tensors = std::vector<weights::NamedTensor>;

  void require_precision() const {
    if (const auto fault = backbone::unsupported(recipe_.backbone, recipe_.cpu, "backbone.precision")) {
      throw base::ConfigError(*fault);
    }
    if (precision_ != backbone::Precision::float32 && !recipe_.device.is_cpu()) {
      throw base::ConfigError(
          {"a prefix in " + common_.precision + " is computed on the processor only, not on " + recipe_.device.str(),
           "backbone.precision", "write device: cpu, or backbone.precision: float32"});
    }
  }

  void resolve_cuts() {
    for (std::size_t i = 0; i < recipe_.freeze.size(); ++i) {
      const auto& own = recipe_.freeze[i];
      const std::string freeze = own.value_or(common_.freeze);
      const std::string key = own ? "train.phases." + std::to_string(i) + ".freeze" : "backbone.freeze";
      cuts_.push_back(backbone::resolve_freeze(*frozen_, freeze, key));
      if (i == 0 || cuts_[i] <= cuts_[i - 1]) continue;
      throw base::ConfigError({"freezes up to '" + freeze + "', more than the phase before it", key,
                               "let each phase freeze as much as the one before it, or less"});
    }
  }

  /// An int8 prefix is still without its ranges, which the models of one cut share.
  [[nodiscard]] backbone::Arithmetic arithmetic_up_to(std::size_t cut) const {
    if (precision_ != backbone::Precision::int8 || cut == 0) return {precision_};
    const auto units = static_cast<std::int64_t>(backbone::PrefixUnits(*frozen_, cut).inside.size());
    return {precision_, torch::full({1 + units, 2}, std::numeric_limits<float>::quiet_NaN())};
  }

  [[nodiscard]] std::unique_ptr<Model> make_model(std::shared_ptr<backbone::Backbone> net,
                                                  std::shared_ptr<Deferred> weights, std::size_t cut,
                                                  std::size_t earliest, std::uint64_t replicate) const {
    std::shared_ptr<head::Head> head = registry::make<head::Head>(recipe_.head, context_);
    backbone::initialise(*head, recipe_.seed, replicate);
    head->to(recipe_.device);
    const bool update = recipe_.batch_norm == "update" || (recipe_.batch_norm == "auto" && !common_.weights);
    auto model = std::make_unique<Model>(std::move(net), cut, earliest, head, update, recipe_.device,
                                         arithmetic_.at(earliest), std::move(weights));
    if (recipe_.standardize && cuts_.front() == frozen_->stages().size()) {
      const torch::Tensor map = torch::zeros({1, context_.channels, context_.height, context_.width});
      model->prepare_standardisation(head->pool(map.to(recipe_.device)).size(1));
      if (auto* layer = head->linear()) {  // what is drawn there is noise of which training only moves a part
        layer->weight.detach().zero_();
        layer->bias.detach().zero_();
      }
    }
    return model;
  }

  /// By value: models may outlive their assembler.
  [[nodiscard]] std::shared_ptr<Deferred> filling(const std::shared_ptr<backbone::Backbone>& net) const {
    return std::make_shared<Deferred>([recipe = recipe_, common = common_, cut = cuts_.front(), net, from = tensors_] {
      const torch::NoGradGuard no_grad;
      fill(*net, recipe, common, cut, 0, *from);
      settle(*net, recipe.device);
    });
  }

  static void fill(backbone::Backbone& net, const Recipe& recipe, const backbone::BackboneCommon& common,
                   std::size_t cut, std::uint64_t replicate, Tensors& tensors) {
    if (common.weights) {
      const auto path = weights::find_weights(*common.weights);
      if (tensors.empty()) tensors = weights::read_weights(path, net.ignored_tensors(), weights::state_names(net));
      weights::load_state(net, tensors, net.ignored_tensors(), path.string());
    } else {
      backbone::initialise(net, recipe.seed, 0);
      if (replicate > 0) {  // never changes a random prefix, of whichever phase
        backbone::initialise(net, recipe.seed, replicate, backbone::stage_modules(net, cut, net.stages().size()));
      }
    }
  }

  /// To its device, convolutions channels-last: the layout that oneDNN is fastest in.
  static void settle(backbone::Backbone& net, torch::Device device) {
    net.to(device);
    for (auto& parameter : net.parameters()) {
      if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
  }

  Recipe recipe_;
  backbone::BackboneCommon common_;
  backbone::Precision precision_;
  std::shared_ptr<backbone::Backbone> frozen_;
  std::vector<std::size_t> cuts_;
  std::map<std::size_t, backbone::Arithmetic> arithmetic_;          ///< by cut
  std::shared_ptr<Tensors> tensors_ = std::make_shared<Tensors>();  ///< of the weight file, read once
  std::shared_ptr<Deferred> weights_;                               ///< of frozen_
  head::HeadContext context_;
};

}  // namespace youden::train

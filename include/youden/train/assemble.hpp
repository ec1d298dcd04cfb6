#pragma once
#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/freeze.hpp"
#include "youden/backbone/initialise.hpp"
#include "youden/backbone/stage_shapes.hpp"
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
};

/// Builds the models of one run. The weight file is read once; a frozen backbone is shared by all of them, and gets its
/// weights when something is first computed with them: not at all where every feature is in the cache.
class Assembler {
 public:
  explicit Assembler(Recipe recipe)
      : recipe_(std::move(recipe)), common_(registry::common<backbone::Backbone>(recipe_.backbone)) {
    frozen_ = registry::make<backbone::Backbone>(recipe_.backbone);
    resolve_cuts();
    const auto map = backbone::stage_shapes(*frozen_, recipe_.size, recipe_.size).back();
    // By value: models may outlive their assembler.
    weights_ = std::make_shared<Deferred>(
        [recipe = recipe_, common = common_, cut = cuts_.front(), net = frozen_, from = tensors_] {
          const torch::NoGradGuard no_grad;
          fill(*net, recipe, common, cut, 0, *from);
          settle(*net, recipe.device);
        });
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
  /// What computes a phase's features: the one network that is never trained, and replicate 0's first head.
  [[nodiscard]] std::unique_ptr<Model> prefix(std::size_t phase) const {
    return make_model(frozen_, weights_, cuts_[phase], cuts_[phase], 0);
  }

  /// Number of frozen stages in each phase; never more than in the phase before.
  [[nodiscard]] const std::vector<std::size_t>& cuts() const { return cuts_; }

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

  [[nodiscard]] std::unique_ptr<Model> make_model(std::shared_ptr<backbone::Backbone> net,
                                                  std::shared_ptr<Deferred> weights, std::size_t cut,
                                                  std::size_t earliest, std::uint64_t replicate) const {
    std::shared_ptr<head::Head> head = registry::make<head::Head>(recipe_.head, context_);
    backbone::initialise(*head, recipe_.seed, replicate);
    head->to(recipe_.device);
    const bool update = recipe_.batch_norm == "update" || (recipe_.batch_norm == "auto" && !common_.weights);
    return std::make_unique<Model>(std::move(net), cut, earliest, head, update, recipe_.device, std::move(weights));
  }

  static void fill(backbone::Backbone& net, const Recipe& recipe, const backbone::BackboneCommon& common,
                   std::size_t cut, std::uint64_t replicate, Tensors& tensors) {
    if (common.weights) {
      const auto path = weights::find_weights(*common.weights);
      if (tensors.empty()) tensors = weights::read_weights(path, net.ignored_tensors());
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
  std::shared_ptr<backbone::Backbone> frozen_;
  std::vector<std::size_t> cuts_;
  std::shared_ptr<Tensors> tensors_ = std::make_shared<Tensors>();  ///< of the weight file, read once
  std::shared_ptr<Deferred> weights_;                               ///< of frozen_
  head::HeadContext context_;
};

}  // namespace youden::train

#pragma once
#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <limits>
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
#include "youden/train/model.hpp"
#include "youden/weights/read.hpp"
#include "youden/weights/resolve.hpp"

namespace youden::train {

/// What a model is made of, before any number in it.
struct Recipe {
  config::Component backbone;
  config::Component head;
  std::string batch_norm = "auto";
  std::int64_t classes = 2;
  std::int64_t size = 224;
  std::uint64_t seed = 0;
  torch::Device device = torch::kCPU;
  base::Cpu cpu = base::Cpu::here();
};

/// Builds the models of one run. The weight file is read once; a frozen backbone is shared by all of them. Throws
/// ConfigError where the prefix cannot compute in its precision here.
class Assembler {
 public:
  explicit Assembler(Recipe recipe)
      : recipe_(std::move(recipe)),
        common_(registry::common<backbone::Backbone>(recipe_.backbone)),
        arithmetic_{backbone::precision_named(common_.precision)} {
    require_precision();
    frozen_ = make_backbone(0);
    cut_ = backbone::resolve_freeze(*frozen_, common_.freeze);
    if (arithmetic_.precision == backbone::Precision::int8 && cut_ > 0) {
      const auto units = static_cast<std::int64_t>(backbone::PrefixUnits(*frozen_, cut_).inside.size());
      arithmetic_.ranges = torch::full({1 + units, 2}, std::numeric_limits<float>::quiet_NaN());
    }
    const auto map = backbone::stage_shapes(*frozen_, recipe_.size, recipe_.size).back();
    settle(*frozen_);
    context_ = {.channels = map.channels, .height = map.height, .width = map.width, .classes = recipe_.classes};
  }

  /// The model of a replicate: the same prefix for all, another suffix and head for each.
  [[nodiscard]] std::unique_ptr<Model> make(std::uint64_t replicate) const {
    const bool all_frozen = cut_ == frozen_->stages().size();
    std::shared_ptr<backbone::Backbone> net = frozen_;
    if (!all_frozen) {
      net = make_backbone(replicate);
      settle(*net);
    }
    std::shared_ptr<head::Head> head = registry::make<head::Head>(recipe_.head, context_);
    backbone::initialise(*head, recipe_.seed, replicate);
    head->to(recipe_.device);
    const bool update = recipe_.batch_norm == "update" || (recipe_.batch_norm == "auto" && !common_.weights);
    return std::make_unique<Model>(net, cut_, head, update, recipe_.device, arithmetic_);
  }

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
  void require_precision() const {
    if (const auto fault = backbone::unsupported(recipe_.backbone, recipe_.cpu, "backbone.precision")) {
      throw base::ConfigError(*fault);
    }
    if (arithmetic_.precision != backbone::Precision::float32 && !recipe_.device.is_cpu()) {
      throw base::ConfigError(
          {"a prefix in " + common_.precision + " is computed on the processor only, not on " + recipe_.device.str(),
           "backbone.precision", "write device: cpu, or backbone.precision: float32"});
    }
  }

  [[nodiscard]] std::shared_ptr<backbone::Backbone> make_backbone(std::uint64_t replicate) const {
    std::shared_ptr<backbone::Backbone> net = registry::make<backbone::Backbone>(recipe_.backbone);
    if (common_.weights) {
      const auto path = weights::find_weights(*common_.weights);
      if (tensors_.empty()) tensors_ = weights::read_weights(path, net->ignored_tensors());
      weights::load_state(*net, tensors_, net->ignored_tensors(), path.string());
    } else {
      backbone::initialise(*net, recipe_.seed, 0);
      if (replicate > 0) {  // never changes a random prefix
        backbone::initialise(*net, recipe_.seed, replicate, backbone::stage_modules(*net, cut_, net->stages().size()));
      }
    }
    return net;
  }

  /// To its device, convolutions channels-last: the layout that oneDNN is fastest in.
  void settle(backbone::Backbone& net) const {
    net.to(recipe_.device);
    for (auto& parameter : net.parameters()) {
      if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
  }

  Recipe recipe_;
  backbone::BackboneCommon common_;
  backbone::Arithmetic arithmetic_;
  std::shared_ptr<backbone::Backbone> frozen_;
  std::size_t cut_ = 0;
  head::HeadContext context_;
  mutable std::vector<weights::NamedTensor> tensors_;
};

}  // namespace youden::train

#pragma once
#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/backbone/unit.hpp"
#include "youden/config/fields.hpp"

namespace youden::backbone {

struct BackboneCommon {
  std::optional<std::string> weights = {};
  std::string freeze = "all";
  std::string precision = "float32";

  static const config::Fields<BackboneCommon>& fields() {
    static const auto f =
        config::Fields<BackboneCommon>()
            .add(&BackboneCommon::weights, "weights", "weight file (.safetensors, .pth, Keras' .h5); null = random",
                 {.path = config::PathRule::weights, .tied = true})
            .add(&BackboneCommon::freeze, "freeze",
                 "frozen prefix: all, none, or the last stage that stays as it is (see `youden "
                 "components backbone NAME`)",
                 {.tied = true})
            .add(&BackboneCommon::precision, "precision",
                 "arithmetic of the frozen prefix; bfloat16 needs the processor's avx512_bf16 or "
                 "amx_bf16, int8 its avx512_vnni or avx_vnni and a network with the trait int8",
                 {.choices = {"float32", "bfloat16", "int8"}});
    return f;
  }
};

/// A step of the network that can be frozen as a whole.
struct Stage {
  std::string name;
  /// [N,C,H,W] float32 -> [N,C',H',W'] float32. BatchNorm obeys its module's train/eval mode.
  std::function<torch::Tensor(torch::Tensor)> forward;
  /// Dotted torchvision prefixes of the modules in it, e.g. {"features.0", "features.2"}.
  std::vector<std::string> modules;
};

/// A convolutional network without its classifier, as ordered, named stages under torchvision's tensor names.
class Backbone : public torch::nn::Module {
 public:
  static constexpr const char* kKind = "backbone";
  using Common = BackboneCommon;
  struct Context {};

  /// In the order of the data flow.
  [[nodiscard]] virtual const std::vector<Stage>& stages() const = 0;
  /// What its published weights expect: a named normalisation, "imagenet" or "none".
  [[nodiscard]] virtual std::string normalization() const { return "imagenet"; }
  /// Tensor-name prefixes of a published file that the backbone does not use, e.g. {"classifier."}.
  [[nodiscard]] virtual std::vector<std::string> ignored_tensors() const { return {"classifier."}; }

  /// In the order of add().
  [[nodiscard]] const std::vector<Unit>& units() const { return units_; }

 protected:
  /// What belongs together in inference. A stage may also use its modules by themselves; its prefix then computes in
  /// float32 only.
  Unit add(Unit::Parts parts) { return units_.emplace_back(std::move(parts)); }

 private:
  std::vector<Unit> units_;
};

}  // namespace youden::backbone

#pragma once
#include <torch/types.h>

#include "youden/config/fields.hpp"

namespace youden::train {

/// What training minimises.
class Loss {
 public:
  static constexpr const char* kKind = "loss";
  using Common = config::NoOptions;
  struct Context {};

  virtual ~Loss() = default;
  /// logits [N,K] float32, target [N] int64, class_weights [K] float32 or undefined -> scalar, differentiable.
  [[nodiscard]] virtual torch::Tensor operator()(const torch::Tensor& logits, const torch::Tensor& target,
                                                 const torch::Tensor& class_weights) const = 0;
};

}  // namespace youden::train

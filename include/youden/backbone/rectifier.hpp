#pragma once
#include <torch/types.h>

namespace youden::backbone {

enum class Rectifier { none, relu, relu6 };

/// In place.
inline torch::Tensor rectify(torch::Tensor x, Rectifier rectifier) {
  switch (rectifier) {
    case Rectifier::relu: return torch::relu_(x);
    case Rectifier::relu6: return torch::hardtanh_(x, 0, 6);
    case Rectifier::none: break;
  }
  return x;
}

}  // namespace youden::backbone

#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "youden/config/fields.hpp"

namespace youden::head {

/// The map a head is built on, [N, channels, height, width], and the classes it tells apart.
struct HeadContext {
  std::int64_t channels = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t classes = 0;
};

/// Draws the dropout mask of one layer for the current batch: [N, width] float32 of 0 or 1 / (1 − rate).
/// Empty = evaluation, no dropout. Masks come from counter-based streams, never from torch's generator.
using DropoutMask = std::function<torch::Tensor(std::string_view layer, double rate, std::int64_t width)>;

struct HeadCommon {
  bool standardize = true;

  static const config::Fields<HeadCommon>& fields() {
    static const auto f = config::Fields<HeadCommon>().add(
        &HeadCommon::standardize, "standardize",
        "features of a frozen backbone come to the head with mean 0 and deviation 1 over the training films; the "
        "statistics are stored with the model");
    return f;
  }
};

/// Pooled features -> logits.
class Head : public torch::nn::Module {
 public:
  static constexpr const char* kKind = "head";
  using Common = HeadCommon;
  using Context = HeadContext;

  /// The parameter-free start of the head: [N,C,H,W] float32 -> [N,F] float32. It runs in front of the cut when
  /// the whole backbone is frozen, so it must not depend on parameters, batch-mates or mode.
  [[nodiscard]] virtual torch::Tensor pool(const torch::Tensor& map) const = 0;
  /// What `pool` is, as text: heads with the same one share features. Empty = no other head pools like this one, so
  /// that features are kept apart by every option of the head.
  [[nodiscard]] virtual std::string pooling() const { return {}; }
  /// [N,F] float32 -> [N,classes] logits.
  [[nodiscard]] virtual torch::Tensor forward(const torch::Tensor& pooled, const DropoutMask& dropout) = 0;
  /// The layer that makes logits of what `pool` gives; null where anything else lies between, in training too.
  [[nodiscard]] virtual torch::nn::LinearImpl* linear() { return nullptr; }
  /// A sentence to warn with when the pooling leaves cells of the map unread; empty = every cell is read.
  [[nodiscard]] virtual std::string unread_cells() const { return {}; }
};

}  // namespace youden::head

#pragma once
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "youden/base/error.hpp"
#include "youden/head/head.hpp"
#include "youden/registry/registry.hpp"

namespace youden::head {

struct TutorialOptions {
  int hidden = 64;
  double dropout = 0.5;
  int pool = 4;

  static const config::Fields<TutorialOptions>& fields() {
    static const auto f =
        config::Fields<TutorialOptions>()
            .add(&TutorialOptions::hidden, "hidden", "width of the dense layer",
                 {.unit = "units", .min = 1, .max = 16384})
            .add(&TutorialOptions::dropout, "dropout", "share of its units dropped in training",
                 {.min = 0, .max = 0.99})
            .add(&TutorialOptions::pool, "pool", "edge of the average pooling's windows, which do not overlap",
                 {.unit = "cells", .min = 1, .max = 64});
    return f;
  }
};

/// The tutorial's head: AveragePooling2D -> Flatten -> Dense(hidden, relu) -> Dropout -> Dense(classes).
/// Keras' pooling drops incomplete windows. Its Flatten is channels-last; here features are in the order (C,H,W), which
/// permutes the columns of hidden.weight and nothing else.
class Tutorial final : public Head {
 public:
  using Options = TutorialOptions;

  Tutorial(const Options& options, const Context& context) : options_(options), context_(context) {
    const std::int64_t rows = context.height / options.pool;
    const std::int64_t columns = context.width / options.pool;
    if (rows == 0 || columns == 0) {
      throw base::ConfigError(
          {"the " + edges(context.height, context.width) + " map is smaller than the " + window() + " pooling",
           "head.pool",
           "set head.pool to at most " + std::to_string(std::min(context.height, context.width)) +
               ", raise dataset.size, or choose head=global_average"});
    }
    hidden_ = register_module("hidden", torch::nn::Linear(context.channels * rows * columns, options.hidden));
    output_ = register_module("output", torch::nn::Linear(options.hidden, context.classes));
  }

  /// [N,C,H,W] float32 -> [N, C · ⌊H/pool⌋ · ⌊W/pool⌋] float32
  [[nodiscard]] torch::Tensor pool(const torch::Tensor& map) const override {
    return torch::avg_pool2d(map, options_.pool).flatten(1);
  }
  [[nodiscard]] std::string pooling() const override { return "average " + window(); }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& pooled, const DropoutMask& dropout) override {
    torch::Tensor x = torch::relu(hidden_(pooled));
    if (dropout && options_.dropout > 0) x = x * dropout("hidden", options_.dropout, options_.hidden);
    return output_(x);
  }
  [[nodiscard]] std::string unread_cells() const override {
    const std::int64_t cells = context_.height * context_.width;
    const std::int64_t read =
        (context_.height / options_.pool) * (context_.width / options_.pool) * options_.pool * options_.pool;
    if (read == cells) return {};
    return std::to_string(cells - read) + " of " + std::to_string(cells) + " cells of the " +
           edges(context_.height, context_.width) + " map are never read by the " + window() +
           " average pooling; head=global_average reads them all";
  }

 private:
  static std::string edges(std::int64_t height, std::int64_t width) {
    return std::to_string(height) + "×" + std::to_string(width);
  }
  [[nodiscard]] std::string window() const { return edges(options_.pool, options_.pool); }

  TutorialOptions options_;
  HeadContext context_;
  torch::nn::Linear hidden_ = nullptr;
  torch::nn::Linear output_ = nullptr;
};

inline const registry::Register<Head, Tutorial> kTutorial{
    "tutorial", "average pooling, flatten, dense layer, dropout, logits: as in the Keras tutorial"};

}  // namespace youden::head

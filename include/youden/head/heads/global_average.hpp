#pragma once
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <cstdint>
#include <string>

#include "youden/head/head.hpp"
#include "youden/registry/registry.hpp"

namespace youden::head {

struct GlobalAverageOptions {
  int hidden = 0;
  double dropout = 0.0;

  static const config::Fields<GlobalAverageOptions>& fields() {
    static const auto f =
        config::Fields<GlobalAverageOptions>()
            .add(&GlobalAverageOptions::hidden, "hidden", "width of a dense layer before the logits; 0 = none",
                 {.unit = "units", .min = 0, .max = 16384})
            .add(&GlobalAverageOptions::dropout, "dropout", "share of the logits' inputs dropped in training",
                 {.min = 0, .max = 0.99});
    return f;
  }
};

/// The mean of each channel over the whole map (Lin et al. 2014, arXiv:1312.4400), then logits, through one dense layer
/// when `hidden` asks for it.
class GlobalAverage final : public Head {
 public:
  using Options = GlobalAverageOptions;

  GlobalAverage(const Options& options, const Context& context) : options_(options) {
    width_ = context.channels;
    if (options.hidden > 0) {
      hidden_ = register_module("hidden", torch::nn::Linear(width_, options.hidden));
      width_ = options.hidden;
    }
    output_ = register_module("output", torch::nn::Linear(width_, context.classes));
  }

  /// [N,C,H,W] float32 -> [N,C] float32. Contiguous first: the order of the sum must not hang on the memory format.
  [[nodiscard]] torch::Tensor pool(const torch::Tensor& map) const override {
    return map.contiguous().flatten(2).mean(2);
  }
  [[nodiscard]] std::string pooling() const override { return "average"; }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& pooled, const DropoutMask& dropout) override {
    torch::Tensor x = hidden_ ? torch::relu(hidden_(pooled)) : pooled;
    if (dropout && options_.dropout > 0) x = x * dropout(hidden_ ? "hidden" : "pooled", options_.dropout, width_);
    return output_(x);
  }
  [[nodiscard]] torch::nn::LinearImpl* linear() override {
    return hidden_ || options_.dropout > 0 ? nullptr : output_.get();
  }

 private:
  GlobalAverageOptions options_;
  std::int64_t width_ = 0;
  torch::nn::Linear hidden_ = nullptr;
  torch::nn::Linear output_ = nullptr;
};

inline const registry::Register<Head, GlobalAverage> kGlobalAverage{
    "global_average", "mean over the whole map, optional dense layer, logits"};

}  // namespace youden::head

#pragma once
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <cstdint>

#include "youden/head/head.hpp"
#include "youden/registry/registry.hpp"

/// What YAML can set: `head: { type: my_head, dropout: 0.2 }`.
struct MyHeadOptions {
  double dropout = 0.2;

  static const youden::config::Fields<MyHeadOptions>& fields() {
    static const auto f = youden::config::Fields<MyHeadOptions>().add(
        &MyHeadOptions::dropout, "dropout", "share of the logits' inputs dropped in training", {.min = 0, .max = 0.99});
    return f;
  }
};

/// To fill in: from the backbone's map to one logit a class. As it stands: the mean of each row of each
/// channel, then logits.
class MyHead final : public youden::head::Head {
 public:
  using Options = MyHeadOptions;

  /// `context`: the map's channels, height and width, and how many classes there are.
  MyHead(const Options& options, const Context& context)
      : options_(options),
        features_(context.channels * context.height),
        output_(register_module("output", torch::nn::Linear(features_, context.classes))) {}

  /// [N,C,H,W] float32 -> [N,C·H] float32: what needs no parameters. It is computed once where the backbone is frozen,
  /// so no chance, no parameter and no other image of the batch may matter to it.
  [[nodiscard]] torch::Tensor pool(const torch::Tensor& map) const override {
    return map.contiguous().mean(3).flatten(1);
  }
  /// [N,C·H] float32 -> [N,classes] logits. Dropout comes from `dropout`, never from torch's generator; it is empty in
  /// evaluation.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& pooled, const youden::head::DropoutMask& dropout) override {
    if (!dropout || options_.dropout <= 0) return output_(pooled);
    return output_(pooled * dropout("pooled", options_.dropout, features_));
  }

 private:
  Options options_;
  std::int64_t features_;
  torch::nn::Linear output_;
};

inline const youden::registry::Register<youden::head::Head, MyHead> kMyHead{"my_head",
                                                                            "what `youden components head` says of it"};

#pragma once
#include <torch/types.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "youden/train/optimizer.hpp"

namespace youden::train {

/// The running means of gradient and squared gradient that Adam and its relatives share.
struct AdamMoments {
  explicit AdamMoments(const std::vector<torch::Tensor>& parameters)
      : mean(zeros_like_all(parameters)), square(zeros_like_all(parameters)), steps(torch::zeros({}, torch::kInt64)) {}

  /// Takes in the current gradients; returns the number of steps so far, from 1.
  double advance(const std::vector<torch::Tensor>& parameters, double beta1, double beta2) {
    steps.add_(1);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const torch::Tensor& gradient = parameters[i].grad();
      mean[i].mul_(beta1).add_(gradient, 1 - beta1);
      square[i].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    }
    return static_cast<double>(steps.item<std::int64_t>());
  }

  [[nodiscard]] std::vector<std::pair<std::string, torch::Tensor>> state() const {
    std::vector<std::pair<std::string, torch::Tensor>> out{{"steps", steps}};
    append_state(out, "mean", mean);
    append_state(out, "square", square);
    return out;
  }

  std::vector<torch::Tensor> mean;
  std::vector<torch::Tensor> square;
  torch::Tensor steps;  // int64 scalar
};

}  // namespace youden::train

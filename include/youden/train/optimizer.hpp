#pragma once
#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

#include "youden/config/fields.hpp"

namespace youden::train {

struct OptimizerContext {
  std::vector<torch::Tensor> parameters = {};  ///< updated in place
};

/// Moves parameters along their gradients. Its whole state is tensors, so that a checkpoint can hold it.
class Optimizer {
 public:
  static constexpr const char* kKind = "optimizer";
  using Common = config::NoOptions;
  using Context = OptimizerContext;

  virtual ~Optimizer() = default;
  /// One step at learning rate `lr`; gradients are read, not cleared.
  virtual void step(double lr) = 0;
  /// The learning rate that `train.lr: auto` takes for a head, or a network, that was drawn at random.
  [[nodiscard]] virtual double usual_rate() const { return 0.001; }
  /// Names and tensors (shared, not copied): writing into them restores a saved state.
  [[nodiscard]] virtual std::vector<std::pair<std::string, torch::Tensor>> state() const = 0;
};

/// `count` zero tensors shaped like the parameters.
inline std::vector<torch::Tensor> zeros_like_all(const std::vector<torch::Tensor>& parameters) {
  std::vector<torch::Tensor> out;
  out.reserve(parameters.size());
  for (const torch::Tensor& p : parameters) out.push_back(torch::zeros_like(p));
  return out;
}

inline void append_state(std::vector<std::pair<std::string, torch::Tensor>>& into, const std::string& name,
                         const std::vector<torch::Tensor>& tensors) {
  for (std::size_t i = 0; i < tensors.size(); ++i) into.emplace_back(name + "." + std::to_string(i), tensors[i]);
}

}  // namespace youden::train

#pragma once
#include <torch/nn/module.h>

#include <memory>
#include <utility>
#include <vector>

namespace youden::backbone {

/// Puts a module and all below it in inference mode; gives each its own mode back when it goes out of scope.
class InferenceMode {
 public:
  explicit InferenceMode(torch::nn::Module& module) {
    modes_.emplace_back(&module, module.is_training());
    for (const auto& child : module.modules(false)) modes_.emplace_back(child.get(), child->is_training());
    module.eval();
  }
  InferenceMode(const InferenceMode&) = delete;
  InferenceMode& operator=(const InferenceMode&) = delete;
  // Parents come before their children, whose mode they would overwrite.
  ~InferenceMode() {
    for (const auto& [module, training] : modes_) module->train(training);
  }

 private:
  std::vector<std::pair<torch::nn::Module*, bool>> modes_;
};

}  // namespace youden::backbone

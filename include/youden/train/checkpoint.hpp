#pragma once
#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/weights/convert.hpp"
#include "youden/weights/safetensors.hpp"

namespace youden::train {

/// Named tensors and facts, written whole or not at all.
struct Checkpoint {
  std::map<std::string, torch::Tensor> tensors = {};
  std::map<std::string, std::string> facts = {};

  void add(const std::string& prefix, const std::vector<std::pair<std::string, torch::Tensor>>& named) {
    for (const auto& [name, tensor] : named) tensors[prefix + name] = tensor;
  }
  /// Copies the tensors of `prefix` into those of the same name. Throws RunError where one is missing or misshapen.
  void restore(const std::string& prefix, const std::vector<std::pair<std::string, torch::Tensor>>& named,
               const std::string& where) const {
    const torch::NoGradGuard no_grad;
    for (const auto& [name, tensor] : named) {
      const auto it = tensors.find(prefix + name);
      if (it == tensors.end() || it->second.sizes() != tensor.sizes()) {
        throw base::RunError({"the checkpoint does not fit the run: tensor " + prefix + name, where,
                              "it was written by another configuration; run again with --again"});
      }
      torch::Tensor target = tensor;
      target.copy_(it->second);
    }
  }

  /// Throws RunError where there is no such fact.
  [[nodiscard]] const std::string& fact(const std::string& name, const std::string& where) const {
    const auto it = facts.find(name);
    if (it != facts.end()) return it->second;
    throw base::RunError({"the checkpoint lacks '" + name + "'", where, "run again with --again"});
  }

  void write(const std::filesystem::path& path) const {
    std::vector<weights::NamedTensor> named;
    for (const auto& [name, tensor] : tensors) named.push_back(weights::from_torch(name, tensor));
    weights::write_safetensors(path, named, facts);
  }
  static Checkpoint read(const std::filesystem::path& path) {
    const weights::SafetensorsReader reader(path);
    Checkpoint c{.tensors = {}, .facts = reader.metadata()};
    for (const auto& entry : reader.entries()) {
      const weights::NamedTensor tensor = reader.read(entry);
      c.tensors[tensor.name] = weights::to_torch(tensor);
    }
    return c;
  }
};

}  // namespace youden::train

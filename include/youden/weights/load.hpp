#pragma once
#include <torch/nn/module.h>
#include <torch/types.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/faults.hpp"
#include "youden/weights/convert.hpp"
#include "youden/weights/named_tensor.hpp"
#include "youden/weights/read.hpp"

namespace youden::weights {

/// Parameters and buffers of a module by dotted name, those of torchvision.
inline std::vector<std::pair<std::string, torch::Tensor>> named_state(const torch::nn::Module& module) {
  std::vector<std::pair<std::string, torch::Tensor>> out;
  for (const auto& item : module.named_parameters()) out.emplace_back(item.key(), item.value());
  for (const auto& item : module.named_buffers()) out.emplace_back(item.key(), item.value());
  return out;
}

inline std::vector<std::string> state_names(const torch::nn::Module& module) {
  std::vector<std::string> out;
  for (const auto& [name, tensor] : named_state(module)) out.push_back(name);
  return out;
}

/// The module's parameters and buffers as a weight file holds them.
inline std::vector<NamedTensor> save_state(const torch::nn::Module& module) {
  std::vector<NamedTensor> out;
  for (const auto& [name, tensor] : named_state(module)) out.push_back(from_torch(name, tensor));
  return out;
}

/// Copies tensors into the parameters and buffers of the same name, converted to the module's element type. All or
/// nothing: every missing, unexpected, misshapen or non-finite tensor is listed in one WeightsError. Tensors under an
/// ignored prefix may be there; BatchNorm's `num_batches_tracked` may be absent, since inference never reads it.
inline void load_state(torch::nn::Module& module, const std::vector<NamedTensor>& tensors,
                       const std::vector<std::string>& ignored_prefixes, const std::string& where) {
  std::map<std::string_view, const NamedTensor*> given;
  for (const NamedTensor& t : tensors) {
    if (!starts_with_any(t.name, ignored_prefixes)) given[t.name] = &t;
  }
  base::Faults faults;
  std::vector<std::pair<torch::Tensor, torch::Tensor>> copies;
  for (auto& [name, target] : named_state(module)) {
    const auto it = given.find(name);
    const std::string needed = shape_text(target.sizes().vec());
    if (it == given.end()) {
      if (!name.ends_with("num_batches_tracked")) faults.add("missing: " + name + " " + needed);
      continue;
    }
    const NamedTensor& tensor = *it->second;
    given.erase(it);
    if (torch::IntArrayRef(tensor.shape) != target.sizes()) {
      faults.add("wrong shape: " + tensor.name + " is " + shape_text(tensor.shape) + ", the network needs " + needed);
      continue;
    }
    torch::Tensor values = to_torch(tensor).to(target.scalar_type());
    if (values.is_floating_point() && !values.isfinite().all().item<bool>()) {
      faults.add("not finite: " + tensor.name + " holds NaN, infinity or values beyond the network's type");
      continue;
    }
    copies.emplace_back(target, std::move(values));
  }
  for (const auto& [name, tensor] : given)
    faults.add("unexpected: " + std::string(name) + " " + shape_text(tensor->shape));
  if (!faults.empty()) {
    std::string list;
    constexpr std::size_t kMostLines = 10;
    const auto& all = faults.all();
    for (std::size_t i = 0; i < std::min(all.size(), kMostLines); ++i) list += "\n      " + all[i].what;
    if (all.size() > kMostLines) list += "\n      … and " + std::to_string(all.size() - kMostLines) + " more";
    throw base::WeightsError({"the weights do not fit the network; " + std::to_string(faults.size()) +
                                  (faults.size() == 1 ? " tensor:" : " tensors:") + list,
                              where, "choose the backbone that the file was made for, or backbone.weights=null"});
  }
  const torch::NoGradGuard no_grad;
  for (auto& [target, values] : copies) target.copy_(values);
}

}  // namespace youden::weights

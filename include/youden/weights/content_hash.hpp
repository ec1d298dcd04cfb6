#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "youden/base/hash.hpp"
#include "youden/weights/named_tensor.hpp"

namespace youden::weights {

/// Identity of a set of tensors: names, types, shapes and bytes, whatever their order and the file they came in.
inline std::string content_hash(const std::vector<NamedTensor>& tensors) {
  std::vector<const NamedTensor*> sorted;
  for (const NamedTensor& t : tensors) sorted.push_back(&t);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  base::Hasher hasher;
  for (const NamedTensor* t : sorted) {
    hasher.add(t->name).add(info(t->dtype).name).add(std::uint64_t{t->shape.size()});
    for (const std::int64_t extent : t->shape) hasher.add(static_cast<std::uint64_t>(extent));
    hasher.add(t->bytes);
  }
  return hasher.hex();
}

}  // namespace youden::weights

#pragma once
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "youden/weights/named_tensor.hpp"
#include "youden/weights/safetensors.hpp"

namespace youden::weights {

inline bool starts_with_any(std::string_view name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return name.starts_with(p); });
}

/// The tensors of a weight file in its order, without those under an ignored prefix (VGG16's unused classifier is 400
/// of its 528 MB). Throws WeightsError.
inline std::vector<NamedTensor> read_weights(const std::filesystem::path& path,
                                             const std::vector<std::string>& ignored_prefixes = {}) {
  const SafetensorsReader reader(path);
  std::vector<NamedTensor> tensors;
  for (const SafetensorsEntry& entry : reader.entries()) {
    if (!starts_with_any(entry.name, ignored_prefixes)) tensors.push_back(reader.read(entry));
  }
  return tensors;
}

}  // namespace youden::weights

#pragma once
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "youden/weights/mapped_file.hpp"
#include "youden/weights/named_tensor.hpp"
#include "youden/weights/names.hpp"
#include "youden/weights/safetensors.hpp"
#include "youden/weights/torch_file.hpp"

namespace youden::weights {

inline bool starts_with_any(std::string_view name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return name.starts_with(p); });
}

/// The tensors of a weight file in its order under their current names, without those under an ignored prefix (VGG16's
/// unused classifier is 400 of its 528 MB). Whatever the file is called: .safetensors, or what torch.save wrote. Throws
/// WeightsError.
inline std::vector<NamedTensor> read_weights(const std::filesystem::path& path,
                                             const std::vector<std::string>& ignored_prefixes = {}) {
  std::vector<NamedTensor> tensors;
  const MappedFile file(path);
  if (TorchFile::begins(file.bytes())) {
    TorchFile torch(file.bytes(), path.string());
    const std::vector<std::string> names = torch.names();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string name = current_name(names[i]);
      if (starts_with_any(name, ignored_prefixes)) continue;
      tensors.push_back(torch.read(i));
      tensors.back().name = name;
    }
    return tensors;
  }
  const SafetensorsReader reader(path);
  for (const SafetensorsEntry& entry : reader.entries()) {
    if (!starts_with_any(entry.name, ignored_prefixes)) tensors.push_back(reader.read(entry));
  }
  return tensors;
}

}  // namespace youden::weights

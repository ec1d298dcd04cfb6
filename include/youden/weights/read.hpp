#pragma once
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/keras_file.hpp"
#include "youden/weights/mapped_file.hpp"
#include "youden/weights/named_tensor.hpp"
#include "youden/weights/names.hpp"
#include "youden/weights/safetensors.hpp"
#include "youden/weights/torch_file.hpp"

namespace youden::weights {

inline bool starts_with_any(std::string_view name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return name.starts_with(p); });
}

/// Pickle's protocols 2 to 5. A .safetensors file may begin with the same two bytes, but has a brace after eight.
inline bool begins_like_pickle(std::span<const std::byte> bytes) {
  return bytes.size() > 8 && bytes[0] == std::byte{0x80} && bytes[1] >= std::byte{2} && bytes[1] <= std::byte{5} &&
         bytes[8] != std::byte{'{'};
}

/// The tensors of a weight file in its order under their current names, without those under an ignored prefix (VGG16's
/// unused classifier is 400 of its 528 MB). Where the names that a network `wanted` all stand under a prefix, as
/// Lightning's, DataParallel's and torch.compile's do, it is stripped and said, and what stands beside it is left out.
/// The content decides, whatever the file is called: .safetensors, what torch.save wrote, or Keras' VGG in HDF5. Throws
/// WeightsError.
inline std::vector<NamedTensor> read_weights(const std::filesystem::path& path,
                                             const std::vector<std::string>& ignored_prefixes = {},
                                             const std::vector<std::string>& wanted = {}) {
  std::vector<NamedTensor> tensors;
  std::string prefix;
  const auto settle = [&](std::vector<std::string> names) {
    for (std::string& name : names) name = current_name(std::move(name));
    prefix = fitting_prefix(names, wanted);
    if (!prefix.empty())
      spdlog::info("{}: the names of its tensors begin with '{}', which is stripped{}", path.filename().string(),
                   base::excerpt(prefix), says_ema(prefix) ? ": they are a moving average" : "");
  };
  const auto take = [&](const std::string& name, const auto& read) {
    std::string now = current_name(name);
    if (!now.starts_with(prefix)) return;
    now.erase(0, prefix.size());
    if (starts_with_any(now, ignored_prefixes)) return;
    tensors.push_back(read());
    tensors.back().name = std::move(now);
  };
  const MappedFile file(path);
  const std::span<const std::byte> bytes = file.bytes();
  if (TorchFile::begins(bytes)) {
    TorchFile torch(bytes, path.string());
    const std::vector<std::string> names = torch.names();
    settle(names);
    if (!wanted.empty() && !torch.average().empty()) {
      spdlog::info("{}: of the weights in it, the moving average '{}' is taken", path.filename().string(),
                   torch.average());
    }
    for (std::size_t i = 0; i < names.size(); ++i) take(names[i], [&] { return torch.read(i); });
  } else if (Hdf5File::begins(bytes)) {
    for (NamedTensor& t : KerasFile::read(path)) take(t.name, [&] { return std::move(t); });
  } else if (bytes.size() > 512 && std::memcmp(bytes.data() + 257, "ustar", 5) == 0) {
    throw base::WeightsError({"a tar archive: what PyTorch before 0.1.10 saved is not read", path.string(),
                              "load it with PyTorch and save model.state_dict() again"});
  } else if (begins_like_pickle(bytes)) {
    throw base::WeightsError({"a bare pickle, not what torch.save wrote", path.string(),
                              "load it in Python and save its tensors with torch.save or as .safetensors"});
  } else {
    const SafetensorsReader reader(path);
    std::vector<std::string> names;
    for (const SafetensorsEntry& entry : reader.entries()) names.push_back(entry.name);
    settle(std::move(names));
    for (const SafetensorsEntry& entry : reader.entries()) take(entry.name, [&] { return reader.read(entry); });
  }
  return tensors;
}

/// The named normalisation that the weights in a file were made with, where the file says more than the network does:
/// Keras' are `caffe`. Throws WeightsError where the file cannot be opened.
inline std::optional<std::string> expected_normalization(const std::filesystem::path& path) {
  if (Hdf5File::begins(MappedFile(path).bytes())) return "caffe";
  return std::nullopt;
}

}  // namespace youden::weights

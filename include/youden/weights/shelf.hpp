#pragma once
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "youden/base/atomic_file.hpp"
#include "youden/base/error.hpp"
#include "youden/base/read_file.hpp"
#include "youden/weights/checksum.hpp"
#include "youden/weights/read.hpp"
#include "youden/weights/resolve.hpp"

namespace youden::weights {

/// The folder that new weight files go to: the first in which names are looked up.
inline std::filesystem::path shelf() {
  const auto folders = weight_folders();
  if (folders.empty()) {
    throw base::ConfigError({"there is no folder for weights", {}, "set YOUDEN_WEIGHTS or HOME"});
  }
  return std::filesystem::absolute(folders.front());
}

/// The file name under which weights are stored: `name`, with the suffix of `from` where it has none of its own.
/// Throws ConfigError for what is no plain name of a weight file.
inline std::string shelf_name(std::string name, const std::string& from) {
  const bool plain = !name.empty() && name.find('/') == std::string::npos && !name.starts_with('.');
  const std::string suffix = std::filesystem::path(from).extension().string();
  if (plain && !has_weight_suffix(name) && has_weight_suffix(from)) name += suffix;
  if (plain && has_weight_suffix(name)) return name;
  throw base::ConfigError({"'" + name + "' is no name for a weight file", "--name",
                           "give --name a name without folders that ends in " + base::join(kWeightSuffixes, ", ")});
}

/// Throws ConfigError when another file stands there; true when the same one does.
inline bool already_there(const std::filesystem::path& target, const Checksum& expected) {
  std::error_code ignored;
  if (!std::filesystem::exists(target, ignored)) return false;
  if (expected.known() && expected.mismatch(target).empty()) return true;
  throw base::ConfigError({"there is another file of that name", target.string(),
                           "remove it, or store the new one under another name: --name"});
}

/// Copies a weight file to `target`, whole or not at all. Throws WeightsError when it does not read as weights.
inline std::vector<NamedTensor> copy_to_shelf(const std::filesystem::path& from, const std::filesystem::path& target) {
  auto tensors = read_weights(from);
  if (tensors.empty()) throw base::WeightsError({"the file holds no tensors", from.string()});
  base::AtomicFile file(target);
  base::read_blocks<base::WeightsError>(from, {.what = "the weight file", .most = kMostWeightBytes},
                                        [&](std::string_view block) { file.write(block); });
  file.commit();
  return tensors;
}

}  // namespace youden::weights

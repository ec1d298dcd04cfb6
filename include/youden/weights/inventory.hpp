#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/weights/checksum.hpp"
#include "youden/weights/published.hpp"
#include "youden/weights/read.hpp"
#include "youden/weights/recognise.hpp"
#include "youden/weights/resolve.hpp"

namespace youden::weights {

/// What there is to know of a weight file.
struct WeightFile {
  std::filesystem::path path;
  std::string network = {};  ///< a guess; empty = unknown
  std::size_t tensors = 0;
  std::uint64_t bytes = 0;
  std::string sha256 = {};
  std::string fault = {};  ///< why it cannot be read; empty = it can
};

/// Reads the whole file. What is wrong with it stands in `fault`.
inline WeightFile inspect(const std::filesystem::path& path) {
  WeightFile out{.path = path};
  try {
    std::error_code ignored;
    out.bytes = std::filesystem::file_size(path, ignored);
    out.sha256 = digest_of_file(path);
    const auto tensors = read_weights(path);
    out.tensors = tensors.size();
    out.network = network_of(tensors);
  } catch (const base::WeightsError& e) {
    out.fault = e.what();
  }
  if (out.network.empty()) {
    for (const Published& p : kPublished) {
      if (path.filename() == p.file) out.network = p.network;
    }
  }
  return out;
}

/// Every weight file of the weight folders, by folder and name. A name that an earlier folder has comes again: it can
/// only be reached by its path.
inline std::vector<WeightFile> inventory() {
  namespace fs = std::filesystem;
  std::vector<WeightFile> out;
  for (const fs::path& folder : weight_folders()) {
    std::vector<fs::path> paths;
    std::error_code ignored;
    for (fs::directory_iterator it(folder, ignored), end; it != end; it.increment(ignored)) {
      if (it->is_regular_file(ignored) && has_weight_suffix(it->path().filename().string()))
        paths.push_back(it->path());
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) out.push_back(inspect(path));
  }
  return out;
}

}  // namespace youden::weights

#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "youden/base/error.hpp"

namespace youden::weights {

/// Folders in which a bare name is looked up: $YOUDEN_WEIGHTS, then the user's cache (XDG Base Directory).
inline std::vector<std::filesystem::path> weight_folders() {
  const auto variable = [](const char* name) -> std::filesystem::path {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  std::vector<std::filesystem::path> folders;
  if (const auto own = variable("YOUDEN_WEIGHTS"); !own.empty()) folders.push_back(own);
  if (const auto cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) {
    folders.push_back(cache / "youden" / "weights");
  } else if (const auto home = variable("HOME"); !home.empty()) {
    folders.push_back(home / ".cache" / "youden" / "weights");
  }
  return folders;
}

/// The file meant by `backbone.weights`: a path that exists, else a name in the weight folders, each with and without
/// `.safetensors`. Throws WeightsError listing every place looked in.
inline std::filesystem::path find_weights(const std::string& text) {
  std::vector<std::filesystem::path> places{text};
  if (!std::filesystem::path(text).is_absolute()) {
    for (const auto& folder : weight_folders()) places.push_back(folder / text);
  }
  std::string looked;
  for (const auto& place : places) {
    for (const char* suffix : {"", ".safetensors"}) {
      std::filesystem::path candidate = place;
      candidate += suffix;
      std::error_code ignored;
      if (!text.empty() && std::filesystem::is_regular_file(candidate, ignored)) {
        return std::filesystem::absolute(candidate);
      }
      looked += "\n      " + candidate.string();
    }
  }
  throw base::WeightsError({"there is no weight file '" + text + "'; looked for:" + looked,
                            {},
                            "put the file there, or set backbone.weights=null for random weights"});
}

}  // namespace youden::weights

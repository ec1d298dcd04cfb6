#pragma once
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/home.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/published.hpp"

namespace youden::weights {

/// Folders in which a bare name is looked up: $YOUDEN_WEIGHTS, then the user's cache (XDG Base Directory).
inline std::vector<std::filesystem::path> weight_folders() {
  const auto variable = [](const char* name) -> std::filesystem::path {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : base::expand_home(value);
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

inline bool has_weight_suffix(std::string_view name) {
  return std::any_of(kWeightSuffixes.begin(), kWeightSuffixes.end(),
                     [&](std::string_view suffix) { return name.ends_with(suffix); });
}

/// The file meant by `backbone.weights`: a path that exists, else a name in the weight folders, each as written and,
/// where it has no suffix of a weight file, with each of them; else, for the name of published weights
/// (`vgg16_imagenet.safetensors`), the file that `weights fetch` stores. Throws WeightsError listing every place.
inline std::filesystem::path find_weights(const std::string& text) {
  namespace fs = std::filesystem;
  const bool bare = !text.empty() && !fs::path(text).has_parent_path();
  std::vector<fs::path> places{text};
  if (!fs::path(text).is_absolute()) {
    for (const auto& folder : weight_folders()) places.push_back(folder / text);
  }
  const Published* published = bare ? find_published(text) : nullptr;
  std::vector<fs::path> candidates;
  std::string looked;
  for (const auto& place : places) {
    candidates.push_back(place);
    looked += "\n      " + place.string();
    if (has_weight_suffix(text)) continue;
    for (const std::string_view suffix : kWeightSuffixes) candidates.emplace_back(place.string() + std::string(suffix));
  }
  if (!has_weight_suffix(text)) looked += "\n    each also with " + base::join(kWeightSuffixes, ", ");
  if (published != nullptr) {
    for (const auto& folder : weight_folders()) {
      candidates.push_back(folder / published->file);
      looked += "\n      " + candidates.back().string();
    }
  }
  for (const fs::path& candidate : candidates) {
    std::error_code ignored;
    if (!text.empty() && fs::is_regular_file(candidate, ignored)) return fs::absolute(candidate);
  }
  std::string remedy = "youden weights add FILE puts a file of yours there";
  if (published != nullptr) {
    remedy = "youden weights fetch " + std::string(published->name) + " gets it";
  } else if (const auto close = base::nearest(detail::plain_name(text), published_names()); !close.empty()) {
    remedy = "did you mean '" + close + "'? youden weights fetch " + close + " gets it";
  }
  throw base::WeightsError({"there is no weight file '" + text + "'; looked for:" + looked,
                            {},
                            remedy + "; or set backbone.weights=null for random weights"});
}

}  // namespace youden::weights

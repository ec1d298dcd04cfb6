#pragma once
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "youden/image/image_name.hpp"

namespace youden::data {

/// The film that a table names without the ending of its file: the one image of that name in its folder. What is there
/// as written, what has an image's ending, and what could be several files stays as written.
inline std::string found_file(const std::string& path) {
  static constexpr std::array<std::string_view, 7> kEndings{".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"};
  std::error_code error;
  if (image::has_image_name(path) || std::filesystem::exists(path, error)) return path;
  std::string found;
  for (const std::string_view ending : kEndings) {
    const std::string whole = path + std::string(ending);
    if (!std::filesystem::is_regular_file(whole, error)) continue;
    if (!found.empty()) return path;
    found = whole;
  }
  return found.empty() ? path : found;
}

}  // namespace youden::data

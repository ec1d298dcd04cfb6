#pragma once
#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "youden/base/text.hpp"

namespace youden::image {

/// Whether a file is named like an image, whatever the case.
inline bool has_image_name(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 13> kNames{".png", ".jpg",  ".jpeg", ".jpe", ".bmp", ".tif", ".tiff",
                                                           ".gif", ".webp", ".pgm",  ".ppm", ".pnm", ".jp2"};
  return std::find(kNames.begin(), kNames.end(), base::lower(path.extension().string())) != kNames.end();
}

}  // namespace youden::image

#pragma once
#include <cstdint>
#include <string>

namespace youden::image {

/// What a file says of its image before any pixel is decoded.
struct ImageHeader {
  std::string format;      ///< png, jpeg, tiff, bmp, webp, gif, pnm
  std::int64_t width = 0;  ///< pixels, as stored (before EXIF orientation)
  std::int64_t height = 0;
  int channels = 0;         ///< as stored: a palette counts 1
  int bit_depth = 0;        ///< bits a channel
  bool gray = false;        ///< known to hold gray values alone: neither palette nor alpha
  std::uint64_t bytes = 0;  ///< of the file
  int orientation = 1;      ///< EXIF's, where we and not OpenCV obey it
  std::string damage = {};  ///< why the file is broken, e.g. "truncated: …"; empty = sound as far as structure tells
  std::string unsupported = {};  ///< why a sound file is not decoded, e.g. "animated"; empty = it is
};

}  // namespace youden::image

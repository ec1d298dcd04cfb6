#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "youden/image/decode.hpp"

namespace youden::image {

/// A film for the eye: [H,W] of 3 × uint8, RGB, aspect kept, its longer side `side` at most. Deeper films are stretched
/// to what 99 of 100 of their values hold: 12 bits stored in 16 would look black, also under a white letter.
inline cv::Mat shrink(const cv::Mat& film, int side) {
  cv::Mat out = film;
  const double scale = static_cast<double>(side) / std::max(film.cols, film.rows);
  if (scale < 1) {
    const cv::Size size(std::max(1, cvRound(film.cols * scale)), std::max(1, cvRound(film.rows * scale)));
    cv::resize(film, out, size, 0, 0, cv::INTER_AREA);
  }
  if (out.depth() == CV_8U) return out.clone();
  std::vector<std::uint16_t> values;
  out.reshape(1, 1).copyTo(values);
  const auto bright = values.begin() + static_cast<std::ptrdiff_t>(values.size() * 99 / 100);
  std::nth_element(values.begin(), bright, values.end());
  const int most = *bright > 0 ? *bright : *std::max_element(bright, values.end());
  out.convertTo(out, CV_8U, most > 0 ? 255.0 / most : 1);
  return out;
}

/// The file's film, shrunk. A JPEG is decoded at a half, quarter or eighth where that suffices, which is several times
/// faster. Throws DataError as `decode_bytes` does.
inline cv::Mat thumbnail(const std::filesystem::path& path, int side) {
  const auto bytes = read_bytes(path);
  const ImageHeader h = read_header(bytes, path);
  const auto shorter = std::min(h.width, h.height);
  const int reduction = h.format != "jpeg" || shorter < 2 * side ? 1
                        : shorter >= 8 * side                    ? 8
                        : shorter >= 4 * side                    ? 4
                                                                 : 2;
  return shrink(detail::to_rgb(detail::decode_stored(bytes, path, h, reduction)), side);
}

}  // namespace youden::image

#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "youden/data/decode.hpp"

namespace youden::data {

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
  const bool plain = h.damage.empty() && h.unsupported.empty() && std::max(h.width, h.height) <= kMostSide;
  if (h.format == "jpeg" && plain && shorter >= 2 * side) {
    const int flag = shorter >= 8 * side   ? cv::IMREAD_REDUCED_COLOR_8
                     : shorter >= 4 * side ? cv::IMREAD_REDUCED_COLOR_4
                                           : cv::IMREAD_REDUCED_COLOR_2;
    cv::Mat image;
    try {
      const QuietCerr quiet;
      image =
          cv::imdecode(cv::Mat(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<std::byte*>(bytes.data())), flag);
    } catch (const cv::Exception&) {
      image.release();  // decode_bytes says why
    }
    if (!image.empty()) {
      cv::cvtColor(image, image, cv::COLOR_BGR2RGB);
      return shrink(image, side);
    }
  }
  return shrink(decode_bytes(bytes, path), side);
}

}  // namespace youden::data

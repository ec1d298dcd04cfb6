#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace youden::audit {

/// What two films are compared by: a hash that finds candidates, and a small picture that confirms them.
struct FilmLook {
  static constexpr int kSide = 128;
  using Hash = std::array<std::uint64_t, 4>;

  Hash hash{};
  cv::Mat picture;  ///< [kSide,kSide] uint8, gray, aspect ignored, 1 % to 99 % of its values stretched to 0–255
};

namespace detail {

/// [H,W] of 1 or 3 channels, 8 or 16 bit -> [kSide,kSide] uint8. Empty where all values are alike.
inline cv::Mat small_picture(const cv::Mat& film) {
  cv::Mat gray = film;
  if (film.channels() == 3) cv::cvtColor(film, gray, cv::COLOR_RGB2GRAY);
  cv::Mat small;
  cv::resize(gray, small, cv::Size(FilmLook::kSide, FilmLook::kSide), 0, 0, cv::INTER_AREA);
  small.convertTo(small, CV_32F);
  std::vector<float> values = small.reshape(1, 1);
  const auto at = [&](std::size_t percent) {
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(values.size() * percent / 100);
    std::nth_element(values.begin(), nth, values.end());
    return *nth;
  };
  double low = at(1);
  double high = at(99);
  if (high <= low) cv::minMaxLoc(small, &low, &high);
  if (high <= low) return {};
  small.convertTo(small, CV_8U, 255 / (high - low), -255 * low / (high - low));
  return small;
}

/// A bit for each of 256 low frequencies (DCT of 32 × 32, the first 16 × 16): above the median of them or not. Zauner,
/// Implementation and Benchmarking of Perceptual Image Hash Functions, 2010, with four times the bits.
inline FilmLook::Hash perceptual_hash(const cv::Mat& picture) {
  constexpr int kGrid = 32;
  constexpr int kKept = 16;
  cv::Mat grid;
  cv::resize(picture, grid, cv::Size(kGrid, kGrid), 0, 0, cv::INTER_AREA);
  grid.convertTo(grid, CV_32F);
  cv::dct(grid, grid);
  std::vector<float> low;
  for (int y = 0; y < kKept; ++y) {
    for (int x = 0; x < kKept; ++x) low.push_back(grid.at<float>(y, x));
  }
  std::vector<float> sorted(low.begin() + 1, low.end());  // the mean brightness says nothing
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  FilmLook::Hash hash{};
  for (std::size_t i = 1; i < low.size(); ++i) {
    if (low[i] > *middle) hash[i / 64] |= std::uint64_t{1} << (i % 64);
  }
  return hash;
}

}  // namespace detail

/// film: [H,W] of 1 or 3 × uint8 or uint16. The picture is empty where the film is of one value: nothing is like it.
inline FilmLook look_at(const cv::Mat& film) {
  FilmLook look;
  look.picture = detail::small_picture(film);
  if (!look.picture.empty()) look.hash = detail::perceptual_hash(look.picture);
  return look;
}

/// Bits that differ, 0–255.
inline int hamming(const FilmLook::Hash& a, const FilmLook::Hash& b) {
  int sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::popcount(a[i] ^ b[i]);
  return sum;
}

}  // namespace youden::audit

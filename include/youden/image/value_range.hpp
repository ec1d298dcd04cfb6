#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <opencv2/core.hpp>
#include <string>

namespace youden::image {

/// `dataset.range`: what counts as white in a 16-bit film.
enum class ValueRange {
  automatic,  ///< the largest value of the bits that the film uses
  full,       ///< 65535
};
inline ValueRange value_range(const std::string& name) {
  return name == "full" ? ValueRange::full : ValueRange::automatic;
}

/// How many bits a film's values use: 8, or of a 16-bit film the depth (8 of a film that was only stored so, 10, 12,
/// 14, 15 or 16 of a detector) that holds its largest value. film: [H,W] of any channels × uint8 or uint16.
inline int used_bits(const cv::Mat& film) {
  if (film.depth() != CV_16U) return 8;
  double most = 0;
  cv::minMaxLoc(film.reshape(1), nullptr, &most);
  for (const int bits : {8, 10, 12, 14, 15}) {
    if (most < (1 << bits)) return bits;
  }
  return 16;
}

/// Makes 2^bits − 1 white: value · 65535 / (2^bits − 1), rounded. film: [H,W] of any channels × uint16.
inline void stretch(cv::Mat& film, int bits) {
  if (film.depth() != CV_16U || bits >= 16) return;
  const std::uint32_t white = (1U << static_cast<unsigned>(bits)) - 1;
  for (int y = 0; y < film.rows; ++y) {
    auto* row = film.ptr<std::uint16_t>(y);
    std::transform(row, row + film.cols * film.channels(), row, [&](std::uint16_t v) {
      return static_cast<std::uint16_t>(std::min<std::uint32_t>((v * 65535U + white / 2) / white, 65535U));
    });
  }
}

/// How many bits each film used, by its path: filled while films are decoded, by many threads.
class FilmBits {
 public:
  void add(const std::string& path, int bits) {
    if (bits == 8) return;
    const std::lock_guard turn(mutex_);
    bits_[path] = bits;
  }
  /// 8 where the film has no more, however it is stored.
  [[nodiscard]] int of(const std::string& path) const {
    const std::lock_guard turn(mutex_);
    const auto it = bits_.find(path);
    return it == bits_.end() ? 8 : it->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> bits_;
};

/// Counts of films by the bits that they use.
using BitCounts = std::map<int, std::size_t>;

/// `37 of 40 films use 12 of 16 bits: scaled by 4095`, for each depth below 16; "" where there is none.
inline std::string range_note(const BitCounts& counts, std::size_t films, ValueRange range) {
  std::string out;
  for (const auto& [bits, n] : counts) {
    if (bits <= 8 || bits >= 16) continue;
    out += (out.empty() ? "" : "; ") + std::to_string(n) + " of " + std::to_string(films) +
           (n == 1 ? " films uses " : " films use ") + std::to_string(bits) + " of 16 bits";
    if (range == ValueRange::automatic) out += ": scaled by " + std::to_string((1 << bits) - 1);
  }
  if (out.empty()) return out;
  return out + (range == ValueRange::automatic ? " (dataset.range: full would leave them dark)"
                                               : ", and are left dark; dataset.range: auto scales them");
}

}  // namespace youden::image

#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "youden/image/image_bytes.hpp"
#include "youden/image/image_header.hpp"

namespace youden::image {

namespace detail {

/// One image file directory of a TIFF 6.0 file (classic or BigTIFF).
class TiffDirectory {
 public:
  TiffDirectory(const Reader& in, bool big_tiff, std::uint64_t at) : in_(in), big_(big_tiff) {
    const auto count = in.number(at, big_ ? 8 : 2);
    const std::uint64_t entry = big_ ? 20 : 12;
    first_ = at + (big_ ? 8 : 2);
    if (!count || first_ > in.size() || *count > (in.size() - first_) / entry) return;
    count_ = *count;
    whole_ = true;
    next_ = in.or_zero(first_ + count_ * entry, big_ ? 8 : 4);
  }
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] std::uint64_t next() const { return next_; }

  /// A tag's values, empty when it is absent or reaches beyond the file.
  [[nodiscard]] std::vector<std::uint64_t> values(unsigned tag) const {
    for (std::uint64_t i = 0; i < count_; ++i) {
      const std::uint64_t at = first_ + i * (big_ ? 20 : 12);
      if (in_.or_zero(at, 2) != tag) continue;
      const auto type = in_.or_zero(at + 2, 2);
      const unsigned width = type == 1 ? 1 : type == 3 ? 2 : type == 4 ? 4 : type == 16 ? 8 : 0;
      const auto n = in_.or_zero(at + 4, big_ ? 8 : 4);
      const std::uint64_t room = big_ ? 8 : 4;
      if (width == 0 || n > in_.size() / width) return {};
      const std::uint64_t from = at + (big_ ? 12 : 8);
      const std::uint64_t begin = n * width <= room ? from : in_.or_zero(from, big_ ? 8 : 4);
      std::vector<std::uint64_t> out;
      for (std::uint64_t k = 0; k < n; ++k) {
        const auto value = in_.number(begin + k * width, width);
        if (!value) return {};
        out.push_back(*value);
      }
      return out;
    }
    return {};
  }
  [[nodiscard]] std::uint64_t value(unsigned tag, std::uint64_t fallback = 0) const {
    const auto all = values(tag);
    return all.empty() ? fallback : all.front();
  }

 private:
  const Reader& in_;
  bool big_;
  bool whole_ = false;
  std::uint64_t first_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t next_ = 0;
};

}  // namespace detail

inline ImageHeader tiff_header(Bytes bytes) {
  const Reader in(bytes, bytes[0] == std::byte{'M'});
  ImageHeader h{.format = "tiff", .bytes = in.size()};
  const bool big = in.or_zero(2, 2) == 43;
  const auto start = big ? in.number(8, 8) : in.number(4, 4);
  const detail::TiffDirectory page(in, big, start.value_or(in.size()));
  if (!page.whole()) {
    h.damage = "truncated: the TIFF's directory lies beyond the end of the file";
    return h;
  }
  h.width = static_cast<std::int64_t>(std::min<std::uint64_t>(page.value(256), 1ULL << 32U));
  h.height = static_cast<std::int64_t>(std::min<std::uint64_t>(page.value(257), 1ULL << 32U));
  h.bit_depth = static_cast<int>(std::min<std::uint64_t>(page.value(258, 1), 1'000));
  h.channels = static_cast<int>(std::min<std::uint64_t>(page.value(277, 1), 1'000));

  for (const auto& [offsets, counts] : {std::pair{273U, 279U}, std::pair{324U, 325U}}) {  // strips, tiles
    const auto at = page.values(offsets);
    const auto size = page.values(counts);
    for (std::size_t i = 0; i < at.size() && i < size.size(); ++i) {
      if (at[i] > in.size() || in.size() - at[i] < size[i]) h.damage = "truncated: the TIFF's pixels are not all there";
    }
  }
  if (page.values(273).empty() && page.values(324).empty()) h.damage = "damaged: a TIFF without pixels";

  const auto photometric = page.value(262, 1);
  if (h.bit_depth != 1 && h.bit_depth != 4 && h.bit_depth != 8 && h.bit_depth != 16) {
    h.unsupported = "a TIFF of " + std::to_string(h.bit_depth) + " bits a channel";
  }
  if (page.value(339, 1) != 1) h.unsupported = "a TIFF of signed or floating-point pixels";
  if (photometric == 0 && h.bit_depth == 16) h.unsupported = "a 16-bit TIFF with white as zero";
  if (photometric == 5) h.unsupported = "a CMYK TIFF";
  // A second directory may be a thumbnail (NewSubfileType bit 0); another full page makes "the film" ambiguous.
  if (page.next() != 0) {
    const detail::TiffDirectory second(in, big, page.next());
    if (second.whole() && (second.value(254) & 1U) == 0) h.unsupported = "a TIFF of several pages";
  }
  return h;
}

}  // namespace youden::image

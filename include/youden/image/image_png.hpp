#pragma once
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/text.hpp"
#include "youden/image/image_bytes.hpp"
#include "youden/image/image_header.hpp"

namespace youden::image {

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

namespace detail {

/// CRC-32 of ISO 3309, as PNG (ISO/IEC 15948, annex D) uses it.
inline std::uint32_t crc32(Bytes bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

/// Calls `visit(type, at, size)` for each chunk, `at` being where its length field stands, until IEND or until it
/// returns what is broken. Returns that, or "".
template <class Visit>
std::string walk_png(const Reader& in, const Visit& visit) {
  for (std::uint64_t at = 8;;) {
    const auto length = in.number(at, 4);
    if (!length || in.size() - at < 12 || in.size() - at - 12 < *length) return "truncated: the PNG has no IEND";
    const std::string_view type(reinterpret_cast<const char*>(in.bytes().data() + at + 4), 4);
    if (std::string broken = visit(type, at, *length + 12); !broken.empty()) return broken;
    if (type == "IEND") return "";
    at += *length + 12;
  }
}

/// The chunks that decide pixels, and where they stand: not the ancillary ones (lower-case first letter) but for the
/// first sound eXIf, which holds the orientation, nor a palette where it only suggests colours.
class EssentialChunks {
 public:
  explicit EssentialChunks(const Reader& in) : in_(in), by_palette_(in.or_zero(25, 1) == 3) {}

  /// Whether the next chunk is one.
  bool hold(std::string_view type, std::uint64_t at) {
    if (type == "eXIf") {
      const bool first = !std::exchange(exif_, true);
      return first && (in_.has(at + 8, {"II\x2a\0", 4}) || in_.has(at + 8, {"MM\0\x2a", 4}));
    }
    return (type[0] & 0x20) == 0 && (type != "PLTE" || by_palette_);
  }

 private:
  const Reader& in_;
  bool by_palette_;
  bool exif_ = false;
};

}  // namespace detail

inline ImageHeader png_header(const Reader& in) {
  ImageHeader h{.format = "png", .bytes = in.size()};
  if (!in.has(12, "IHDR")) {
    h.damage = "damaged: a PNG without IHDR";
    return h;
  }
  static constexpr std::array<int, 7> kChannels{1, 0, 3, 1, 2, 0, 4};
  h.width = static_cast<std::int64_t>(in.or_zero(16, 4));
  h.height = static_cast<std::int64_t>(in.or_zero(20, 4));
  h.bit_depth = static_cast<int>(in.or_zero(24, 1));
  const auto colour = in.or_zero(25, 1);
  h.channels = colour < kChannels.size() ? kChannels[colour] : 0;
  // Bit depths that each colour type allows, one bit a depth (PNG specification, table 11.1).
  static constexpr std::array<unsigned, 7> kDepths{0x10116, 0, 0x10100, 0x116, 0x10100, 0, 0x10100};
  const bool known_header =
      in.or_zero(8, 4) == 13 && in.or_zero(26, 1) == 0 && in.or_zero(27, 1) == 0 && in.or_zero(28, 1) <= 1;
  const bool known_depth = h.bit_depth <= 16 && h.channels > 0 && ((kDepths[colour] >> h.bit_depth) & 1U) != 0;
  bool animated = false;
  bool pixels = false;
  bool after_pixels = false;
  std::uint64_t palette = 0;  // colours
  h.gray = colour == 0;
  h.damage = detail::walk_png(in, [&](std::string_view type, std::uint64_t at, std::uint64_t size) {
    animated |= type == "acTL";
    pixels |= type == "IDAT";
    // Other ancillary chunks never reach the decoder, so that they need not be whole.
    if ((type[0] & 0x20) != 0 && type != "eXIf") return std::string();
    if (detail::crc32(in.bytes().subspan(at + 4, size - 8)) != in.number(at + size - 4, 4)) {
      return "damaged: the checksum of its " + base::excerpt(type) + " chunk does not match";
    }
    // What else libpng would complain of, in words that nobody could keep from the terminal.
    bool due = (type == "IHDR") == (at == 8) && (type != "IEND" || size == 12) && (type != "IDAT" || !after_pixels);
    after_pixels = pixels && type != "IDAT";
    if (type == "PLTE" && colour == 3) {
      due = due && palette == 0 && !pixels && size > 12 && (size - 12) % 3 == 0 && size - 12 <= 768;
      palette = (size - 12) / 3;
    }
    const bool known = type == "eXIf" || type == "IHDR" || type == "PLTE" || type == "IDAT" || type == "IEND";
    return due && known ? "" : "damaged: a chunk of the PNG is none that belongs there: " + base::excerpt(type);
  });
  if (h.damage.empty() && !known_depth) {
    h.damage =
        "damaged: a PNG of colour type " + std::to_string(colour) + " with " + std::to_string(h.bit_depth) + " bits";
  }
  if (h.damage.empty() && !known_header)
    h.damage = "damaged: a PNG compressed or interlaced in a way that there is not";
  if (h.damage.empty() && colour == 3 && palette == 0) h.damage = "damaged: a PNG of palette colours without a palette";
  if (h.damage.empty() && !pixels) h.damage = "damaged: a PNG without IDAT (pixels)";
  if (animated) h.unsupported = "an animated PNG";
  return h;
}

namespace detail {

/// Follows a PNG's filtered rows, of its seven passes where it is interlaced (PNG specification, 8.2), through the
/// pieces in which they are inflated.
class PngRows {
 public:
  /// `colours` of its palette; 0: it has none.
  PngRows(const ImageHeader& h, bool interlaced, std::uint64_t colours) : depth_(h.bit_depth), colours_(colours) {
    struct Pass {
      int x, y, across, down;
    };
    static constexpr std::array<Pass, 7> kAdam7{
        {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};
    const auto add = [&](const Pass& p) {
      const auto width = (h.width - p.x + p.across - 1) / p.across;
      const auto height = (h.height - p.y + p.down - 1) / p.down;
      if (width <= 0 || height <= 0) return;
      const auto bits = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(h.channels * h.bit_depth);
      passes_.push_back({1 + (bits + 7) / 8, static_cast<std::uint64_t>(height), static_cast<std::uint64_t>(width)});
    };
    if (interlaced) {
      for (const Pass& p : kAdam7) add(p);
    } else {
      add({0, 0, 1, 1});
    }
  }

  /// False where a row begins with none of the five filters or has a pixel of no colour of the palette, or where there
  /// are more bytes than rows.
  bool take(std::span<const unsigned char> piece) {
    while (!piece.empty()) {
      if (pass_ == passes_.size() || (in_row_ == 0 && piece[0] > 4)) return false;
      const Rows& now = passes_[pass_];
      const auto part =
          piece.first(static_cast<std::size_t>(std::min<std::uint64_t>(now.bytes - in_row_, piece.size())));
      if (colours_ > 0) line_.insert(line_.end(), part.begin(), part.end());
      piece = piece.subspan(part.size());
      in_row_ += part.size();
      if (in_row_ < now.bytes) continue;
      if (colours_ > 0 && !has_its_colours(now)) return false;
      in_row_ = 0;
      if (++row_ < now.rows) continue;
      row_ = 0;
      ++pass_;
    }
    return true;
  }
  [[nodiscard]] bool complete() const { return pass_ == passes_.size(); }

 private:
  struct Rows {
    std::uint64_t bytes;  ///< of one, its filter included
    std::uint64_t rows;
    std::uint64_t pixels;  ///< of one
  };

  /// Undoes the row's filter (PNG specification, 9.2), of pixels of a byte or less.
  bool has_its_colours(const Rows& now) {
    const unsigned filter = line_[0];
    line_.erase(line_.begin());
    if (row_ == 0) above_.assign(line_.size(), 0);
    for (std::size_t i = 0; i < line_.size(); ++i) {
      const int left = i == 0 ? 0 : line_[i - 1];
      const int up = above_[i];
      const int corner = i == 0 ? 0 : above_[i - 1];
      const int to_left = std::abs(up - corner);
      const int to_up = std::abs(left - corner);
      const int to_corner = std::abs(left + up - 2 * corner);
      const int paeth = to_left <= to_up && to_left <= to_corner ? left : to_up <= to_corner ? up : corner;
      const std::array<int, 5> guess{0, left, up, (left + up) / 2, paeth};
      line_[i] = static_cast<unsigned char>(line_[i] + guess[filter]);
    }
    bool all = true;
    const auto a_byte = static_cast<std::uint64_t>(8 / depth_);
    for (std::uint64_t i = 0; i < now.pixels; ++i) {
      const auto shift = 8 - depth_ * static_cast<int>(i % a_byte + 1);
      all = all && (static_cast<unsigned>(line_[i / a_byte]) >> shift & ((1U << depth_) - 1U)) < colours_;
    }
    above_.swap(line_);
    line_.clear();
    return all;
  }

  int depth_;
  std::uint64_t colours_;
  std::vector<Rows> passes_;
  std::vector<unsigned char> line_;   ///< the row that is coming in, where there is a palette
  std::vector<unsigned char> above_;  ///< the row before, without its filter
  std::size_t pass_ = 0;
  std::uint64_t row_ = 0;
  std::uint64_t in_row_ = 0;
};

}  // namespace detail

/// Why the pixels of a PNG whose chunks are whole are not what was stored; "" = its IDAT is one zlib stream, by its own
/// checksum, of just the rows that it must hold.
inline std::string png_damage(const Reader& in, const ImageHeader& h) {
  z_stream z{};
  if (inflateInit(&z) != Z_OK) return "too large to be decoded";
  std::vector<unsigned char> out(std::size_t{1} << 16U);
  int code = Z_OK;
  bool more = false;
  std::uint64_t colours = 0;
  detail::walk_png(in, [&](std::string_view type, std::uint64_t, std::uint64_t size) {
    if (type == "PLTE" && in.or_zero(25, 1) == 3) colours = (size - 12) / 3;
    return "";
  });
  detail::PngRows rows(h, in.or_zero(28, 1) != 0, colours);
  bool sound = true;
  const auto take = [&] { sound = sound && rows.take({out.data(), out.size() - z.avail_out}); };
  detail::walk_png(in, [&](std::string_view type, std::uint64_t at, std::uint64_t size) {
    if (type != "IDAT") return "";
    z.next_in = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(in.bytes().data() + at + 8));
    z.avail_in = static_cast<uInt>(size - 12);
    more |= code == Z_STREAM_END && z.avail_in > 0;
    while (code == Z_OK && sound && z.avail_in > 0) {
      z.next_out = out.data();
      z.avail_out = static_cast<uInt>(out.size());
      code = inflate(&z, Z_NO_FLUSH);
      take();
      more |= code == Z_STREAM_END && z.avail_in > 0;
    }
    return "";
  });
  while (code == Z_OK && sound) {  // what zlib still holds
    z.next_out = out.data();
    z.avail_out = static_cast<uInt>(out.size());
    code = inflate(&z, Z_NO_FLUSH);
    take();
  }
  inflateEnd(&z);
  if (sound && code != Z_STREAM_END) return "damaged: its compressed pixels are not whole";
  if (more || !sound || !rows.complete()) return "damaged: it holds other pixels than it says";
  return "";
}

/// The same PNG with only what decides its pixels: libpng prints warnings about profiles, times and comments.
/// `copy` holds it where anything had to be left out.
inline Bytes essential_png(const Reader& in, std::vector<std::byte>& copy) {
  bool whole = true;
  detail::EssentialChunks essential(in);
  detail::walk_png(in, [&](std::string_view type, std::uint64_t at, std::uint64_t) {
    whole &= essential.hold(type, at);
    return "";
  });
  if (whole) return in.bytes();
  copy.assign(in.bytes().begin(), in.bytes().begin() + 8);
  copy.reserve(in.size());
  detail::EssentialChunks again(in);
  detail::walk_png(in, [&](std::string_view type, std::uint64_t at, std::uint64_t size) {
    const auto chunk = in.bytes().subspan(at, size);
    if (again.hold(type, at)) copy.insert(copy.end(), chunk.begin(), chunk.end());
    return "";
  });
  return copy;
}

}  // namespace youden::image

#pragma once
#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "youden/data/image_bytes.hpp"
#include "youden/data/image_header.hpp"

namespace youden::data {

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

/// Ancillary chunks (lower-case first letter) do not decide pixels; eXIf, which holds the orientation, decides where.
inline bool decides_pixels(std::string_view type) { return (type[0] & 0x20) == 0 || type == "eXIf"; }

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
  const bool known_depth = h.bit_depth <= 16 && h.channels > 0 && ((kDepths[colour] >> h.bit_depth) & 1U) != 0;
  bool animated = false;
  bool pixels = false;
  h.gray = colour == 0;
  h.damage = detail::walk_png(in, [&](std::string_view type, std::uint64_t at, std::uint64_t size) {
    animated |= type == "acTL";
    pixels |= type == "IDAT";
    // Ancillary chunks never reach the decoder, so only the critical ones have to be whole.
    const bool sound =
        (type[0] & 0x20) != 0 || detail::crc32(in.bytes().subspan(at + 4, size - 8)) == in.number(at + size - 4, 4);
    return sound ? "" : "damaged: the checksum of its " + std::string(type) + " chunk does not match";
  });
  if (h.damage.empty() && !known_depth) {
    h.damage =
        "damaged: a PNG of colour type " + std::to_string(colour) + " with " + std::to_string(h.bit_depth) + " bits";
  }
  if (h.damage.empty() && !pixels) h.damage = "damaged: a PNG without IDAT (pixels)";
  if (animated) h.unsupported = "an animated PNG";
  return h;
}

namespace detail {

/// Bytes of a PNG's filtered rows, of its seven passes where it is interlaced (PNG specification, 8.2).
inline std::uint64_t png_row_bytes(const ImageHeader& h, bool interlaced) {
  const auto pass = [&](std::int64_t width, std::int64_t height) -> std::uint64_t {
    if (width <= 0 || height <= 0) return 0;
    const auto bits = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(h.channels * h.bit_depth);
    return static_cast<std::uint64_t>(height) * (1 + (bits + 7) / 8);
  };
  if (!interlaced) return pass(h.width, h.height);
  struct Pass {
    int x, y, across, down;
  };
  static constexpr std::array<Pass, 7> kAdam7{
      {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};
  std::uint64_t all = 0;
  for (const Pass& p : kAdam7)
    all += pass((h.width - p.x + p.across - 1) / p.across, (h.height - p.y + p.down - 1) / p.down);
  return all;
}

}  // namespace detail

/// Why the pixels of a PNG whose chunks are whole are not what was stored; "" = its IDAT is one zlib stream, by its own
/// checksum, of just the rows that it must hold.
inline std::string png_damage(const Reader& in, const ImageHeader& h) {
  z_stream z{};
  if (inflateInit(&z) != Z_OK) return "too large to be decoded";
  std::vector<unsigned char> out(std::size_t{1} << 16U);
  int code = Z_OK;
  bool more = false;
  detail::walk_png(in, [&](std::string_view type, std::uint64_t at, std::uint64_t size) {
    if (type != "IDAT") return "";
    z.next_in = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(in.bytes().data() + at + 8));
    z.avail_in = static_cast<uInt>(size - 12);
    more |= code == Z_STREAM_END && z.avail_in > 0;
    while (code == Z_OK && z.avail_in > 0) {
      z.next_out = out.data();
      z.avail_out = static_cast<uInt>(out.size());
      code = inflate(&z, Z_NO_FLUSH);
      more |= code == Z_STREAM_END && z.avail_in > 0;
    }
    return "";
  });
  while (code == Z_OK) {  // what zlib still holds
    z.next_out = out.data();
    z.avail_out = static_cast<uInt>(out.size());
    code = inflate(&z, Z_NO_FLUSH);
  }
  const std::uint64_t rows = z.total_out;
  inflateEnd(&z);
  if (code != Z_STREAM_END) return "damaged: its compressed pixels are not whole";
  if (more || rows != detail::png_row_bytes(h, in.or_zero(28, 1) != 0)) {
    return "damaged: it holds another number of pixels than it says";
  }
  return "";
}

/// The same PNG with only what decides its pixels: libpng prints warnings about profiles, times and comments.
/// `copy` holds it where anything had to be left out.
inline Bytes essential_png(const Reader& in, std::vector<std::byte>& copy) {
  bool whole = true;
  detail::walk_png(in, [&](std::string_view type, std::uint64_t, std::uint64_t) {
    whole &= detail::decides_pixels(type);
    return "";
  });
  if (whole) return in.bytes();
  copy.assign(in.bytes().begin(), in.bytes().begin() + 8);
  copy.reserve(in.size());
  detail::walk_png(in, [&](std::string_view type, std::uint64_t at, std::uint64_t size) {
    const auto chunk = in.bytes().subspan(at, size);
    if (detail::decides_pixels(type)) copy.insert(copy.end(), chunk.begin(), chunk.end());
    return "";
  });
  return copy;
}

}  // namespace youden::data

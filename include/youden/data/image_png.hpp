#pragma once
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
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t n = 0; n < 256; ++n) {
      std::uint32_t c = n;
      for (int bit = 0; bit < 8; ++bit) c = (c & 1U) != 0 ? 0xEDB88320U ^ (c >> 1U) : c >> 1U;
      table[n] = c;
    }
    return table;
  }();
  std::uint32_t c = 0xFFFFFFFFU;
  for (const std::byte b : bytes) c = kTable[(c ^ std::to_integer<std::uint32_t>(b)) & 255U] ^ (c >> 8U);
  return ~c;
}

/// Calls `visit(type, at, size)` for each chunk, `at` being where its length field stands, until IEND.
/// Returns what is broken, or "".
template <class Visit>
std::string walk_png(const Reader& in, const Visit& visit) {
  for (std::uint64_t at = 8;;) {
    const auto length = in.number(at, 4);
    if (!length || in.size() - at < 12 || in.size() - at - 12 < *length) return "truncated: the PNG has no IEND";
    const std::string_view type(reinterpret_cast<const char*>(in.bytes().data() + at + 4), 4);
    visit(type, at, *length + 12);
    // Ancillary chunks (lower-case first letter) never reach the decoder, so only the critical ones have to be whole.
    if ((type[0] & 0x20) == 0 && crc32(in.bytes().subspan(at + 4, *length + 4)) != in.number(at + 8 + *length, 4)) {
      return "damaged: the checksum of its " + std::string(type) + " chunk does not match";
    }
    if (type == "IEND") return "";
    at += *length + 12;
  }
}

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
  h.damage = detail::walk_png(in, [&](std::string_view type, std::uint64_t, std::uint64_t) {
    animated |= type == "acTL";
    pixels |= type == "IDAT";
  });
  if (h.damage.empty() && !known_depth) {
    h.damage =
        "damaged: a PNG of colour type " + std::to_string(colour) + " with " + std::to_string(h.bit_depth) + " bits";
  }
  if (h.damage.empty() && !pixels) h.damage = "damaged: a PNG without IDAT (pixels)";
  if (animated) h.unsupported = "an animated PNG";
  return h;
}

/// The same PNG with only what decides its pixels: libpng prints warnings about profiles, times and comments.
inline std::vector<std::byte> essential_png(const Reader& in) {
  std::vector<std::byte> out(in.bytes().begin(), in.bytes().begin() + 8);
  out.reserve(in.size());
  detail::walk_png(in, [&](std::string_view type, std::uint64_t at, std::uint64_t size) {
    if ((type[0] & 0x20) != 0 && type != "eXIf") return;  // eXIf holds the orientation
    const auto chunk = in.bytes().subspan(at, size);
    out.insert(out.end(), chunk.begin(), chunk.end());
  });
  return out;
}

}  // namespace youden::data

#pragma once
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "youden/image/image_bytes.hpp"
#include "youden/image/image_header.hpp"

namespace youden::image {

inline ImageHeader bmp_header(Bytes bytes) {
  const Reader in(bytes, false);
  ImageHeader h{.format = "bmp", .bytes = in.size()};
  const bool old = in.or_zero(14, 4) == 12;  // OS/2 1.x core header
  const auto bits = old ? in.or_zero(24, 2) : in.or_zero(28, 2);
  const auto side = [&](std::uint64_t at) {
    if (old) return static_cast<std::int64_t>(in.or_zero(at, 2));
    return std::abs(static_cast<std::int64_t>(static_cast<std::int32_t>(in.or_zero(at, 4))));  // height < 0: top-down
  };
  h.width = side(18);
  h.height = side(old ? 20 : 22);
  h.channels = bits <= 8 ? 1 : bits == 32 ? 4 : 3;
  h.bit_depth = static_cast<int>(bits <= 8 ? bits : bits == 16 ? 5 : 8);
  const bool packed = !old && in.or_zero(30, 4) != 0 && in.or_zero(30, 4) != 3;  // run-length coded
  const auto row = (static_cast<std::uint64_t>(h.width) * bits + 31) / 32 * 4;
  const auto pixels = in.or_zero(10, 4);
  if (bits == 0 || pixels > in.size()) h.damage = "truncated: the BMP has no pixels";
  if (h.damage.empty() && h.width <= 1 << 20 && !packed && h.height > 0 &&
      (in.size() - pixels) / static_cast<std::uint64_t>(h.height) < row) {
    h.damage = "truncated: the BMP's pixels are not all there";
  }
  return h;
}

/// GIF89a: walks the blocks to count the pictures and to see the trailer.
inline ImageHeader gif_header(Bytes bytes) {
  const Reader in(bytes, false);
  ImageHeader h{.format = "gif", .channels = 1, .bit_depth = 8, .bytes = in.size()};
  h.width = static_cast<std::int64_t>(in.or_zero(6, 2));
  h.height = static_cast<std::int64_t>(in.or_zero(8, 2));
  const auto table = [](std::uint64_t flags) { return (flags & 0x80U) != 0 ? 3ULL << ((flags & 7U) + 1) : 0ULL; };
  int pictures = 0;
  std::uint64_t at = 13 + table(in.or_zero(10, 1));
  for (;;) {
    const auto block = in.number(at, 1);
    if (block == 0x3B) break;
    if (block == 0x2C) {
      ++pictures;
      at += 10 + table(in.or_zero(at + 9, 1)) + 1;
    } else if (block == 0x21) {
      at += 2;
    } else {
      h.damage = "truncated: the GIF has no end";
      return h;
    }
    std::uint64_t size = 0;
    do {
      size = in.or_zero(at, 1);
      at += size + 1;
    } while (size != 0);
  }
  if (pictures == 0) h.damage = "damaged: a GIF without a picture";
  if (pictures > 1) h.unsupported = "an animated GIF";
  return h;
}

/// Whether 128 zero bytes follow each other: in data as dense as WebP's they are a sector that was lost. Neither its
/// arithmetic code nor its Huffman codes, which repeat by reference, write as many.
inline bool has_zeros(Bytes bytes) {
  std::size_t zeros = 0;
  return std::any_of(bytes.begin(), bytes.end(),
                     [&](std::byte b) { return (zeros = b == std::byte{0} ? zeros + 1 : 0) == 128; });
}

/// The orientation (tag 0x112, 1 to 8) that EXIF data state, which may begin with "Exif\0\0"; 1 where they do not.
inline int exif_orientation(Bytes exif) {
  if (Reader(exif).has(0, {"Exif\0\0", 6})) exif = exif.subspan(6);
  if (exif.size() < 8) return 1;
  const Reader in(exif, exif[0] == std::byte{'M'});
  const std::uint64_t at = in.or_zero(4, 4);
  const std::uint64_t entries = std::min<std::uint64_t>(in.or_zero(at, 2), 512);
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t entry = at + 2 + 12 * i;
    if (in.or_zero(entry, 2) != 0x112) continue;
    const auto value = in.or_zero(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

inline ImageHeader webp_header(Bytes bytes) {
  const Reader in(bytes, false);
  ImageHeader h{.format = "webp", .channels = 3, .bit_depth = 8, .bytes = in.size()};
  const std::uint64_t end = in.or_zero(4, 4) + 8;
  if (end > in.size()) h.damage = "truncated: the WebP is shorter than it says";
  bool pixels = in.has(12, "VP8X") && (in.or_zero(20, 1) & 2U) != 0;  // an animation is refused as such
  for (std::uint64_t at = 12; h.damage.empty() && at < end;) {
    const auto size = in.number(at + 4, 4);
    if (!size || at + 8 > end || *size > end - at - 8) {
      h.damage = "damaged: a chunk of the WebP reaches beyond its end";
      break;
    }
    pixels |= in.has(at, "VP8 ") || in.has(at, "VP8L");
    if ((in.has(at, "VP8 ") || in.has(at, "VP8L")) && has_zeros(bytes.subspan(at + 8, *size))) {
      h.damage = "damaged: a part of its pixels is nothing but zeros";
    }
    if (in.has(at, "EXIF")) h.orientation = exif_orientation(bytes.subspan(at + 8, *size));
    at += 8 + *size + (*size & 1U);
  }
  if (h.damage.empty() && !pixels) h.damage = "damaged: a WebP without pixels";
  if (in.has(12, "VP8X")) {
    const auto flags = in.or_zero(20, 1);
    h.width = static_cast<std::int64_t>(in.or_zero(24, 3)) + 1;
    h.height = static_cast<std::int64_t>(in.or_zero(27, 3)) + 1;
    h.channels = (flags & 0x10U) != 0 ? 4 : 3;
    if ((flags & 2U) != 0) h.unsupported = "an animated WebP";
  } else if (in.has(12, "VP8L")) {
    const auto packed = in.or_zero(21, 4);
    h.width = static_cast<std::int64_t>(packed & 0x3FFFU) + 1;
    h.height = static_cast<std::int64_t>(packed >> 14U & 0x3FFFU) + 1;
    h.channels = (packed >> 28U & 1U) != 0 ? 4 : 3;
  } else {
    h.width = static_cast<std::int64_t>(in.or_zero(26, 2) & 0x3FFFU);
    h.height = static_cast<std::int64_t>(in.or_zero(28, 2) & 0x3FFFU);
  }
  return h;
}

/// Netpbm P1–P6: numbers as text, `#` starts a comment.
inline ImageHeader pnm_header(Bytes bytes) {
  ImageHeader h{.format = "pnm", .bytes = bytes.size()};
  const char kind = static_cast<char>(bytes[1]);
  std::size_t at = 2;
  const auto next = [&]() -> std::int64_t {
    bool comment = false;
    for (; at < bytes.size(); ++at) {
      const char c = static_cast<char>(bytes[at]);
      if (c == '#') comment = true;
      if (c == '\n') comment = false;
      if (!comment && c >= '0' && c <= '9') break;
    }
    std::int64_t value = 0;
    for (; at < bytes.size() && value < 1'000'000'000; ++at) {
      const char c = static_cast<char>(bytes[at]);
      if (c < '0' || c > '9') break;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  h.width = next();
  h.height = next();
  const bool bitmap = kind == '1' || kind == '4';
  const std::int64_t most = bitmap ? 1 : next();
  h.channels = kind == '3' || kind == '6' ? 3 : 1;
  h.bit_depth = bitmap ? 1 : most > 255 ? 16 : 8;
  if (!bitmap && most != 255 && most != 65535) {
    h.unsupported = "a PNM whose white is " + std::to_string(most) + " (not 255 or 65535)";
  }
  if (h.width > 0 && h.height > 0 && h.width < 1 << 20 && h.height < 1 << 20) {
    const auto row = kind == '4' ? (h.width + 7) / 8 : h.width * h.channels * (h.bit_depth == 16 ? 2 : 1);
    const bool text = kind <= '3';
    const auto left = static_cast<std::int64_t>(bytes.size() - at) - (text ? 0 : 1);
    if (left < (text ? h.width * h.height * h.channels : row * h.height)) {
      h.damage = "truncated: the PNM's pixels are not all there";
    }
  }
  return h;
}

}  // namespace youden::image

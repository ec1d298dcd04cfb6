#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "youden/image/image_bytes.hpp"
#include "youden/image/image_header.hpp"

namespace youden::image {

inline constexpr std::string_view kJpegSignature = "\xff\xd8\xff";

namespace detail {

/// Where the next marker stands after entropy-coded data: an 0xFF followed by neither 0 (stuffing), a restart nor 0xFF.
inline std::uint64_t after_jpeg_scan(const Reader& in, std::uint64_t at) {
  const auto* data = reinterpret_cast<const unsigned char*>(in.bytes().data());
  while (at + 1 < in.size()) {
    const void* found = std::memchr(data + at, 0xFF, in.size() - 1 - at);
    if (found == nullptr) return in.size();
    at = static_cast<std::uint64_t>(static_cast<const unsigned char*>(found) - data);
    const unsigned next = data[at + 1];
    if (next != 0 && next != 0xFF && !(next >= 0xD0 && next <= 0xD7)) return at;
    at += next == 0xFF ? 1 : 2;
  }
  return in.size();
}

}  // namespace detail

/// Walks the segments (ITU-T T.81, annex B) up to EOI; an EOI inside an embedded thumbnail does not count.
inline ImageHeader jpeg_header(const Reader& in) {
  ImageHeader h{.format = "jpeg", .bytes = in.size()};
  bool pixels = false;
  for (std::uint64_t at = 2;;) {
    while (in.or_zero(at, 1) == 0xFF && in.or_zero(at + 1, 1) == 0xFF) ++at;  // fill bytes
    const auto marker = in.number(at, 2);
    if (!marker) {
      h.damage = "truncated: the JPEG has no end marker";
      return h;
    }
    if (*marker < 0xFF01) {
      h.damage = "truncated or damaged: no JPEG marker where one is due";
      return h;
    }
    const auto code = static_cast<unsigned>(*marker & 0xFFU);
    if (code == 0xD9) break;
    if (code == 0x01 || (code >= 0xD0 && code <= 0xD8)) {  // stand alone
      at += 2;
      continue;
    }
    const auto length = in.number(at + 2, 2);
    if (!length || *length < 2 || in.size() - at - 2 < *length) {
      h.damage = "truncated: the JPEG ends inside a segment";
      return h;
    }
    const bool frame = code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC;
    if (frame && h.width == 0) {
      h.bit_depth = static_cast<int>(in.or_zero(at + 4, 1));
      h.height = static_cast<std::int64_t>(in.or_zero(at + 5, 2));
      h.width = static_cast<std::int64_t>(in.or_zero(at + 7, 2));
      h.channels = static_cast<int>(in.or_zero(at + 9, 1));
      h.gray = h.channels == 1;
      if (code != 0xC0 && code != 0xC1 && code != 0xC2) h.unsupported = "a lossless, arithmetic or hierarchical JPEG";
    }
    at += 2 + *length;
    if (code == 0xDA) {
      pixels = true;
      at = detail::after_jpeg_scan(in, at);
    }
  }
  if (!pixels || h.channels == 0) h.damage = "damaged: a JPEG without pixels";
  if (h.bit_depth != 8 && h.damage.empty()) h.unsupported = "a JPEG of " + std::to_string(h.bit_depth) + " bits";
  // Without the printer's ink profile a CMYK film has no defined gray.
  if (h.channels == 4) h.unsupported = "a CMYK JPEG";
  return h;
}

}  // namespace youden::image

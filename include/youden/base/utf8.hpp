#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace youden::base {

/// Where `text` first breaks the rules of UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
/// Whatever goes into JSON or the database is checked where it comes in, since both refuse it late and rudely.
inline std::optional<std::size_t> first_bad_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >> 5U == 6 ? 2 : lead >> 4U == 14 ? 3 : lead >> 3U == 30 ? 4 : 0;
    if (length == 0 || length > text.size() - i) return i;
    std::uint32_t code = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (next >> 6U != 2) return i;
      code = code << 6U | (next & 0x3FU);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kLeast[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return i;
    i += length;
  }
  return {};
}

}  // namespace youden::base

#pragma once
#include <xxhash.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace youden::base {

/// Lower-case hexadecimal of `bytes`, most significant nibble first.
inline std::string to_hex(std::span<const unsigned char> bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char b : bytes) {
    out += kDigits[b >> 4U];
    out += kDigits[b & 15U];
  }
  return out;
}

/// 64-bit XXH3 of text: for keys of random streams and tables, never for identity.
inline std::uint64_t hash64(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

/// 128-bit XXH3 over a sequence of parts. Each part is framed by its length, so ("ab","c") and ("a","bc") differ.
class Hasher {
 public:
  Hasher() : state_(XXH3_createState(), &XXH3_freeState) { XXH3_128bits_reset(state_.get()); }

  Hasher& add(std::span<const std::byte> bytes) {
    const std::uint64_t n = bytes.size();
    XXH3_128bits_update(state_.get(), &n, sizeof n);
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
    return *this;
  }
  Hasher& add(std::string_view text) { return add(std::as_bytes(std::span(text.data(), text.size()))); }
  Hasher& add(const char* text) { return add(std::string_view(text)); }
  Hasher& add(std::uint64_t value) { return add(std::as_bytes(std::span(&value, 1))); }

  /// 32 hexadecimal digits, the same on every machine.
  [[nodiscard]] std::string hex() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
    return to_hex({canonical.digest, sizeof canonical.digest});
  }

 private:
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_;
};

inline std::string hash_hex(std::string_view text) { return Hasher().add(text).hex(); }

}  // namespace youden::base

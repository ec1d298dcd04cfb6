#pragma once
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "youden/base/error.hpp"
#include "youden/base/hash.hpp"
#include "youden/image/image_bytes.hpp"

namespace youden::data {

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits: the identity of a film.
inline std::string sha256_of(std::span<const std::byte> bytes) {
  std::array<unsigned char, 32> digest{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw base::DataError({"OpenSSL refused to compute a SHA-256", {}, "is its default provider installed?"});
  }
  return base::to_hex({digest.data(), length});
}
inline std::string sha256_of(std::string_view text) { return sha256_of(std::as_bytes(std::span(text))); }

/// Of a file's content. Throws DataError as `read_bytes` does.
inline std::string sha256_of_file(const std::filesystem::path& path) { return sha256_of(image::read_bytes(path)); }

}  // namespace youden::data

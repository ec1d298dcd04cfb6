#pragma once
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "youden/base/error.hpp"
#include "youden/base/hash.hpp"
#include "youden/base/read_file.hpp"

namespace youden::weights {

/// No published file is larger: a terabyte.
inline constexpr std::uint64_t kMostWeightBytes = std::uint64_t{1} << 40U;

/// SHA-256 or MD5 of a file's content in lower-case hexadecimal, in 1 MB of memory. Throws WeightsError.
inline std::string digest_of_file(const std::filesystem::path& path, const EVP_MD* algorithm = EVP_sha256()) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1) {
    throw base::WeightsError({"OpenSSL refused to compute a checksum", {}, "is its default provider installed?"});
  }
  base::read_blocks<base::WeightsError>(
      path, {.what = "the weight file", .most = kMostWeightBytes},
      [&](std::string_view block) { EVP_DigestUpdate(context.get(), block.data(), block.size()); });
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &length);
  return base::to_hex(std::span(digest.data(), length));
}

/// What a published file's content must hash to.
struct Checksum {
  std::string sha256 = {};  ///< 64 digits, or the first eight or more, which torch.hub puts into file names
  std::string md5 = {};     ///< what Keras publishes

  [[nodiscard]] bool known() const { return !sha256.empty() || !md5.empty(); }
  /// "" when the file is the one meant, else a sentence with both hashes.
  [[nodiscard]] std::string mismatch(const std::filesystem::path& path) const {
    std::string out;
    const auto compare = [&](const char* name, const std::string& wanted, const EVP_MD* algorithm) {
      if (wanted.empty() || !out.empty()) return;
      const std::string is = digest_of_file(path, algorithm);
      if (!is.starts_with(wanted)) out = std::string("its ") + name + " is " + is + ", it should be " + shown(wanted);
    };
    compare("SHA-256", sha256, EVP_sha256());
    compare("MD5", md5, EVP_md5());
    return out;
  }

 private:
  static std::string shown(const std::string& wanted) { return wanted + (wanted.size() < 32 ? "…" : ""); }
};

inline std::string sha256_of(std::span<const std::byte> bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw base::WeightsError({"OpenSSL refused to compute a SHA-256", {}, "is its default provider installed?"});
  }
  return base::to_hex(std::span(digest.data(), length));
}

inline bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// torch.hub's convention: `vgg16-397923af.pth` begins its SHA-256 with 397923af. Unknown for other names.
inline Checksum checksum_in_name(const std::string& file) {
  const std::filesystem::path name(file);
  if (name.extension() != ".pth" && name.extension() != ".pt") return {};
  const std::string stem = name.stem().string();
  const std::string digits = stem.substr(stem.rfind('-') == std::string::npos ? stem.size() : stem.rfind('-') + 1);
  const bool hash = digits.size() >= 8 && digits.size() <= 64 && is_hex(digits);
  return hash ? Checksum{.sha256 = digits} : Checksum{};
}

}  // namespace youden::weights

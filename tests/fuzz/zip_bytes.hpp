#pragma once
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fuzz.hpp"

namespace youden::fuzz {

/// A zip archive of stored members, with their right checksums, which no mutation finds.
inline std::string zip_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string out;
  std::string directory;
  for (const auto& [name, content] : members) {
    const auto size = static_cast<std::uint32_t>(content.size());
    const auto crc = static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const unsigned char*>(content.data()), static_cast<uInt>(content.size())));
    const std::string facts = raw(std::uint16_t{0}) + raw(std::uint32_t{0}) + raw(crc) + raw(size) + raw(size) +
                              raw(static_cast<std::uint16_t>(name.size())) + raw(std::uint16_t{0});
    directory += "PK\x01\x02" + raw(std::uint16_t{20}) + raw(std::uint32_t{20}) + facts + raw(std::uint64_t{0}) +
                 raw(std::uint16_t{0}) + raw(static_cast<std::uint32_t>(out.size())) + name;
    out += "PK\x03\x04" + raw(std::uint32_t{20}) + facts + name + content;
  }
  const auto count = static_cast<std::uint16_t>(members.size());
  return out + directory + "PK\x05\x06" + raw(std::uint32_t{0}) + raw(count) + raw(count) +
         raw(static_cast<std::uint32_t>(directory.size())) + raw(static_cast<std::uint32_t>(out.size())) +
         raw(std::uint16_t{0});
}

}  // namespace youden::fuzz

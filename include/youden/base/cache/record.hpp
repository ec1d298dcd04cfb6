#pragma once
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace youden::base {

/// What a record is found by within its group: an item, for example a film's SHA-256, and a number, its view.
struct RecordId {
  std::uint64_t low = 0;  ///< 128-bit XXH3 of the item
  std::uint64_t high = 0;
  std::int64_t number = 0;

  static RecordId of(std::string_view item, std::int64_t number) {
    const XXH128_hash_t hash = XXH3_128bits(item.data(), item.size());
    return {hash.low64, hash.high64, number};
  }
  bool operator==(const RecordId&) const = default;
};

struct RecordIdHash {
  std::size_t operator()(const RecordId& id) const {
    return static_cast<std::size_t>(id.low ^ (static_cast<std::uint64_t>(id.number) * 0x9E3779B97F4A7C15U));
  }
};

/// A record as the list of keys has it. `check` covers id and content, so that neither a torn write nor a flipped bit
/// in the list or in the content can pass one record off as another.
struct RecordEntry {
  RecordId id;
  std::uint64_t check = 0;

  static std::uint64_t check_of(const RecordId& id, std::span<const std::byte> content) {
    return XXH3_64bits_withSeed(content.data(), content.size(), XXH3_64bits(&id, sizeof id));
  }
};
static_assert(sizeof(RecordEntry) == 32);

}  // namespace youden::base

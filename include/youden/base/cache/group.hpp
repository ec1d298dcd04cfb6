#pragma once
#include <fmt/format.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include "youden/base/cache/cache.hpp"
#include "youden/base/cache/segment.hpp"

namespace youden::base {

/// Records that share everything but item and number: features of one prefix, for example. The description says what
/// they share, and its hash names the group. Of one thread; any number of processes.
class CacheGroup {
 public:
  /// `description`: lines of `name: value`.
  CacheGroup(std::shared_ptr<Cache> cache, std::string description)
      : cache_(std::move(cache)),
        description_(std::move(description)),
        path_(cache_->folder() / hash_hex(description_)) {
    refresh();
  }
  CacheGroup(const CacheGroup&) = delete;
  CacheGroup& operator=(const CacheGroup&) = delete;
  ~CacheGroup() { touch(); }

  /// The record's bytes, or false: it is not there, or it is not as it was written.
  bool read(const RecordId& id, std::vector<std::byte>& into) {
    for (auto it = index_.find(id); it != index_.end(); it = index_.find(id)) {
      const Place place = it->second;
      into.resize(segments_[place.segment].record_bytes());
      if (segments_[place.segment].read(place.slot, into) && RecordEntry::check_of(id, into) == place.check)
        return true;
      index_.erase(it);
    }
    return false;
  }
  /// Looks for what other processes have added.
  void refresh() {
    if (!join(false)) return;
    std::error_code error;
    while (std::filesystem::exists(path_ / fmt::format("{}.keys", segments_.size()), error)) {
      segments_.emplace_back(path_, static_cast<std::uint32_t>(segments_.size()));
    }
    for (std::uint32_t s = 0; s < segments_.size(); ++s) {
      std::uint64_t slot = 0;
      for (const RecordEntry& entry : segments_[s].news(slot)) index_.emplace(entry.id, Place{entry.check, slot++, s});
    }
  }

  /// Keeps records of one size, one after another in `records`. False where the cache does not take them.
  bool write(std::span<const RecordId> ids, std::span<const std::byte> records) {
    const std::size_t once = mine_ ? 0 : description_.size() + sizeof(RecordEntry);
    if (ids.empty() || !cache_->has_room(once + records.size() + ids.size() * sizeof(RecordEntry))) return false;
    const std::size_t each = records.size() / ids.size();
    if (!join(true) || !begin_writing(each)) {
      cache_->stop(std::strerror(errno), path_);
      return false;
    }
    std::vector<RecordEntry> entries;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      entries.push_back({ids[i], RecordEntry::check_of(ids[i], records.subspan(i * each, each))});
    }
    if (!segments_[*mine_].append(entries, records)) {
      cache_->stop(std::strerror(errno), path_);
      return false;
    }
    return true;
  }
  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  struct Place {
    std::uint64_t check;
    std::uint64_t slot;
    std::uint32_t segment;
  };

  /// Holds the group in use from here on. False where there is none (yet), or where it cannot be made (`errno`).
  bool join(bool make) {
    const auto file = path_ / kGroupFile;
    std::error_code error;
    for (int attempt = 0; !in_use_.is_open() && attempt < 100; ++attempt) {
      if (make && !std::filesystem::create_directories(path_, error) && error) {
        errno = error.value();
        return false;
      }
      Descriptor lock(file, O_RDWR | (make ? O_CREAT : 0));
      if (!lock.is_open() && !make) lock = Descriptor(file, O_RDONLY);
      if (!lock.is_open() && errno == ENOENT && make) continue;  // dropped in this very moment
      if (!lock.is_open() || !lock.lock(LOCK_SH)) return false;
      if (!lock.is_at(file)) continue;
      if (make && lock.size() < description_.size() &&
          !lock.write(0, std::as_bytes(std::span(description_.data(), description_.size())))) {
        return false;
      }
      in_use_ = std::move(lock);
      touch();
    }
    return in_use_.is_open();
  }
  /// The first segment that nobody writes to.
  bool begin_writing(std::size_t record_bytes) {
    for (std::uint32_t s = 0; !mine_ && s < kMostSegments; ++s) {
      if (s == segments_.size()) segments_.emplace_back(path_, s);
      errno = 0;
      if (segments_[s].begin_writing(record_bytes)) {
        mine_ = s;
      } else if (errno != 0 && errno != EWOULDBLOCK) {
        return false;
      }
    }
    return mine_.has_value();
  }
  void touch() const {
    if (in_use_.is_open()) ::utimensat(AT_FDCWD, (path_ / kGroupFile).c_str(), nullptr, 0);
  }

  static constexpr std::uint32_t kMostSegments = 4096;

  std::shared_ptr<Cache> cache_;
  std::string description_;
  std::filesystem::path path_;
  Descriptor in_use_;
  std::vector<Segment> segments_;
  std::unordered_multimap<RecordId, Place, RecordIdHash> index_;  ///< two processes may have computed the same
  std::optional<std::uint32_t> mine_;
};

}  // namespace youden::base

#pragma once
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "youden/base/cache/segment.hpp"
#include "youden/base/clock.hpp"
#include "youden/base/descriptor.hpp"
#include "youden/base/hash.hpp"
#include "youden/base/read_file.hpp"
#include "youden/base/text.hpp"

namespace youden::base {

inline constexpr const char* kGroupFile = "group.txt";

/// A group of records as it lies on the disk: `<folder>/<hash of the description>/{group.txt,0.keys,0.data,…}`.
struct CacheGroupInfo {
  std::filesystem::path path;
  std::string description = {};  ///< lines of `name: value`; empty where it is damaged
  std::uint64_t bytes = 0;
  std::filesystem::file_time_type used = {};

  [[nodiscard]] std::string value(const std::string& name) const {
    for (const std::string& line : split(description, '\n')) {
      if (line.starts_with(name + ": ")) return line.substr(name.size() + 2);
    }
    return {};
  }
};

/// Every group of a cache, the least recently used first.
inline std::vector<CacheGroupInfo> cache_groups(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<CacheGroupInfo> out;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const fs::path file = it->path() / kGroupFile;
    std::error_code gone;
    CacheGroupInfo group{.path = it->path(), .used = fs::last_write_time(file, gone)};
    if (gone) continue;
    try {
      group.description = read_file(file);
    } catch (const DataError&) {
      group.description.clear();  // a damaged description: the group is shown without one, and may be removed
    }
    if (hash_hex(group.description) != it->path().filename()) group.description.clear();
    for (fs::directory_iterator file_it(it->path(), gone); !gone && file_it != end; file_it.increment(gone)) {
      std::error_code vanished;
      const auto size = file_it->file_size(vanished);
      if (!vanished) group.bytes += size;
    }
    out.push_back(std::move(group));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.used < b.used; });
  return out;
}

inline std::uint64_t cache_bytes(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  for (const CacheGroupInfo& group : cache_groups(folder)) bytes += group.bytes;
  return bytes;
}

/// Processes of this machine that use a group: holders of a lock on its file, by proc(5)'s /proc/locks.
inline std::vector<int> users_of(const CacheGroupInfo& group) {
  struct stat status {};
  if (::stat((group.path / kGroupFile).c_str(), &status) != 0) return {};
  std::set<int> pids;
  std::ifstream in("/proc/locks");
  for (std::string line; std::getline(in, line);) {  // 1: FLOCK  ADVISORY  READ 1234 fe:00:131 0 EOF
    std::vector<std::string> words = split(line, ' ');
    std::erase(words, "");
    if (words.size() < 6 || words[1] != "FLOCK") continue;
    if (words[5].substr(words[5].rfind(':') + 1) == std::to_string(status.st_ino)) pids.insert(std::stoi(words[4]));
  }
  return {pids.begin(), pids.end()};
}

/// Takes a group away, unless a living process uses it. Under another name first, so that no one ever finds half of it.
inline bool drop_group(const std::filesystem::path& path) {
  const std::filesystem::path file = path / kGroupFile;
  Descriptor lock(file, O_RDWR);  // NFS grants an exclusive lock for writers only
  if (!lock.is_open()) lock = Descriptor(file, O_RDONLY);
  if (!lock.is_open() || !lock.lock(LOCK_EX | LOCK_NB) || !lock.is_at(file)) return false;
  std::error_code error;
  const auto aside = path.parent_path() / (".dropped-" + make_uid());
  std::filesystem::rename(path, aside, error);
  if (error) return false;
  std::filesystem::remove_all(aside, error);
  return true;
}

struct Shrunk {
  std::vector<CacheGroupInfo> dropped = {};
  std::vector<CacheGroupInfo> kept = {};
  std::uint64_t left = 0;  ///< bytes
};

/// Drops groups that `condemned` names, then the least recently used, until at most `max_bytes` are left or only groups
/// in use; and what an interrupted drop left behind.
template <class Condemned>
Shrunk shrink_cache(const std::filesystem::path& folder, std::uint64_t max_bytes, const Condemned& condemned) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->path().filename().string().starts_with(".dropped-")) fs::remove_all(it->path(), ignored);
    if (it->is_directory(ignored)) fs::remove(it->path(), ignored);  // only when it is empty
  }
  Shrunk out;
  std::vector<CacheGroupInfo> groups = cache_groups(folder);
  std::stable_partition(groups.begin(), groups.end(), condemned);
  for (const CacheGroupInfo& group : groups) out.left += group.bytes;
  for (CacheGroupInfo& group : groups) {
    if ((condemned(group) || out.left > max_bytes) && drop_group(group.path)) {
      out.left -= group.bytes;
      out.dropped.push_back(std::move(group));
    } else {
      out.kept.push_back(std::move(group));
    }
  }
  return out;
}
inline Shrunk shrink_cache(const std::filesystem::path& folder, std::uint64_t max_bytes) {
  return shrink_cache(folder, max_bytes, [](const CacheGroupInfo&) { return false; });
}

/// What the lists of keys of a group say is in it.
struct CacheGroupContent {
  std::uint64_t records = 0;
  std::uint64_t items = 0;            ///< films
  std::vector<std::int64_t> numbers;  ///< distinct ones, sorted: views
};

inline CacheGroupContent content_of(const CacheGroupInfo& group) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> items;
  std::set<std::int64_t> numbers;
  CacheGroupContent out;
  std::error_code error;
  for (std::uint32_t n = 0; std::filesystem::exists(group.path / (std::to_string(n) + ".keys"), error); ++n) {
    std::uint64_t first = 0;
    for (const RecordEntry& entry : Segment(group.path, n).news(first)) {
      items.insert({entry.id.high, entry.id.low});
      numbers.insert(entry.id.number);
      ++out.records;
    }
  }
  out.items = items.size();
  out.numbers.assign(numbers.begin(), numbers.end());
  return out;
}

}  // namespace youden::base

#pragma once
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "youden/base/byte_size.hpp"
#include "youden/base/cache/inventory.hpp"
#include "youden/base/clock.hpp"

namespace youden::base {

/// A folder of groups of records (`CacheGroup`), bounded in bytes: where room is wanted, the groups that were used
/// least recently go, but for those that a living process uses. Nothing here throws: what cannot be kept is computed
/// again, and a person is told once.
class Cache {
 public:
  Cache(std::filesystem::path folder, std::uint64_t max_bytes) : folder_(std::move(folder)), max_bytes_(max_bytes) {}

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// Whether it may take so many bytes more; makes room for them.
  bool has_room(std::uint64_t bytes) {
    if (!takes_) return false;
    if (used_ + bytes > max_bytes_ || unseen_ > max_bytes_ / 32) look(bytes);
    if (used_ + bytes > max_bytes_) {
      say_once(fmt::format("the feature cache is full (cache.max_bytes is {}, runs use {} of it): {}",
                           bytes_text(max_bytes_), bytes_text(used_), folder_.string()));
      return false;
    }
    struct statvfs disk {};
    if (::statvfs(folder_.c_str(), &disk) == 0) {
      const std::uint64_t reserve = std::min<std::uint64_t>(kReserve, disk.f_blocks * disk.f_frsize / 20);
      if (disk.f_bavail * disk.f_frsize < bytes + reserve) {
        stop("the disk is nearly full", folder_);
        return false;
      }
    }
    used_ += bytes;
    unseen_ += bytes;
    return true;
  }
  /// It takes nothing more from this process.
  void stop(const std::string& reason, const std::filesystem::path& where) {
    takes_ = false;
    say_once(fmt::format("the feature cache cannot be written: {}: {}", where.string(), reason));
  }

 private:
  static constexpr std::uint64_t kReserve = std::uint64_t{256} << 20U;  ///< of the disk, left to the runs' own files

  /// Other processes write, too: what they added is seen here, now and then.
  void look(std::uint64_t wanted) {
    if (looked_ && since_.seconds() < 1 && unseen_ == 0) return;
    used_ = wanted <= max_bytes_ ? shrink_cache(folder_, max_bytes_ - wanted).left : cache_bytes(folder_);
    unseen_ = 0;
    looked_ = true;
    since_ = {};
  }
  void say_once(const std::string& what) {
    if (std::exchange(said_, true)) return;
    spdlog::warn("{}; what it does not hold is computed, which costs time and nothing else", what);
  }

  std::filesystem::path folder_;
  std::uint64_t max_bytes_;
  std::uint64_t used_ = UINT64_MAX / 2;  ///< unknown until it was looked at
  std::uint64_t unseen_ = 0;             ///< written since
  bool looked_ = false;
  Stopwatch since_;
  bool takes_ = true;
  bool said_ = false;
};

}  // namespace youden::base

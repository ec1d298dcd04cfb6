#pragma once
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/cache/group.hpp"

namespace youden::data {

/// Files that decoded without fault, and their SHA-256: while such a file does not change, no run has to decode it
/// again to know that it could. Of one thread.
class FilmMemory {
 public:
  /// `key`: lines of `name: value` that say how films are decoded.
  FilmMemory(std::shared_ptr<base::Cache> cache, std::string key) : group_(std::move(cache), std::move(key)) {}

  /// A file as the file system tells it from its earlier and later contents; empty where it is absent, or changed so
  /// lately that the clock's tick might hide a further change.
  static std::string state_of(const std::string& path) {
    struct stat s {};
    if (::stat(path.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) return {};
    if (std::time(nullptr) - s.st_ctim.tv_sec < 2) return {};
    return fmt::format("{} {} {} {} {}.{:09} {}.{:09}", path, s.st_size, s.st_dev, s.st_ino, s.st_mtim.tv_sec,
                       s.st_mtim.tv_nsec, s.st_ctim.tv_sec, s.st_ctim.tv_nsec);
  }

  struct Known {
    std::string sha256;
    int bits = 8;  ///< that the film's values use
  };
  [[nodiscard]] std::optional<Known> find(const std::string& state) {
    std::vector<std::byte> bytes;
    if (state.empty() || !group_.read(base::RecordId::of(state, 0), bytes) || bytes.empty()) return {};
    const std::string record(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return Known{record.substr(0, record.size() - 1), record.back()};
  }
  /// `state`: from before the file was read.
  void add(const std::string& state, const Known& film) {
    if (state.empty()) return;
    ids_.push_back(base::RecordId::of(state, 0));
    records_ += film.sha256 + static_cast<char>(film.bits);
  }
  void flush() {
    group_.write(ids_, std::as_bytes(std::span(records_.data(), records_.size())));
    ids_.clear();
    records_.clear();
  }

 private:
  base::CacheGroup group_;
  std::vector<base::RecordId> ids_;
  std::string records_;
};

}  // namespace youden::data

#pragma once
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "youden/base/error.hpp"
#include "youden/store/database.hpp"

namespace youden::store {

/// A private copy of a results database as it was at one moment, in a temporary folder that only this user can read;
/// gone with the object. What is copied from it fits together, holds no lock on the original and needs no right to
/// write there.
class Snapshot {
 public:
  explicit Snapshot(const std::filesystem::path& of, int busy_timeout_ms = kBusyTimeoutMs) : folder_(make_folder()) {
    try {
      Database::open_copy(of, file(), busy_timeout_ms);
    } catch (...) {
      remove();
      throw;
    }
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() { remove(); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "snapshot.db"; }

 private:
  static std::filesystem::path make_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "youden-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw base::StoreError({std::string("cannot make a temporary folder: ") + std::strerror(errno), pattern,
                              "name a folder that you may write in $TMPDIR"});
    }
    return pattern;
  }
  void remove() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::filesystem::path folder_;
};

}  // namespace youden::store

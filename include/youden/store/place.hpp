#pragma once
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <utility>

namespace youden::store {

/// The file that a connection has open, and whether its path still names it. Deleted or replaced under a run, it would
/// take commits that nobody ever finds; so each commit looks first, and rolls back where it is gone.
class Place {
 public:
  explicit Place(std::filesystem::path path) : path_(std::move(path)) { known_ = ::stat(path_.c_str(), &opened_) == 0; }

  void guard_commits(sqlite3* db) { sqlite3_commit_hook(db, &on_commit, this); }

  [[nodiscard]] bool holds() const {
    struct stat now {};
    return !known_ ||
           (::stat(path_.c_str(), &now) == 0 && now.st_ino == opened_.st_ino && now.st_dev == opened_.st_dev);
  }

 private:
  static int on_commit(void* self) { return static_cast<const Place*>(self)->holds() ? 0 : 1; }

  std::filesystem::path path_;
  struct stat opened_ {};
  bool known_ = false;
};

}  // namespace youden::store

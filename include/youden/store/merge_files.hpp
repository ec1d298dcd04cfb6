#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_folder.hpp"
#include "youden/store/transfer.hpp"

namespace youden::store {

/// The files of runs that are being merged. They are copied before the transaction that names them commits, and removed
/// again unless `keep()` says that it did.
class FileCopies {
 public:
  FileCopies(const Database& ours, std::filesystem::path their_folder)
      : ours_(ours), their_folder_(std::move(their_folder)) {}
  FileCopies(const FileCopies&) = delete;
  FileCopies& operator=(const FileCopies&) = delete;
  ~FileCopies() {
    if (kept_) return;
    std::error_code ignored;
    for (const auto& file : copied_) std::filesystem::remove(file, ignored);
    for (const auto& folder : made_) std::filesystem::remove(folder, ignored);
  }

  /// Copies what `runs/<uid>` beside the other database holds, and gives the rows of our run `id` their paths here.
  void take(Transfer& transfer, const std::string& uid, std::int64_t id) {
    const std::filesystem::path here = run_folder(ours_, uid);
    copy_folder(their_folder_ / "runs" / uid, here);
    transfer.place_files(id, [&](const std::string& stored) {
      const std::filesystem::path there = (their_folder_ / stored).lexically_normal();
      const auto rest = below_run_folder(there, uid);
      if (rest.empty()) return note(there);
      // An exported file names the run's folder by its full path on the machine where it was made.
      if (!std::filesystem::exists(here / rest) && is_file(there)) copy_file(there, here / rest);
      return note(here / rest);
    });
  }
  /// For a run whose rows were here already: files that they name, that are not here and that lie there.
  void fill(const std::vector<std::filesystem::path>& named, const std::string& uid) {
    for (const auto& file : named) {
      const auto rest = below_run_folder(file, uid);
      const auto there = their_folder_ / "runs" / uid / rest;
      if (!rest.empty() && !std::filesystem::exists(file) && is_file(there)) copy_file(there, file);
    }
  }
  void sync() const {
    for (const auto& folder : made_) {
      const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (fd < 0) continue;
      ::fsync(fd);
      ::close(fd);
    }
  }
  void keep() { kept_ = true; }

  [[nodiscard]] const std::vector<std::filesystem::path>& copied() const { return copied_; }
  [[nodiscard]] const std::vector<std::filesystem::path>& missing() const { return missing_; }

 private:
  static bool is_file(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(std::filesystem::symlink_status(path, ignored));
  }

  /// What follows `runs/<uid>/` in a path; empty where that is not in it.
  static std::filesystem::path below_run_folder(const std::filesystem::path& path, const std::string& uid) {
    std::filesystem::path rest;
    bool inside = false;
    std::string before;
    for (const auto& piece : path) {
      if (inside) rest /= piece;
      inside = inside || (before == "runs" && piece == uid);
      before = piece.string();
    }
    return rest;
  }

  std::string note(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) missing_.push_back(file);
    return ours_.stored_path(file);
  }

  void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::error_code ignored;
    if (std::filesystem::equivalent(from, to, ignored)) return;  // two databases in one folder share their runs' files
    for (const auto& file : regular_files(from)) {
      if (file.extension() != ".partial") copy_file(from / file, to / file);
    }
  }

  void copy_file(const std::filesystem::path& from, const std::filesystem::path& to) {
    namespace fs = std::filesystem;
    try {
      std::vector<fs::path> made;
      for (fs::path folder = to.parent_path(); !fs::exists(folder); folder = folder.parent_path()) {
        made.push_back(folder);
      }
      made_.insert(made_.begin(), made.begin(), made.end());
      fs::create_directories(to.parent_path());
      const bool known = fs::exists(to);
      const fs::path partial = to.string() + "." + std::to_string(::getpid()) + "-0.partial";
      fs::copy_file(from, partial, fs::copy_options::overwrite_existing);
      const int fd = ::open(partial.c_str(), O_RDONLY | O_CLOEXEC);
      if (fd >= 0) {
        ::fsync(fd);
        ::close(fd);
      }
      fs::rename(partial, to);
      if (!known) copied_.push_back(to);
    } catch (const fs::filesystem_error& e) {
      throw base::StoreError({"cannot copy a run's file: " + e.code().message(), to.string(),
                              "check space and permission, and merge again; nothing of this file was merged"});
    }
  }

  const Database& ours_;
  std::filesystem::path their_folder_;
  std::vector<std::filesystem::path> copied_;
  std::vector<std::filesystem::path> made_;  ///< folders, the deepest first
  std::vector<std::filesystem::path> missing_;
  bool kept_ = false;
};

}  // namespace youden::store

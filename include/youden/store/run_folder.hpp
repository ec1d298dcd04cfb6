#pragma once
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/store/database.hpp"

namespace youden::store {

/// Whether a uid may name a folder: one that came from somebody else's file may say "../..".
inline bool is_uid(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
}

/// `runs/<uid>` beside the database. Throws StoreError for a uid that is none.
inline std::filesystem::path run_folder(const Database& database, const std::string& uid) {
  if (!is_uid(uid)) {
    throw base::StoreError({"'" + base::excerpt(uid) + "' is no uid of a run", database.path().string(),
                            "nothing was touched; somebody changed the database by hand"});
  }
  return database.path().parent_path() / "runs" / uid;
}

/// Whether a file lies below a folder by its name, without `..` and without a link on the way from there.
inline bool is_below(const std::filesystem::path& folder, const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  const fs::path rest = file.lexically_normal().lexically_relative(folder.lexically_normal());
  if (rest.empty() || rest == "." || *rest.begin() == ".." || rest.is_absolute()) return false;
  fs::path at = folder;
  std::error_code ignored;
  if (fs::is_symlink(fs::symlink_status(at, ignored))) return false;
  for (const auto& piece : rest) {
    if (fs::is_symlink(fs::symlink_status(at /= piece, ignored))) return false;
  }
  return true;
}
/// Throws StoreError for a file that a row names and that is none of the run's.
inline void require_below(const std::filesystem::path& folder, const std::filesystem::path& file) {
  if (is_below(folder, file)) return;
  throw base::StoreError({"the database names a file of a run outside of the run's folder", file.string(),
                          "it lies in " + folder.string() + "; somebody changed the database by hand"},
                         base::Exit::bad_input);
}

/// Regular files below a folder, relative to it, sorted. Links are neither listed nor followed.
inline std::vector<std::filesystem::path> regular_files(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<fs::path> out;
  std::error_code failure;
  if (!fs::is_directory(fs::symlink_status(folder, failure))) return out;
  for (auto it = fs::recursive_directory_iterator(folder, failure); it != fs::recursive_directory_iterator();
       it.increment(failure)) {
    if (fs::is_regular_file(it->symlink_status(failure))) out.push_back(it->path().lexically_relative(folder));
    if (failure) break;
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Removes a run's folder and all in it; what links point to stays. Throws StoreError naming what cannot be removed.
inline void remove_run_folder(const Database& database, const std::string& uid) {
  std::error_code failure;
  const auto folder = run_folder(database, uid);
  std::filesystem::remove_all(folder, failure);
  if (failure) {
    throw base::StoreError({"the files of the removed run cannot be removed: " + failure.message(), folder.string(),
                            "its rows are gone; once the folder can be written, `youden db vacuum` removes it"});
  }
}

}  // namespace youden::store

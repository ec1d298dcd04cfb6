#pragma once
#include <sqlite3.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <filesystem>
#include <string>

#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"

namespace youden::store {

/// The file under the path is no longer the one that is open.
inline base::StoreError replaced(const std::filesystem::path& path) {
  return base::StoreError({"the results database was deleted, moved or replaced while it was in use", path.string(),
                           "bring the file back, with its runs/ folder; what was committed is in it"});
}

/// What an SQLite failure means to a person, and what to do about it.
inline base::StoreError explain(const SQLite::Exception& e, const std::filesystem::path& path) {
  const std::string where = path.string();
  const std::string said = std::string(" (SQLite: ") + e.what() + ")";
  const int extended = e.getExtendedErrorCode();
  switch (e.getErrorCode() & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::StoreError({"the results database is locked by another process" + said, where,
                               "close the program that holds it (an sqlite3 shell inside BEGIN, a backup) and repeat; "
                               "`fuser` on the file names the process"});
    case SQLITE_NOTADB:
      return base::StoreError({"this file is not a results database" + said, where,
                               "name the right file with --db, or move this one away; a damaged database can often be "
                               "saved: sqlite3 OLD .recover | sqlite3 NEW"},
                              base::Exit::bad_input);
    case SQLITE_CORRUPT:
      return base::StoreError({"the results database is damaged" + said, where,
                               "move it away and save what can be read: sqlite3 OLD .recover | sqlite3 NEW"},
                              base::Exit::bad_input);
    case SQLITE_FULL:
      return base::StoreError(
          {"the disk is full" + said, where, "free some space and resume; what was committed is safe"});
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return base::StoreError({"the results database cannot be written" + said, where,
                               "give yourself write permission on the file and its folder, or choose another place "
                               "with --db"});
    case SQLITE_CANTOPEN:
      return base::StoreError({"the results database cannot be opened" + said, where,
                               "check that the folder exists and that you may read and write it, or choose another "
                               "place with --db"});
    case SQLITE_IOERR:
      return base::StoreError(
          {"reading or writing the results database failed" + said + ", code " + std::to_string(extended), where,
           "check the disk (space, quota, mount) and resume; what was committed is safe"});
    case SQLITE_CONSTRAINT:
      if (extended == SQLITE_CONSTRAINT_COMMITHOOK) return replaced(path);
      return base::StoreError({"this contradicts what the results database already holds" + said, where,
                               "`youden db check` looks for damage; otherwise this is a fault of Youden, please report "
                               "it"});
    default:
      return base::StoreError({"the results database refused" + said, where, "`youden db check` looks for damage"});
  }
}

/// Runs `work`; what SQLite throws leaves as a StoreError that names the file and the remedy.
template <class Work>
auto guarded(const std::filesystem::path& path, Work&& work) {
  try {
    return work();
  } catch (const SQLite::Exception& e) {
    if ((e.getErrorCode() & 0xff) == SQLITE_BUSY && base::interrupted()) {
      throw base::Interrupted({"interrupted while another process held the results database", path.string()});
    }
    throw explain(e, path);
  }
}

}  // namespace youden::store

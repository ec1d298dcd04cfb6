#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <filesystem>
#include <string>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/store/database.hpp"
#include "youden/store/unsound.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// What follows `runs/<uid>/` in a path, which must not leave it again; empty where the path is none of the run's.
inline std::filesystem::path below_run_folder(const std::filesystem::path& path, const std::string& uid) {
  std::filesystem::path rest;
  bool inside = false;
  std::string before;
  for (const auto& piece : path) {
    if (piece == "..") return {};
    if (inside) rest /= piece;
    inside = inside || (before == "runs" && piece == uid);
    before = piece.string();
  }
  return rest;
}

/// What a database from elsewhere has to be before a row of it is taken: nothing of what `unsound` finds, and files
/// that lie in their run's folder. `copy` is a private copy, `named` what a person called it. Throws StoreError, bad
/// input.
inline void require_sound(Database& copy, const std::filesystem::path& named) {
  SQLite::Database& db = copy.sqlite();
  const auto refuse = [&](const std::string& what) {
    throw base::StoreError({what, named.string(), "nothing of this file was taken; somebody changed it by hand"},
                           base::Exit::bad_input);
  };
  guarded(named, [&] {
    if (const auto wrong = unsound(db); !wrong.empty()) refuse(wrong.front());
    SQLite::Statement file(db,
                           "SELECT uid, path FROM artifact JOIN run ON run.id = artifact.run UNION "
                           "SELECT uid, path FROM checkpoint JOIN run ON run.id = checkpoint.run");
    while (file.executeStep()) {
      const std::string path = file.getColumn(1).getString();
      const std::string of = file.getColumn(0).getString();
      if (path.find('\0') != std::string::npos || below_run_folder(path, of).empty()) {
        refuse("the file '" + base::excerpt(path) + "' of run " + of + " lies outside of runs/" + of);
      }
    }
  });
}

}  // namespace youden::store

#pragma once
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/store/file_system.hpp"
#include "youden/store/guard.hpp"
#include "youden/store/patience.hpp"
#include "youden/store/place.hpp"
#include "youden/store/schema.hpp"
#include "youden/store/transaction.hpp"

namespace youden::store {

inline constexpr int kBusyTimeoutMs = kWaitForHolder;

namespace detail {

/// What might run while rows are read, or end never: a results database has no trigger, and tables where tables
/// belong. Empty, or the first that is none.
inline std::string not_inert(SQLite::Database& db) {
  SQLite::Statement row(db,
                        "SELECT type, name FROM sqlite_schema WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%' OR "
                        "(type = 'view' AND name IN ('dataset', 'sample', 'skipped', 'run', 'param', 'tag', 'note', "
                        "'environment', 'artifact', 'checkpoint', 'finished_fold', 'assignment', 'history', "
                        "'prediction', 'result', 'metric', 'finding', 'sweep', 'trial', 'headline', 'scoring', "
                        "'removal', 'excluded'))");
  if (!row.executeStep()) return {};
  return "it has the " + row.getColumn(0).getString() + " '" + base::excerpt(row.getColumn(1).getString()) +
         "', which no results database has";
}
/// Throws StoreError.
inline void require_inert(SQLite::Database& db, const std::filesystem::path& named) {
  const std::string what = not_inert(db);
  if (what.empty()) return;
  throw base::StoreError({what, named.string(), "nothing of it was taken"}, base::Exit::bad_input);
}

/// A FIFO would make SQLite wait for ever, and a link beside the database would lead its journal elsewhere. Throws
/// ConfigError.
inline void require_plain_file(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const auto kind = fs::status(path, ignored).type();
  if (kind != fs::file_type::regular && kind != fs::file_type::not_found && kind != fs::file_type::none) {
    throw base::ConfigError({kind == fs::file_type::directory ? "this is a folder, no results database"
                                                              : "this is no plain file, so no results database",
                             path.string(), "name the file, e.g. --db results/youden.db"});
  }
  for (const char* journal : {"-wal", "-shm", "-journal"}) {
    const fs::path beside = path.string() + journal;
    const auto found = fs::symlink_status(beside, ignored);
    if (fs::exists(found) && !fs::is_regular_file(found)) {
      throw base::ConfigError({"this lies where SQLite keeps its journal and is no plain file", beside.string(),
                               "move it away; it is none of Youden's"});
    }
  }
}

/// Made before SQLite would, so that only its owner can read it: it holds labels and patients.
inline void make_private(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);  // else it is there, or SQLite will say why not
}

}  // namespace detail

/// The results database. One object belongs to one thread; open another for another thread or after a fork.
class Database {
 public:
  /// Opens for reading and writing; makes the file and its folder when absent, brings an older schema up to date.
  static Database open(const std::filesystem::path& path, int busy_timeout_ms = kBusyTimeoutMs) {
    detail::require_plain_file(path);
    std::error_code failure;
    const auto folder = std::filesystem::absolute(path).parent_path();
    std::filesystem::create_directories(folder, failure);
    if (failure) {
      throw base::StoreError({"cannot make the folder of the results database: " + failure.message(), folder.string(),
                              "choose a place that you may write with --db"});
    }
    detail::make_private(path);
    return open_for_writing(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_timeout_ms);
  }

  /// As open(), for a database that was there before: one that was deleted meanwhile is not made anew.
  static Database reopen(const std::filesystem::path& path, int busy_timeout_ms = kBusyTimeoutMs) {
    detail::require_plain_file(path);
    return open_for_writing(path, SQLite::OPEN_READWRITE, busy_timeout_ms);
  }

  /// Opens an existing file; nothing can be written through the result. Throws ConfigError when there is none.
  static Database open_read_only(const std::filesystem::path& path, int busy_timeout_ms = kBusyTimeoutMs) {
    detail::require_plain_file(path);
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      throw base::ConfigError({"there is no results database yet", path.string(),
                               "the first `youden train EXPERIMENT.yaml` makes it; --db PATH names another one"});
    }
    return guarded(path, [&] {
      Database db = open_existing(path, busy_timeout_ms);
      db.refuse_foreign();
      if (db.version() < schema_version()) {  // made by an older Youden, or an empty file: needs writing once
        open(path, busy_timeout_ms);
        db = open_existing(path, busy_timeout_ms);
      }
      db.sqlite().exec("PRAGMA query_only = ON");
      return db;
    });
  }

  /// A copy, at `target`, of the database at `path` as it is now, whoever else writes to it, brought up to date; `path`
  /// itself is left alone. Throws ConfigError when there is none, StoreError for a damaged or foreign one.
  static Database open_copy(const std::filesystem::path& path, const std::filesystem::path& target,
                            int busy_timeout_ms = kBusyTimeoutMs) {
    detail::require_plain_file(path);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
      throw base::ConfigError({"there is no such results database", path.string(), "check the path"});
    }
    guarded(path, [&] {
      Database from = open_existing(path, busy_timeout_ms);
      from.refuse_foreign();
      if (from.version() == 0) {
        throw base::StoreError({"this file is empty, no results database", path.string()}, base::Exit::bad_input);
      }
      const std::string said = from.sqlite().execAndGet("PRAGMA integrity_check(1)").getString();
      if (said != "ok") throw SQLite::Exception(said, SQLITE_CORRUPT);
      detail::make_private(target);
      SQLite::Database to(target.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      if (SQLite::Backup(to, from.sqlite()).executeStep() != SQLITE_DONE) throw SQLite::Exception("busy", SQLITE_BUSY);
      detail::require_inert(to, path);
    });
    return open(target, busy_timeout_ms);
  }

  Database(Database&&) noexcept = default;
  /// The connection that goes is closed last of all, for it may still call what serves it.
  Database& operator=(Database&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(patience_, other.patience_);
    std::swap(db_, other.db_);
    std::swap(place_, other.place_);
    return *this;
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() = default;

  [[nodiscard]] SQLite::Database& sqlite() noexcept { return *db_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// Throws StoreError where the path no longer names the file that is open: it was deleted, moved or replaced.
  void require_in_place() const {
    if (!place_->holds()) throw replaced(path_);
  }
  [[nodiscard]] int version() { return db_->execAndGet("PRAGMA user_version").getInt(); }

  /// How a file is written down: relative to the database's folder where it lies below it, so that the folder can be
  /// moved; absolute otherwise.
  [[nodiscard]] std::string stored_path(const std::filesystem::path& file) const {
    const auto whole = std::filesystem::weakly_canonical(std::filesystem::absolute(file));
    const auto relative = whole.lexically_relative(path_.parent_path());
    return relative.empty() || *relative.begin() == ".." ? whole.string() : relative.generic_string();
  }
  [[nodiscard]] std::filesystem::path absolute_path(const std::string& stored) const {
    return (path_.parent_path() / stored).lexically_normal();
  }

 private:
  Database(const std::filesystem::path& path, int flags, int busy_timeout_ms, const std::string& uri = {})
      : path_(std::filesystem::weakly_canonical(std::filesystem::absolute(path))),
        patience_(std::make_unique<Patience>(path_, busy_timeout_ms)),
        db_(std::make_unique<SQLite::Database>(uri.empty() ? path_.string() : uri, flags)),
        place_(std::make_unique<Place>(path_)) {
    patience_->serve(db_->getHandle());
    if ((flags & SQLite::OPEN_READWRITE) != 0) place_->guard_commits(db_->getHandle());
  }

  static Database open_for_writing(const std::filesystem::path& path, int flags, int busy_timeout_ms) {
    return guarded(path, [&] {
      Database db(path, flags, busy_timeout_ms);
      db.refuse_foreign();
      if (sqlite3_db_readonly(db.sqlite().getHandle(), "main") != 0) throw SQLite::Exception("read-only file", 8);
      db.set_journal();
      db.sqlite().exec("PRAGMA synchronous = FULL");  // a committed epoch survives a power cut, as its checkpoint does
      db.sqlite().exec("PRAGMA foreign_keys = ON");
      db.migrate();
      return db;
    });
  }

  static Database open_existing(const std::filesystem::path& path, int busy_timeout_ms) {
    try {
      Database db(path, SQLite::OPEN_READONLY, busy_timeout_ms);
      db.sqlite().execAndGet("SELECT count(*) FROM sqlite_schema");
      return db;
    } catch (const SQLite::Exception& e) {
      // A WAL database in a folder that cannot be written: nobody can have it open for writing, so read it as it is.
      const auto folder = std::filesystem::absolute(path).parent_path();
      const int code = e.getErrorCode() & 0xff;
      const bool unwritable = ::access(folder.c_str(), W_OK) != 0 && ::access(path.c_str(), R_OK) == 0;
      std::error_code ignored;
      const auto wal = std::filesystem::file_size(path.string() + "-wal", ignored);
      if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || !unwritable || (!ignored && wal > 0)) throw;
      return {path, SQLite::OPEN_READONLY | SQLite::OPEN_URI, busy_timeout_ms,
              "file:" + escaped(std::filesystem::absolute(path).string()) + "?immutable=1"};
    }
  }
  static std::string escaped(const std::string& path) {
    std::string out;
    for (const char c : path) {
      if (c == '%')
        out += "%25";
      else if (c == '?')
        out += "%3f";
      else if (c == '#')
        out += "%23";
      else
        out += c;
    }
    return out;
  }

  /// Another program's database, or one of a newer Youden.
  void refuse_foreign() {
    const int id = db_->execAndGet("PRAGMA application_id").getInt();
    const int tables = db_->execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
    if (id != kApplicationId && tables > 0) {
      throw base::StoreError(
          {"this SQLite database belongs to another program", path_.string(), "choose another file with --db"},
          base::Exit::bad_input);
    }
    if (version() < 0) {
      throw base::StoreError({"the results database says that its schema is number " + std::to_string(version()) +
                                  ", which there never was",
                              path_.string(), "somebody changed it by hand; choose another file with --db"},
                             base::Exit::bad_input);
    }
    if (version() > schema_version()) {
      throw base::StoreError(
          {"the results database was written by a newer Youden (schema " + std::to_string(version()) +
               ", this program knows " + std::to_string(schema_version()) + ")",
           path_.string(), "update Youden, or choose another file with --db"},
          base::Exit::bad_input);
    }
  }

  void set_journal() {
    const std::string wanted = is_network_folder(path_.parent_path()) ? "delete" : "wal";
    // SQLite does not call the busy handler when the journal mode changes, so wait here.
    for (int asked = 0; db_->execAndGet("PRAGMA journal_mode").getString() != wanted; ++asked) {
      try {
        db_->execAndGet("PRAGMA journal_mode = " + wanted);
        return;  // a file system without shared memory keeps its journal
      } catch (const SQLite::Exception& e) {
        const int code = e.getErrorCode() & 0xff;
        if ((code != SQLITE_BUSY && code != SQLITE_LOCKED) || !patience_->wait(asked)) throw;
      }
    }
  }

  void migrate() {
    if (version() == schema_version()) return;
    Transaction transaction(*db_);
    refuse_foreign();  // another process may have migrated while we waited for the lock
    const int from = version();
    if (from == schema_version()) return;
    for (int i = from; i < schema_version(); ++i) db_->exec(migrations()[static_cast<std::size_t>(i)]);
    db_->exec(views());
    db_->exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    db_->exec("PRAGMA user_version = " + std::to_string(schema_version()));
    transaction.commit();
  }

  std::filesystem::path path_;
  std::unique_ptr<Patience> patience_;  ///< these two are called by the connection, so they stay where they are
  std::unique_ptr<SQLite::Database> db_;
  std::unique_ptr<Place> place_;
};

/// `work()` on this database, with SQLite's failures explained.
template <class Work>
auto guarded(const Database& db, Work&& work) {
  return guarded(db.path(), std::forward<Work>(work));
}

}  // namespace youden::store

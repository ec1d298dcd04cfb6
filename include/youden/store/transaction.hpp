#pragma once
#include <sqlite3.h>

#include <SQLiteCpp/SQLiteCpp.h>

namespace youden::store {

/// BEGIN IMMEDIATE … COMMIT; rolled back unless `commit()` is reached. Taking the write lock at once lets the busy
/// handler wait for it; a deferred transaction that upgrades later fails at once instead. Within a transaction that is
/// already open it joins that one.
class Transaction {
 public:
  explicit Transaction(SQLite::Database& db) : db_(db), outermost_(sqlite3_get_autocommit(db.getHandle()) != 0) {
    if (outermost_) db_.exec("BEGIN IMMEDIATE");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (outermost_ && !committed_) db_.tryExec("ROLLBACK");
  }

  void commit() {
    if (outermost_) db_.exec("COMMIT");
    committed_ = true;
  }

 private:
  SQLite::Database& db_;
  bool outermost_;
  bool committed_ = false;
};

}  // namespace youden::store

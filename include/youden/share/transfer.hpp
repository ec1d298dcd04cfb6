#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/store/database.hpp"
#include "youden/store/removal.hpp"
#include "youden/store/values.hpp"

namespace youden::share {

/// How rows change on their way from one database into another. Both speak of the row as `o`.
struct Rewrites {
  std::map<std::string, std::string> columns = {};  ///< "table.column" → SQL of the value
  std::map<std::string, std::string> rows = {};     ///< table → SQL condition of the rows that come along
};

/// Copies whole runs from another database of the same schema, which is attached as `other` while this lives. Numbers
/// are given anew, datasets are shared by their hash. Make it outside of a transaction, use it within one.
class Transfer {
 public:
  Transfer(store::Database& to, const std::filesystem::path& from, Rewrites rewrites = {})
      : db_(to.sqlite()), rewrites_(std::move(rewrites)), tables_(store::tables_of_runs(db_)) {
    store::execute(db_, "ATTACH ? AS other", from.string());
    db_.exec("CREATE TEMP TABLE dataset_of (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL)");
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    db_.tryExec("DROP TABLE temp.dataset_of");
    db_.tryExec("DETACH other");
  }

  [[nodiscard]] std::int64_t rows() const { return rows_; }  ///< written so far

  /// Returns the number that their run has here.
  std::int64_t add_run(std::int64_t theirs) {
    add_datasets(theirs);
    if (copy("INSERT", "run", "o.id = ?2", 0, theirs) == 0) {
      throw base::ConfigError({"there is no run " + std::to_string(theirs)});
    }
    const std::int64_t ours = db_.getLastInsertRowid();
    for (const std::string& table : tables_) copy("INSERT", table, "o.run = ?2", ours, theirs);
    return ours;
  }

  /// Their state of the run in the place of ours, tags and notes excepted.
  void replace_run(std::int64_t theirs, std::int64_t ours) {
    add_datasets(theirs);
    std::string columns;
    std::string values;
    for (const std::string& column : columns_of("run")) {
      columns += (columns.empty() ? "" : ", ") + column;
      values += (values.empty() ? "" : ", ") + value_of("run", column);
    }
    SQLite::Statement update(db_, "UPDATE main.run SET (" + columns + ") = (SELECT " + values +
                                      " FROM other.run o WHERE o.id = ?2) WHERE id = ?1");
    rows_ += store::execute(update, ours, theirs);
    for (const std::string& table : tables_) {
      if (table == "tag" || table == "note") continue;
      store::execute(db_, "DELETE FROM main." + table + " WHERE run = ?", ours);
      copy("INSERT", table, "o.run = ?2", ours, theirs);
    }
  }

  /// Tags and notes that ours has not; a tag that both have keeps our value.
  void add_labels(std::int64_t theirs, std::int64_t ours) {
    copy("INSERT OR IGNORE", "tag", "o.run = ?2", ours, theirs);
    copy("INSERT", "note",
         "o.run = ?2 AND NOT EXISTS (SELECT 1 FROM main.note n WHERE n.run = ?1 AND n.created = o.created "
         "AND n.body = o.body)",
         ours, theirs);
  }

  /// Predictions and results on data from outside that ours has not. Returns the parts whose name stands for other data
  /// here: those stay as they are.
  std::vector<std::string> add_external(std::int64_t theirs, std::int64_t ours) {
    const auto mine = external_parts("main", ours);
    std::vector<std::string> torn;
    for (const auto& [part, dataset] : external_parts("other", theirs)) {
      if (const auto it = mine.find(part); it != mine.end() && it->second.hash != dataset.hash) {
        torn.push_back(part);
        continue;
      }
      add_once(dataset.id);
      for (const char* table : {"excluded", "prediction", "result"}) {
        copy("INSERT OR IGNORE", table, "o.run = ?2 AND o.part = " + quoted(part), ours, theirs);
      }
    }
    return torn;
  }

  /// Sweeps that have a run here, with all their trials; after the runs.
  void add_sweeps() {
    static const std::string kOurRun = "(SELECT m.id FROM main.run m JOIN other.run t USING (uid) WHERE t.id = o.run)";
    rewrites_.columns["trial.run"] = kOurRun;
    rewrites_.columns["trial.sweep"] = "?1";
    SQLite::Statement sweep(db_,
                            "SELECT id, uid FROM other.sweep s WHERE EXISTS (SELECT 1 FROM other.trial o "
                            "WHERE o.sweep = s.id AND " +
                                kOurRun + " IS NOT NULL) ORDER BY id");
    while (sweep.executeStep()) {
      const std::int64_t theirs = sweep.getColumn(0).getInt64();
      copy("INSERT OR IGNORE", "sweep", "o.id = ?2", 0, theirs);
      SQLite::Statement row(db_, "SELECT id FROM main.sweep WHERE uid = ?");
      row.bind(1, sweep.getColumn(1).getString());
      row.executeStep();
      const std::int64_t ours = row.getColumn(0).getInt64();
      row.reset();
      // A trial that is open here and has its value there takes theirs.
      rows_ -= store::execute(db_,
                              "DELETE FROM main.trial WHERE sweep = ?1 AND value IS NULL AND number IN "
                              "(SELECT number FROM other.trial WHERE sweep = ?2 AND value IS NOT NULL)",
                              ours, theirs);
      copy("INSERT OR IGNORE", "trial", "o.sweep = ?2", ours, theirs);
    }
  }

  /// What belongs to no single run: metrics that a user registered, looks at test sets (all, or those of our runs).
  void add_common(bool all_scorings) {
    copy("INSERT OR IGNORE", "metric", "?2 = 0", 0, 0);
    copy("INSERT OR IGNORE", "scoring",
         all_scorings ? "?2 = 0"
                      : "?2 = 0 AND (o.test_hash IN (SELECT t.test_hash FROM other.run t JOIN main.run USING (uid)) "
                        "OR o.uid IN (SELECT uid FROM main.run))",
         0, 0);
  }

  /// Gives every file of a run the path that `place(stored)` says.
  void place_files(std::int64_t ours, const std::function<std::string(const std::string& stored)>& place) {
    for (const char* table : {"artifact", "checkpoint"}) {
      std::vector<std::string> paths;
      SQLite::Statement row(db_, std::string("SELECT DISTINCT path FROM main.") + table + " WHERE run = ?");
      for (store::bind_all(row, ours); row.executeStep();) paths.push_back(row.getColumn(0).getString());
      row.reset();
      SQLite::Statement update(db_, std::string("UPDATE main.") + table + " SET path = ? WHERE run = ? AND path = ?");
      for (const std::string& path : paths) store::execute(update, place(path), ours, path);
    }
  }

 private:
  void add_datasets(std::int64_t run) {
    SQLite::Statement used(db_,
                           "SELECT dataset FROM other.run WHERE id = ?1 UNION "
                           "SELECT dataset FROM other.assignment WHERE run = ?1 UNION "
                           "SELECT dataset FROM other.prediction WHERE run = ?1");
    for (store::bind_all(used, run); used.executeStep();) add_once(used.getColumn(0).getInt64());
  }
  void add_once(std::int64_t theirs) {
    SQLite::Statement known(db_, "SELECT 1 FROM temp.dataset_of WHERE theirs = ?");
    store::bind_all(known, theirs);
    if (!known.executeStep()) add_dataset(theirs);
  }

  std::string quoted(const std::string& text) {
    SQLite::Statement row(db_, "SELECT quote(?)");
    store::bind_all(row, text);
    row.executeStep();
    return row.getColumn(0).getString();
  }

  struct StoredDataset {
    std::int64_t id = 0;
    std::string hash;
  };
  /// Part → the dataset that it is of.
  std::map<std::string, StoredDataset> external_parts(const std::string& schema, std::int64_t run) {
    std::map<std::string, StoredDataset> out;
    SQLite::Statement row(db_, "SELECT DISTINCT p.part, d.id, d.hash FROM " + schema + ".prediction p JOIN " + schema +
                                   ".dataset d ON d.id = p.dataset WHERE p.run = ? AND p.part LIKE 'external:%'");
    for (store::bind_all(row, run); row.executeStep();) {
      out[row.getColumn(0).getString()] = {row.getColumn(1).getInt64(), row.getColumn(2).getString()};
    }
    return out;
  }

  void add_dataset(std::int64_t theirs) {
    SQLite::Statement same(db_, "SELECT d.id FROM other.dataset o JOIN main.dataset d ON d.hash = " +
                                    value_of("dataset", "hash") + " WHERE o.id = ?1");
    store::bind_all(same, theirs);
    std::int64_t ours = 0;
    if (same.executeStep()) {
      ours = same.getColumn(0).getInt64();
      same.reset();
    } else {
      if (copy("INSERT", "dataset", "o.id = ?2", 0, theirs) == 0) {
        throw base::StoreError({"rows refer to dataset " + std::to_string(theirs) + ", which is not there",
                                {},
                                "`youden db check` on the other file says what else"},
                               base::Exit::bad_input);
      }
      ours = db_.getLastInsertRowid();
    }
    store::execute(db_, "INSERT INTO temp.dataset_of (theirs, ours) VALUES (?, ?)", theirs, ours);
    for (const char* table : {"sample", "skipped"}) {
      copy("INSERT OR IGNORE", table, "o.dataset = ?2", 0, theirs);
    }
  }

  /// Without numbers that a table gives its rows itself.
  std::vector<std::string> columns_of(const std::string& table) {
    std::vector<std::string> out;
    SQLite::Statement row(db_, "SELECT name FROM pragma_table_info(?) WHERE NOT (name = 'id' AND type = 'INTEGER')");
    for (store::bind_all(row, table); row.executeStep();) out.push_back(row.getColumn(0).getString());
    return out;
  }

  [[nodiscard]] std::string value_of(const std::string& table, const std::string& column) const {
    if (const auto it = rewrites_.columns.find(table + "." + column); it != rewrites_.columns.end()) return it->second;
    if (column == "run") return "?1";
    if (column == "dataset") return "(SELECT ours FROM temp.dataset_of WHERE theirs = o.dataset)";
    return "o." + column;
  }

  /// In `which` ?1 is the number of our run or sweep, ?2 that of the row over there.
  std::int64_t copy(const std::string& verb, const std::string& table, const std::string& which, std::int64_t ours,
                    std::int64_t theirs) {
    std::string columns;
    std::string values;
    for (const std::string& column : columns_of(table)) {
      columns += (columns.empty() ? "" : ", ") + column;
      values += (values.empty() ? "" : ", ") + value_of(table, column);
    }
    const auto rows = rewrites_.rows.find(table);
    const std::string condition = rows == rewrites_.rows.end() ? "" : " AND (" + rows->second + ")";
    SQLite::Statement insert(db_, verb + " INTO main." + table + " (" + columns + ") SELECT " + values +
                                      " FROM other." + table + " o WHERE " + which + condition);
    const std::int64_t written = store::execute(insert, ours, theirs);
    rows_ += written;
    return written;
  }

  SQLite::Database& db_;
  Rewrites rewrites_;
  std::vector<std::string> tables_;
  std::int64_t rows_ = 0;
};

}  // namespace youden::share

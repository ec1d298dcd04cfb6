#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <string>
#include <vector>

#include "youden/store/database.hpp"
#include "youden/store/run_writer.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// A row of the table `metric`. `direction`: max, min or none.
struct MetricName {
  std::string name;
  std::string direction;
  std::string description;
};

/// Adds what the database does not know yet, so that `list --sort` knows the direction of every stored number.
inline void describe_metrics(Database& database, const std::vector<MetricName>& metrics) {
  detail::write(database, [&](SQLite::Database& db) {
    for (const MetricName& m : metrics) {
      execute(db, "INSERT OR IGNORE INTO metric (name, direction, description) VALUES (?, ?, ?)", m.name, m.direction,
              m.description);
    }
  });
}

}  // namespace youden::store

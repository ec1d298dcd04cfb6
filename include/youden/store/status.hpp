#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <string>

#include "youden/store/owner.hpp"

namespace youden::store {

/// A run's status as it is now. The stored word of a run whose process died is still "running"; reading never writes,
/// so the truth is found each time.
struct Status {
  std::string name;  ///< running, completed, failed, interrupted
  Owner owner = {};
};

/// From the columns status, host, pid, process_start, heartbeat, the first of them at index `at`.
inline Status read_status(SQLite::Statement& row, int at) {
  Status status{
      row.getColumn(at).getString(),
      {row.getColumn(at + 1).getString(), row.getColumn(at + 2).getInt64(), row.getColumn(at + 3).getString()}};
  if (status.name == "running" && !is_alive(status.owner, row.getColumn(at + 4).getString()))
    status.name = "interrupted";
  return status;
}

}  // namespace youden::store

#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/store/database.hpp"
#include "youden/store/owner.hpp"
#include "youden/store/values.hpp"

namespace youden::store {

/// Before a run is taken from an owner whom only its heartbeat speaks for: watches whether that moves, for as long as
/// two beats take. Returns at once where there is no such owner. `which`: an SQL condition on `run` with one parameter.
template <class T>
void await_silence(Database& database, const std::string& which, const T& value, double seconds = kStandsStillS) {
  bool said = false;
  while (true) {
    bool silent = false;
    guarded(database, [&] {
      SQLite::Statement row(
          database.sqlite(),
          "SELECT id, host, pid, process_start, heartbeat FROM run WHERE status = 'running' AND " + which);
      for (bind_all(row, value); row.executeStep();) {
        const Owner owner{row.getColumn(1).getString(), row.getColumn(2).getInt64(), row.getColumn(3).getString()};
        if (liveness(owner, row.getColumn(4).getString(), seconds) != Liveness::silent) continue;
        silent = true;
        if (!said) {
          std::fprintf(stderr,
                       "run %lld: nothing was heard of process %lld on %s; watching for %.0f s whether it lives\n",
                       static_cast<long long>(row.getColumn(0).getInt64()), static_cast<long long>(owner.pid),
                       owner.host.c_str(), seconds);
          said = true;
        }
      }
    });
    if (!silent) return;
    if (base::interrupted()) throw base::Interrupted({"interrupted"});
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace youden::store

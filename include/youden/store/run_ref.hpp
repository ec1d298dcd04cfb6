#pragma once
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::store {

/// The run that RUN on a command line means: an integer, a name, a prefix of a uid (4 characters or more), `@last`
/// (made last) or `@best` (highest headline Youden's J of the completed). Throws ConfigError with the candidates when
/// there is none or more than one.
inline std::int64_t find_run(Database& database, const std::string& text) {
  const auto ids = [&](const std::string& sql, const auto&... values) {
    return detail::read_rows(
        database, sql, [](SQLite::Statement& row) { return row.getColumn(0).getInt64(); }, values...);
  };
  const std::string where = database.path().string();
  if (text == "@last" || text == "@best") {
    const auto found =
        ids(text == "@last" ? "SELECT id FROM run ORDER BY id DESC LIMIT 1"
                            : "SELECT run FROM leaderboard WHERE status = 'completed' AND youden_j IS NOT NULL "
                              "ORDER BY youden_j DESC, run LIMIT 1");
    if (!found.empty()) return found.front();
    throw base::ConfigError({text == "@last" ? "there is no run yet, so none is @last"
                                             : "no completed run has a Youden's J, so none is @best",
                             where, "see `youden list`"});
  }
  const bool integer = !text.empty() && text.size() < 19 &&
                       std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (integer) {
    if (const auto found = ids("SELECT id FROM run WHERE id = ?", std::stoll(text)); !found.empty())
      return found.front();
  }
  auto found = ids("SELECT id FROM run WHERE name = ? ORDER BY id", text);
  if (found.empty() && text.size() >= 4) {
    found = ids("SELECT id FROM run WHERE substr(uid, 1, ?) = ? ORDER BY id", text.size(), base::lower(text));
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    const auto names = detail::read_rows(database, "SELECT DISTINCT name FROM run ORDER BY id DESC LIMIT 1000",
                                         [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
    const std::string close = base::nearest(text, names);
    throw base::ConfigError({"there is no run '" + text + "'", where,
                             names.empty()   ? "the database holds no run yet"
                             : close.empty() ? "`youden list` shows what there is"
                                             : "did you mean '" + close + "'?"});
  }
  constexpr std::size_t kMost = 10;
  std::string candidates = "write the number, one of:";
  for (std::size_t i = found.size() - std::min(found.size(), kMost); i < found.size(); ++i) {
    const RunRecord r = read_run(database, found[i]);
    candidates += "\n    " + std::to_string(r.id) + "  " + r.uid + "  " + r.name + "  " + r.status + "  " + r.created;
  }
  if (found.size() > kMost) candidates += "\n    … and " + std::to_string(found.size() - kMost) + " older";
  throw base::ConfigError({"'" + text + "' means " + std::to_string(found.size()) + " runs", where, candidates});
}

}  // namespace youden::store

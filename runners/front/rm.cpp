#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "youden/base/streams.hpp"
#include "youden/base/text.hpp"
#include "youden/store/removal.hpp"
#include "youden/store/run_ref.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using store::Json;

store::Table table_of(const std::vector<store::Belongings>& runs) {
  store::Table table{{"run", "uid", "name", "status", "rows", "files", "bytes"}};
  for (const store::Belongings& b : runs) {
    table.rows.push_back({b.run.id, b.run.uid, b.run.name, b.run.status, b.rows, b.files, b.bytes});
  }
  return table;
}

/// On a terminal a person is asked; a script has to say --yes. True: go on.
bool agreed(const store::Table& table, bool yes, Format format) {
  const std::string runs = table.rows.size() == 1 ? "this run" : fmt::format("these {} runs", table.rows.size());
  if (yes) return true;
  const bool person = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0 && format == Format::text;
  base::print_err("{}", table.text());
  if (!person) {
    throw base::ConfigError({fmt::format("nothing was removed: {} would go, with all rows and files", runs),
                             "command line", "--yes removes without asking"});
  }
  base::print_err("remove {}, rows and files, for good? [y/N] ", runs);
  std::string answer;
  std::getline(std::cin, answer);
  return base::lower(base::trim(answer)) == "y" || base::lower(base::trim(answer)) == "yes";
}

}  // namespace

int command_rm(const Invocation& in) {
  Arguments args(in, "RUN… [--yes]",
                 "Removes runs: their rows, and their folders under runs/ beside the database. What other runs share\n"
                 "stays, and so does the count of looks at each test set. Refused while a process works on a run.\n\n"
                 "examples:\n"
                 "  youden rm 7\n"
                 "  youden rm 3 4 5 --yes");
  args.options.add_options()("yes,y", "do not ask");
  if (!args.parse(-1)) return 0;
  (void)args.first("the run");
  auto database = store::Database::open_read_only(in.db);
  std::vector<std::int64_t> ids;
  for (const std::string& ref : args.words) {
    const auto id = store::find_run(database, ref);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  std::vector<store::Belongings> runs;
  for (const std::int64_t id : ids) {
    runs.push_back(store::belongings(database, id));
    store::require_idle(runs.back().run, database);
  }
  const store::Table table = table_of(runs);
  if (!agreed(table, args.has("yes"), in.format)) {
    fmt::print("nothing was removed\n");
    return 0;
  }
  auto writable = store::Database::open(in.db);
  store::remove_runs(writable, ids);
  if (in.format == Format::json) {
    fmt::print("{}\n", Json{{"removed", table.json()}}.dump(2, ' ', false, config::kAnyBytes));
  } else if (in.format == Format::csv) {
    fmt::print("{}", table.csv());
  } else {
    fmt::print("removed\n{}", table.text());
  }
  return 0;
}

}  // namespace youden::runner

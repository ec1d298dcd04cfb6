#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "db_commands.hpp"
#include "front_commands.hpp"
#include "youden/store/check.hpp"
#include "youden/store/query.hpp"
#include "youden/store/removal.hpp"

namespace youden::runner {
namespace {

using config::Json;

/// 0 when all is well, 3 when something is damaged, missing or changed.
int check(const Invocation& in) {
  store::CheckReport report;
  try {
    auto database = store::Database::open_read_only(in.db);
    report = store::check_database(database);
  } catch (const base::StoreError& e) {  // so damaged that it cannot even be opened: that, too, is an answer
    if (e.exit_code() != static_cast<int>(base::Exit::bad_input)) throw;  // locked, unreadable: no answer
    report.problems.push_back({e.what()});
  }
  if (in.format == Format::json) {
    Json problems = Json::array();
    for (const base::Fault& p : report.problems) problems.push_back({{"what", p.what}, {"where", p.where}});
    fmt::print("{}\n",
               Json{{"ok", report.problems.empty()}, {"artifacts", report.artifacts}, {"problems", problems}}.dump(
                   2, ' ', false, config::kAnyBytes));
  } else if (in.format == Format::csv) {
    fmt::print("what,where\n");
    for (const base::Fault& p : report.problems) fmt::print("{}", store::csv_line(std::vector<Json>{p.what, p.where}));
  } else if (report.problems.empty()) {
    fmt::print("{}: in order; {} artifact(s) present and unchanged\n", in.db, report.artifacts);
  } else {
    for (const base::Fault& p : report.problems) fmt::print("{}\n", p.text());
    fmt::print("{} problem(s)\n", report.problems.size());
  }
  return static_cast<int>(report.problems.empty() ? base::Exit::done : base::Exit::check_said_no);
}

int run_query(const Invocation& in, const std::string& sql) {
  auto database = store::Database::open_read_only(in.db);
  if (in.format == Format::csv) {  // streamed: a history of millions of rows fits no table in memory
    store::query(
        database, sql, [](const std::vector<std::string>& names) { fmt::print("{}", store::csv_line(names)); },
        [](const std::vector<Json>& cells) { fmt::print("{}", store::csv_line(cells)); });
    return 0;
  }
  const store::Table table = store::query(database, sql);
  fmt::print("{}",
             in.format == Format::json ? table.json().dump(2, ' ', false, config::kAnyBytes) + "\n" : table.text());
  return 0;
}

int vacuum(const Invocation& in) {
  store::Database::open_read_only(in.db);  // a missing file is not made
  auto database = store::Database::open(in.db);
  store::finish_removals(database);
  const auto [before, after] = store::vacuum(database);
  if (in.format == Format::json) {
    fmt::print("{}\n", Json{{"bytes_before", before}, {"bytes_after", after}}.dump(2, ' ', false, config::kAnyBytes));
  } else {
    fmt::print("{}: {} → {} bytes\n", in.db, before, after);
  }
  return 0;
}

}  // namespace

int command_db(const Invocation& in) {
  Arguments args(in, "check | query SQL | vacuum | merge FILE… | export OUT [RUN…]",
                 "check   pages, references, artifacts present and unchanged; exit 3 when something is wrong\n"
                 "query   one SELECT, read-only; results/README.md describes tables and views\n"
                 "vacuum  gives unused space back\n"
                 "merge   brings in the runs of other databases and the files beside them; a second time adds nothing\n"
                 "export  these runs (all by default) as one file for somebody else\n\n"
                 "examples:\n"
                 "  youden db check\n"
                 "  youden db query \"SELECT run, name, sensitivity FROM leaderboard WHERE specificity > .9\"\n"
                 "  youden db query \"SELECT y, score FROM scored WHERE run = 7\" --format csv > scores.csv\n"
                 "  youden db vacuum\n"
                 "  youden db merge ../other/results/youden.db node*/youden.db\n"
                 "  youden db export share.db 7 12 --deidentify");
  args.options.add_options()("deidentify", "export: no patients, paths, hosts or notes; random pseudonyms instead")(
      "force", "export: replace the file");
  if (!args.parse(-1)) return 0;
  const std::string what = args.first("check, query, vacuum, merge or export");
  const std::vector<std::string> rest(args.words.begin() + 1, args.words.end());
  for (const char* option : {"deidentify", "force"}) {
    if (args.has(option) && what != "export") {
      throw base::ConfigError({fmt::format("--{} is an option of db export", option), "command line"});
    }
  }
  if (what == "merge") return db_merge(in, rest);
  if (what == "export") return db_export(in, rest, args.has("deidentify"), args.has("force"));
  if (what == "query") {
    if (rest.empty()) throw base::ConfigError({"the SQL is missing", "command line", "youden db query \"SELECT …\""});
    if (rest.size() > 1) {
      throw base::ConfigError({"unexpected '" + rest[1] + "'", "command line", "put the SQL in quotes"});
    }
    return run_query(in, rest[0]);
  }
  if (what != "check" && what != "vacuum") {
    const std::vector<std::string> known{"check", "query", "vacuum", "merge", "export"};
    throw base::ConfigError({"no 'db " + what + "'", "command line", base::suggestion(what, known)});
  }
  if (!rest.empty()) throw base::ConfigError({"unexpected '" + rest[0] + "'", "command line"});
  return what == "check" ? check(in) : vacuum(in);
}

}  // namespace youden::runner

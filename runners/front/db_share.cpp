#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "db_commands.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/streams.hpp"
#include "youden/share/export.hpp"
#include "youden/share/merge.hpp"
#include "youden/store/run_ref.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using store::Json;

/// One file on the command line, and what became of it.
struct Attempt {
  std::string file;
  share::Merged merged;
  std::string error = {};
  int code = 0;
};

Json paths(const std::vector<std::filesystem::path>& files) {
  Json out = Json::array();
  for (const auto& file : files) out.push_back(file.string());
  return out;
}

Json to_json(const Attempt& a) {
  return {{"file", std::filesystem::absolute(a.file).string()},
          {"error", a.error.empty() ? Json() : Json(a.error)},
          {"added", a.merged.added},
          {"updated", a.merged.updated},
          {"present", a.merged.present},
          {"left_out", a.merged.left_out},
          {"rows", a.merged.rows},
          {"files_copied", paths(a.merged.copied)},
          {"files_missing", paths(a.merged.missing)}};
}

store::Table table_of(const std::vector<Attempt>& attempts) {
  store::Table table{{"file", "added", "updated", "already here", "left out", "rows", "files", "missing files"}};
  for (const Attempt& a : attempts) {
    const share::Merged& m = a.merged;
    if (a.error.empty()) {
      table.rows.push_back({a.file, m.added.size(), m.updated.size(), m.present, m.left_out.size(), m.rows,
                            m.copied.size(), m.missing.size()});
    } else {
      table.rows.push_back({a.file, "refused", nullptr, nullptr, nullptr, nullptr, nullptr, nullptr});
    }
  }
  return table;
}

void print_remarks(const std::vector<Attempt>& attempts) {
  for (const Attempt& a : attempts) {
    for (const std::string& what : a.merged.left_out) base::print_err("{}: {}\n", a.file, what);
    if (!a.merged.missing.empty()) {
      base::print_err("{}: files that its rows name and that are not beside it (copy its runs/ folder, too):\n",
                      a.file);
      constexpr std::size_t kMost = 10;
      for (std::size_t i = 0; i < std::min(kMost, a.merged.missing.size()); ++i) {
        base::print_err("    {}\n", a.merged.missing[i].string());
      }
      if (a.merged.missing.size() > kMost) base::print_err("    … and {} more\n", a.merged.missing.size() - kMost);
    }
    if (!a.error.empty()) base::print_err("error: {}\n", a.error);
  }
}

}  // namespace

int db_merge(const Invocation& in, const std::vector<std::string>& files) {
  if (files.empty()) {
    throw base::ConfigError({"the databases to merge are missing", "command line",
                             fmt::format("{} db merge other/results/youden.db", in.program)});
  }
  base::watch_interrupts();
  base::Progress progress;
  auto database = store::Database::open(in.db);
  std::vector<Attempt> attempts;
  int code = 0;
  for (const std::string& file : files) {
    progress.update("merging", attempts.size(), files.size(), file);
    Attempt attempt{file, {}};
    try {
      attempt.merged = share::merge_database(database, file);
    } catch (const base::Interrupted&) {
      throw;
    } catch (const base::Error& e) {  // the others are merged all the same
      attempt.error = e.what();
      attempt.code = e.exit_code();
      code = code == 0 ? attempt.code : code;
    }
    attempts.push_back(attempt);
  }
  if (in.format == Format::json) {
    Json out{{"db", database.path().string()}, {"files", Json::array()}};
    for (const Attempt& a : attempts) out["files"].push_back(to_json(a));
    fmt::print("{}\n", out.dump(2, ' ', false, config::kAnyBytes));
  } else {
    fmt::print("{}", in.format == Format::csv ? table_of(attempts).csv() : table_of(attempts).text());
  }
  print_remarks(attempts);
  return code;
}

int db_export(const Invocation& in, const std::vector<std::string>& words, bool deidentify, bool force) {
  if (words.empty()) {
    throw base::ConfigError(
        {"the file to write is missing", "command line", fmt::format("{} db export share.db", in.program)});
  }
  base::watch_interrupts();
  auto database = store::Database::open_read_only(in.db);
  share::ExportOptions options{.runs = {}, .deidentify = deidentify, .force = force};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto run = store::find_run(database, words[i]);
    if (std::find(options.runs.begin(), options.runs.end(), run) == options.runs.end()) options.runs.push_back(run);
  }
  if (words.size() == 1) options.runs = share::all_runs(database);
  if (options.runs.empty()) throw base::ConfigError({"there is no run to export", in.db});
  const auto done = share::export_runs(database, words[0], options);
  if (in.format == Format::json) {
    fmt::print("{}\n", Json{{"file", std::filesystem::absolute(words[0]).string()},
                            {"runs", done.runs},
                            {"rows", done.rows},
                            {"bytes", done.bytes},
                            {"deidentified", deidentify}}
                           .dump(2, ' ', false, config::kAnyBytes));
  } else if (in.format == Format::csv) {
    fmt::print("file,runs,rows,bytes\n{}",
               store::csv_line(std::vector<Json>{words[0], done.runs, done.rows, done.bytes}));
  } else {
    fmt::print("{}: {} run(s), {} rows, {} bytes{}\n", words[0], done.runs, done.rows, done.bytes,
               deidentify ? "; names of runs and classes, numbers and settings only" : "; with patients and paths");
    fmt::print("look into it with: {} list --db {}\n", in.program, words[0]);
  }
  return 0;
}

}  // namespace youden::runner

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "youden/base/byte_size.hpp"
#include "youden/base/cache/inventory.hpp"
#include "youden/base/streams.hpp"
#include "youden/base/text.hpp"
#include "youden/config/project.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using base::CacheGroupInfo;
using config::Json;

/// `2026-11-24T11:20:05Z`
std::string utc(std::filesystem::file_time_type time) {
  const auto system = std::chrono::file_clock::to_sys(time);
  const auto seconds = std::chrono::time_point_cast<std::chrono::system_clock::duration>(system);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

/// `rotate, flip`; the film as it is where nothing is done to it.
std::string steps(const CacheGroupInfo& group) {
  const Json list = Json::parse(group.value("augment"), nullptr, false);
  if (!list.is_array()) return group.value("augment");
  std::vector<std::string> names;
  for (const Json& step : list) names.push_back(step.value("type", std::string("?")));
  return base::join(names, ", ");
}

/// What the build of this program says it is.
Json versions_of(const Json& description) { return description.value("versions", Json::object()); }

/// Whether this program can use the group.
bool is_current(const CacheGroupInfo& group, const Json& versions) {
  for (const auto& [name, version] : versions.items()) {
    if (group.value(name) != version) return false;
  }
  return !group.description.empty();
}

/// What is in a group, named as the JSON has it.
Json json_of(const CacheGroupInfo& group, const Json& versions) {
  const base::CacheGroupContent content = base::content_of(group);
  const bool features = group.value("kind") == "features";
  const auto text = [&](const char* name) { return features ? Json(group.value(name)) : Json(); };
  return {{"group", group.path.filename().string()},
          {"kind", group.description.empty() ? "damaged" : group.value("kind")},
          {"network", text("network")},
          {"cut", text("cut")},
          {"pooling", text("pooling")},
          {"precision", text("precision")},
          {"augment", features ? Json(steps(group)) : Json()},
          {"films", features ? Json(content.items) : Json()},
          {"views", features ? Json(content.numbers.size()) : Json()},
          {"records", content.records},
          {"bytes", group.bytes},
          {"last_used", utc(group.used)},
          {"in_use_by", base::users_of(group)},
          {"current", is_current(group, versions)}};
}

std::string text_of(const Json& pids) {
  std::vector<std::string> out;
  for (const Json& pid : pids) out.push_back(pid.dump());
  return base::join(out, " ");
}

int list(const Invocation& in, const std::filesystem::path& folder, const Json& description) {
  const std::vector<CacheGroupInfo> groups = base::cache_groups(folder);
  const Json versions = versions_of(description);
  Json rows = Json::array();
  std::uint64_t bytes = 0;
  for (auto it = groups.rbegin(); it != groups.rend(); ++it) {
    rows.push_back(json_of(*it, versions));
    bytes += it->bytes;
  }
  if (in.format == Format::json) {
    fmt::print("{}\n", Json{{"dir", folder.string()}, {"bytes", bytes}, {"groups", rows}}.dump(2, ' ', false,
                                                                                               config::kAnyBytes));
    return 0;
  }
  store::Table table{{"group", "kind", "network", "cut", "pooling", "precision", "augment", "films", "views", "records",
                      "bytes", "last_used", "in_use_by", "current"}};
  for (Json& row : rows) {
    row["in_use_by"] = text_of(row["in_use_by"]);
    if (in.format == Format::text) {
      row["group"] = row["group"].get<std::string>().substr(0, 8);
      row["bytes"] = base::bytes_text(row["bytes"].get<std::uint64_t>());
      row["current"] = row["current"].get<bool>() ? "yes" : "no: gc drops it";
    }
    std::vector<Json> cells;
    for (const std::string& column : table.columns) cells.push_back(row[column]);
    table.rows.push_back(std::move(cells));
  }
  if (in.format == Format::csv) {
    fmt::print("{}", table.csv());
    return 0;
  }
  fmt::print("{}: {}\n", folder.string(), groups.empty() ? "empty" : base::bytes_text(bytes));
  if (!groups.empty()) fmt::print("{}", table.text());
  return 0;
}

int report(const Invocation& in, const base::Shrunk& shrunk) {
  std::uint64_t bytes = 0;
  for (const CacheGroupInfo& group : shrunk.dropped) bytes += group.bytes;
  Json in_use = Json::array();
  for (const CacheGroupInfo& group : shrunk.kept) {
    for (const int pid : base::users_of(group)) in_use.push_back(pid);
  }
  if (in.format == Format::json) {
    fmt::print("{}\n", Json{{"dropped", shrunk.dropped.size()},
                            {"dropped_bytes", bytes},
                            {"kept", shrunk.kept.size()},
                            {"kept_bytes", shrunk.left},
                            {"in_use_by", in_use}}
                           .dump(2, ' ', false, config::kAnyBytes));
  } else if (in.format == Format::csv) {
    fmt::print("dropped,dropped_bytes,kept,kept_bytes\n{},{},{},{}\n", shrunk.dropped.size(), bytes, shrunk.kept.size(),
               shrunk.left);
  } else {
    fmt::print("dropped {} group(s), {}; kept {}, {}{}\n", shrunk.dropped.size(), base::bytes_text(bytes),
               shrunk.kept.size(), base::bytes_text(shrunk.left),
               in_use.empty() ? "" : "; in use by process " + text_of(in_use));
  }
  return 0;
}

int collect(const Invocation& in, const std::filesystem::path& folder, const Json& description,
            const std::string& bound) {
  const auto most = base::parse_bytes(bound);
  if (!most) {
    throw base::ConfigError(
        {"--max-bytes is '" + bound + "', which is no size", "command line", "write for example --max-bytes 5GiB"});
  }
  const Json versions = versions_of(description);
  return report(in, base::shrink_cache(folder, static_cast<std::uint64_t>(*most),
                                       [&](const CacheGroupInfo& group) { return !is_current(group, versions); }));
}

int clear(const Invocation& in, const std::filesystem::path& folder, bool sure) {
  const std::uint64_t bytes = base::cache_bytes(folder);
  if (!sure && ::isatty(STDIN_FILENO) == 0) {
    throw base::ConfigError({"cache clear asks on a terminal, and this is none", "command line",
                             fmt::format("say it beforehand: {} cache clear --yes", in.program)});
  }
  if (!sure) {
    base::print_err("delete {} in {}? [y/N] ", base::bytes_text(bytes), folder.string());
    std::string answer;
    std::getline(std::cin, answer);
    if (base::lower(base::trim(answer)) != "y" && base::lower(base::trim(answer)) != "yes") return 0;
  }
  return report(in, base::shrink_cache(folder, 0, [](const CacheGroupInfo&) { return true; }));
}

/// The default of `cache.max_bytes`, which the engine wrote down with the components.
std::string default_bound(const Json& description) {
  for (const Json& field : description.at("experiment")) {
    if (field.at("name") == "cache") return field.at("default").at("max_bytes").get<std::string>();
  }
  return "20 GiB";
}

}  // namespace

int command_cache(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(
      in, "ls | gc | clear",
      "Features of frozen networks, kept so that the next run need not compute them. Whatever is taken away\n"
      "is computed again: nothing but time is lost. What a running process uses stays.\n\n"
      "ls     what is there: networks, films, views, bytes, and who uses it\n"
      "gc     drops what other builds or library versions made, then what was used least recently, down to\n"
      "       a bound\n"
      "clear  drops everything; asks first\n\n"
      "examples:\n"
      "  youden cache ls\n"
      "  youden cache gc --max-bytes 5GiB\n"
      "  youden cache clear --yes");
  args.options.add_options()("dir", po::value<std::string>(), "the cache's folder; else results/cache of the project")(
      "max-bytes", po::value<std::string>(), "gc: what may stay; else the default of cache.max_bytes")(
      "yes", "clear: do not ask");
  if (!args.parse(1)) return 0;
  const std::string what = args.first("ls, gc or clear");
  const auto refuse = [&](const char* name, const char* command) {
    if (args.has(name) && what != command) {
      throw base::ConfigError({std::string("--") + name + " is no option of cache " + what, "command line"});
    }
  };
  refuse("max-bytes", "gc");
  refuse("yes", "clear");
  const auto folder = args.has("dir") ? std::filesystem::path(args.values["dir"].as<std::string>())
                                      : config::find_project({}).root / "results" / "cache";
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_directory(folder, error)) {
    throw base::ConfigError({"the cache is a folder; this is a file", folder.string()});
  }
  if (what == "clear") return clear(in, folder, args.has("yes"));
  if (what != "ls" && what != "gc") {
    throw base::ConfigError({"no 'cache " + what + "'", "command line",
                             base::suggestion(what, std::vector<std::string>{"ls", "gc", "clear"})});
  }
  const Json description = load_description();
  if (what == "ls") return list(in, std::filesystem::absolute(folder), description);
  return collect(in, folder, description,
                 args.has("max-bytes") ? args.values["max-bytes"].as<std::string>() : default_bound(description));
}

}  // namespace youden::runner

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "youden/store/labels.hpp"
#include "youden/store/run_ref.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using store::Json;

void print_tags(store::Database& database, std::int64_t run, Format format) {
  const Json tags = store::read_tags(database, run);
  if (format == Format::json) {
    fmt::print("{}\n", Json{{"run", run}, {"tags", tags}}.dump(2, ' ', false, config::kAnyBytes));
    return;
  }
  store::Table table{{"tag", "value"}};
  for (const auto& [name, value] : tags.items()) table.rows.push_back({name, value});
  if (format == Format::csv) {
    fmt::print("{}", table.csv());
  } else if (table.rows.empty()) {
    fmt::print("run {} has no tags\n", run);
  } else {
    fmt::print("{}", table.text());
  }
}

}  // namespace

int command_tag(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(in, "RUN [NAME=VALUE…] [--remove NAME]",
                 "Labels of your own for a run; without any, shows those it has. `show` and `list` print them, and\n"
                 "`list --where` takes them as [tag.NAME], compared as numbers where they are numbers.\n\n"
                 "examples:\n"
                 "  youden tag 7 site=north reader=2\n"
                 "  youden tag @best \"why=the one in the paper\"\n"
                 "  youden tag 7 reader=                        takes it away, as --remove reader does\n"
                 "  youden tag 7\n"
                 "  youden list --where \"[tag.site] = 'north' and [tag.reader] >= 2\"");
  std::vector<std::string> gone;
  args.options.add_options()("remove", po::value(&gone)->value_name("NAME"), "take this tag away; may be repeated");
  if (!args.parse(-1)) return 0;
  const std::string ref = args.first("the run");
  std::vector<std::pair<std::string, std::string>> tags;
  for (std::size_t i = 1; i < args.words.size(); ++i) tags.push_back(store::parse_tag(args.words[i]));
  for (const std::string& name : gone) tags.emplace_back(name, "");
  auto database = store::Database::open_read_only(in.db);
  const auto run = store::find_run(database, ref);
  if (!tags.empty()) {
    auto writable = store::Database::open(in.db);
    store::change_tags(writable, run, tags);
  }
  print_tags(database, run, in.format);
  return 0;
}

}  // namespace youden::runner

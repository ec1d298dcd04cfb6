#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "labels.hpp"
#include "youden/store/run_ref.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using store::Json;

void print_notes(store::Database& database, std::int64_t run, Format format) {
  if (format == Format::json) {
    fmt::print("{}\n", Json{{"run", run}, {"notes", notes_json(database, run)}}.dump(2, ' ', false, config::kAnyBytes));
    return;
  }
  store::Table table{{"note", "created", "text"}};
  for (const store::Note& n : store::read_notes(database, run)) table.rows.push_back({n.id, n.created, n.body});
  if (format == Format::csv) {
    fmt::print("{}", table.csv());
  } else if (table.rows.empty()) {
    fmt::print("run {} has no notes\n", run);
  } else {
    fmt::print("{}", table.text());
  }
}

}  // namespace

int command_note(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(in, "RUN [TEXT… | -] [--remove NOTE]",
                 "Words of your own about a run, with the time; without any, shows those there are, as `show` does.\n"
                 "- reads the text from standard input.\n\n"
                 "examples:\n"
                 "  youden note 7 \"two films of the test set are lateral views\"\n"
                 "  youden note @last - < reading.txt\n"
                 "  youden note 7\n"
                 "  youden note 7 --remove 3");
  std::int64_t gone = 0;
  args.options.add_options()("remove", po::value(&gone)->value_name("NOTE"), "take the note with this number away");
  if (!args.parse(-1)) return 0;
  const std::string ref = args.first("the run");
  std::vector<std::string> words(args.words.begin() + 1, args.words.end());
  std::string text = base::join(words, " ");
  if (text == "-") text.assign(std::istreambuf_iterator<char>(std::cin), {});
  auto database = store::Database::open_read_only(in.db);
  const auto run = store::find_run(database, ref);
  if (!words.empty() || args.has("remove")) {
    auto writable = store::Database::open(in.db);
    if (!words.empty()) store::add_note(writable, run, text);
    if (args.has("remove")) store::remove_note(writable, run, gone);
  }
  print_notes(database, run, in.format);
  return 0;
}

}  // namespace youden::runner

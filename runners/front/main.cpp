#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "front_commands.hpp"
#include "invocation.hpp"
#include "youden/base/error.hpp"
#include "youden/base/log.hpp"
#include "youden/base/streams.hpp"
#include "youden/base/text.hpp"
#include "youden/base/version.hpp"

namespace {

using namespace youden;

const std::map<std::string, runner::CommandFunction> kFront{
    {"init", runner::command_init},
    {"list", runner::command_list},
    {"show", runner::command_show},
    {"tag", runner::command_tag},
    {"note", runner::command_note},
    {"rm", runner::command_rm},
    {"db", runner::command_db},
    {"config", runner::command_config},
    {"cache", runner::command_cache},
    {"compare", runner::command_compare},
    {"evaluate", runner::command_evaluate},
    {"schema", runner::command_schema},
    {"components", runner::command_components},
};

void print_help(const std::string& program) {
  fmt::print("{} — experiments in medical image classification, from YAML to SQLite\n\n", program);
  fmt::print("usage: {} COMMAND … [--db results/youden.db] [--format text|json|csv]\n\n", program);
  for (const auto& c : runner::kCommands) {
    fmt::print("  {:<11} {:<44} {}\n", c.name, c.synopsis, c.summary);
  }
  fmt::print(
      "\nEXP is an experiment file, or run:RUN. RUN is a number, a name, the start of a uid, @last or @best.\n"
      "\nexamples:\n"
      "  {0} train experiments/quickstart.yaml\n"
      "  {0} train experiments/quickstart.yaml train.epochs=5 head.dropout=0.3\n"
      "  {0} list --where \"sensitivity > .9\" --sort specificity\n"
      "  {0} COMMAND --help\n"
      "\nexit codes: 0 done, 1 failed while running, 2 wrong input, 3 a check said no, 130 interrupted (resumable)\n",
      program);
}

/// Replaces this process with the engine beside it, which has torch and OpenCV.
[[noreturn]] void become_engine(char** argv) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string engine = self.string() + "-engine";
  // libgomp's threads burn their core while they wait for one another, which on a machine that others use too makes a
  // small network's training several times slower. It reads this when it is loaded, so only here can it be said.
  ::setenv("GOMP_SPINCOUNT", "2000", 0);
  ::execv(engine.c_str(), argv);
  throw base::ConfigError(
      {"cannot start the engine: " + std::string(std::strerror(errno)), engine, "build or install Youden again"});
}

int run(const runner::Invocation& in, char** argv) {
  const bool wants_help = in.command.empty() || in.command == "help" || in.command == "--help" || in.command == "-h";
  const bool about_help = !in.args.empty() && (in.args[0] == "help" || in.args[0] == "--help" || in.args[0] == "-h");
  if (wants_help && (in.args.empty() || about_help)) {
    print_help(in.program);
    return 0;
  }
  if (in.command == "--version" || in.command == "-V" || in.command == "version") {
    fmt::print("{} {}\n", in.program, base::kVersion);
    return 0;
  }
  if (wants_help) {  // `youden help train` is `youden train --help`
    std::vector<std::string> words{in.program, in.args.front(), "--help"};
    std::vector<char*> again;
    for (std::string& word : words) again.push_back(word.data());
    again.push_back(nullptr);
    return run(runner::parse_invocation(3, again.data()), again.data());
  }
  const runner::CommandInfo* info = runner::find_command(in.command);
  if (info == nullptr) {
    std::vector<std::string> names;
    for (const auto& c : runner::kCommands) names.emplace_back(c.name);
    throw base::ConfigError({"no command '" + in.command + "'", "command line", base::suggestion(in.command, names)});
  }
  // A run on new data takes its models: `evaluate RUN --on DATASET`.
  const bool on_data = in.command == "evaluate" && std::any_of(in.args.begin(), in.args.end(), [](const auto& word) {
                         return word == "--on" || word.starts_with("--on=");
                       });
  if (info->side == runner::Side::engine || on_data) {
    if (!in.args.empty() && !in.args[0].starts_with('-')) runner::require_subcommand(in.command, in.args[0]);
    if (!runner::engine_would_go_on(in)) return 0;
    become_engine(argv);
  }
  return kFront.at(in.command)(in);
}

}  // namespace

int main(int argc, char** argv) {
  base::settle_streams();
  base::log_to_stderr();
  runner::Invocation in;
  try {
    in = runner::parse_invocation(argc, argv);
    return base::finish_output(run(in, argv));
  } catch (const std::exception& e) {
    return base::finish_output(runner::report_error(e, in.format), &e);
  }
}

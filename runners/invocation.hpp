#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "command.hpp"
#include "commands.hpp"
#include "youden/base/error.hpp"
#include "youden/base/home.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/streams.hpp"
#include "youden/base/text.hpp"
#include "youden/config/json.hpp"
#include "youden/config/project.hpp"

namespace youden::runner {

/// Splits `youden COMMAND …` into the command, the shared options (--db, --format) and the rest.
inline Invocation parse_invocation(int argc, char** argv) {
  Invocation in;
  in.program = std::filesystem::path(argv[0]).filename().string();
  if (const char* db = std::getenv("YOUDEN_DB")) in.db = base::expand_home(db);
  std::vector<std::string> words(argv + 1, argv + argc);
  for (std::string& word : words) {  // no shell looks for ~ behind the = of an option
    const std::size_t value = word.starts_with("--") ? word.find('=') : std::string::npos;
    if (value != std::string::npos) word = word.substr(0, value + 1) + base::expand_home(word.substr(value + 1));
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const auto value = [&](const std::string& option) -> std::string {
      if (word.size() > option.size()) return word.substr(option.size() + 1);
      if (i + 1 == words.size()) throw base::ConfigError({option + " needs a value", "command line"});
      return words[++i];
    };
    if (word == "--db" || word.starts_with("--db=")) {
      in.db = base::expand_home(value("--db"));
    } else if (word == "--format" || word.starts_with("--format=")) {
      const std::string name = value("--format");
      if (name != "text" && name != "json" && name != "csv") {
        throw base::ConfigError({"--format is '" + name + "'; it is one of: text, json, csv", "command line"});
      }
      in.format = name == "json" ? Format::json : name == "csv" ? Format::csv : Format::text;
    } else if (in.command.empty()) {
      in.command = word;
    } else {
      in.args.push_back(in.command == "note" ? word : base::expand_home(word));  // a note is words, no path
    }
  }
  if (in.db.empty()) in.db = (config::find_project({}).root / "results" / "youden.db").string();
  return in;
}

/// Throws where `word` is none of the sub-commands that an engine's command has.
inline void require_subcommand(const std::string& command, const std::string& word) {
  const auto known = kSubcommands.find(command);
  if (known == kSubcommands.end()) return;
  const auto& words = known->second;
  if (std::find(words.begin(), words.end(), word) != words.end()) return;
  throw base::ConfigError({"no '" + command + " " + word + "'", "command line", base::suggestion(word, words)});
}

inline const CommandInfo* find_command(const std::string& name) {
  for (const CommandInfo& c : kCommands) {
    if (c.name == name) return &c;
  }
  return nullptr;
}

/// What a failure that no room foresaw means to a person. Memory and what the system refuses are no fault of Youden's.
inline std::string unforeseen(const std::exception& failure) {
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) {
    return "there is not enough memory\n    close other programs, or use smaller batches, fewer threads or a smaller "
           "dataset.size";
  }
  if (dynamic_cast<const std::system_error*>(&failure) != nullptr) {
    return "the system refused: " + std::string(failure.what()) +
           "\n    check that the path is there and may be written, and that TMPDIR names a folder";
  }
  return "unexpected: " + std::string(failure.what()) +
         "\n    this is a fault of Youden's own; please report it with the command line";
}

/// The one document on stdout of a command that failed.
inline std::string error_document(const std::string& text, int code) {
  return config::Json{{"error", text}, {"exit", code}}.dump(2, ' ', false, config::kAnyBytes) + "\n";
}

/// What is said where an interrupt could not wait for the step at hand.
inline void leave_words(const std::string& text, Format format) {
  base::leave_words(
      {.err = (::isatty(STDERR_FILENO) != 0 ? "\r\x1b[K" : "") + base::printable(text, true) + "\n",
       .out = format == Format::json ? error_document(text, static_cast<int>(base::Exit::interrupted)) : ""});
}

/// Says what went wrong, on stderr for people and, with --format json, as the one document on stdout.
inline int report_error(const std::exception& failure, Format format) {
  base::end_in_peace();
  const auto* known = dynamic_cast<const base::Error*>(&failure);
  const int code = known ? known->exit_code() : static_cast<int>(base::Exit::failed);
  if (std::ferror(stdout) != 0) return code;  // the exception is the lost output itself, of which main() speaks
  const std::string text = known ? failure.what() : unforeseen(failure);
  base::print_err("{}{}\n",
                  code == static_cast<int>(base::Exit::interrupted) ? "" : "error: ", base::printable(text, true));
  if (format != Format::json) return code;
  const std::string document = error_document(text, code);
  static_cast<void>(std::fwrite(document.data(), 1, document.size(), stdout));  // main() sees whether it was lost
  return code;
}

}  // namespace youden::runner

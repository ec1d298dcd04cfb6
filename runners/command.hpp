#pragma once
#include <array>
#include <string>
#include <vector>

namespace youden::runner {

enum class Format { text, json, csv };

/// What a command says of itself. The build asks the engine's commands for it, so that the front answers `--help` and
/// misspelt options without loading libtorch.
struct CommandDescription {
  struct Option {
    std::string name;  ///< "jobs,j", as Boost.Program_options writes long and short
    bool takes_value = false;
  };
  std::string synopsis;
  std::string help;
  std::string options_text;  ///< the table that --help prints
  std::vector<Option> options = {};
};

/// Options that all commands share.
inline constexpr std::array kSharedOptions{"--db", "--format"};

/// What every command gets: the words after its name, and the options that all commands share.
struct Invocation {
  std::string program;            ///< as typed: "youden", or a user's own runner
  std::string command;            ///< e.g. "list"
  std::vector<std::string> args;  ///< after the command, without the shared options
  std::string db;                 ///< path of the results database; empty = results/youden.db of the project
  Format format = Format::text;
  CommandDescription* describe = nullptr;  ///< where set, the command fills it and does nothing else
};

/// One command: one .cpp, one function, one row of `commands.hpp`.
using CommandFunction = int (*)(const Invocation&);

}  // namespace youden::runner

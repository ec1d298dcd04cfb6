#pragma once
#include <string>
#include <vector>

namespace youden::runner {

enum class Format { text, json, csv };

/// What every command gets: the words after its name, and the options that all commands share.
struct Invocation {
  std::string program;            ///< as typed: "youden", or a user's own runner
  std::string command;            ///< e.g. "list"
  std::vector<std::string> args;  ///< after the command, without the shared options
  std::string db;                 ///< path of the results database; empty = results/youden.db of the project
  Format format = Format::text;
};

/// One command: one .cpp, one function, one row of `commands.hpp`.
using CommandFunction = int (*)(const Invocation&);

}  // namespace youden::runner

#pragma once
#include <map>
#include <string>
#include <vector>

namespace youden::runner {

enum class Format { text, json, csv };

/// What every command gets: the words after its name, and the options that all commands share.
struct Invocation {
  std::string program;            ///< as typed: "youden", or a user's own runner
  std::string command;            ///< e.g. "list"
  std::vector<std::string> args;  ///< after the command, without the shared options
  std::string db;                 ///< path of the results database
  Format format = Format::text;
};

/// One command: one .cpp, one function, one row of a table in main.cpp (front) or engine.cpp.
struct Command {
  int (*run)(const Invocation&);
  const char* summary;   ///< one line for `youden --help`
  const char* synopsis;  ///< e.g. "list [--where EXPR] [--sort METRIC]"
};

}  // namespace youden::runner

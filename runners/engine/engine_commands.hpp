#pragma once
#include <map>
#include <string>

#include "command.hpp"

namespace youden::runner {

int command_train(const Invocation& in);
int command_resume(const Invocation& in);
int command_rerun(const Invocation& in);
int command_sweep(const Invocation& in);
int command_predict(const Invocation& in);
int command_evaluate(const Invocation& in);
int command_export(const Invocation& in);
int command_report(const Invocation& in);
int command_data(const Invocation& in);
int command_weights(const Invocation& in);
int command_audit(const Invocation& in);

/// For the build: writes what every component says of itself.
int command_describe(const Invocation& in);

inline const std::map<std::string, CommandFunction>& engine_commands() {
  static const std::map<std::string, CommandFunction> all{
      {"train", command_train},     {"resume", command_resume},     {"rerun", command_rerun},
      {"sweep", command_sweep},     {"predict", command_predict},   {"evaluate", command_evaluate},
      {"export", command_export},   {"describe", command_describe}, {"data", command_data},
      {"weights", command_weights}, {"report", command_report},     {"audit", command_audit},
  };
  return all;
}

}  // namespace youden::runner

#include <fmt/format.h>

#include <exception>
#include <map>
#include <string>

#include "engine_commands.hpp"
#include "invocation.hpp"
#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/log.hpp"
#include "youden/base/streams.hpp"

namespace {

using namespace youden;

const std::map<std::string, runner::CommandFunction> kEngine{
    {"train", runner::command_train},     {"resume", runner::command_resume},
    {"rerun", runner::command_rerun},     {"sweep", runner::command_sweep},
    {"predict", runner::command_predict}, {"evaluate", runner::command_evaluate},
    {"export", runner::command_export},   {"describe", runner::command_describe},
    {"data", runner::command_data},       {"weights", runner::command_weights},
    {"report", runner::command_report},   {"audit", runner::command_audit},
};

}  // namespace

int main(int argc, char** argv) {
  base::settle_streams();
  base::log_to_stderr();
  base::watch_interrupts();
  runner::Invocation in;
  try {
    in = runner::parse_invocation(argc, argv);
    const auto it = kEngine.find(in.command);
    if (it == kEngine.end()) {
      throw base::ConfigError(
          {"the engine has no command '" + in.command + "'", "command line", "start it by way of youden"});
    }
    return base::finish_output(it->second(in));
  } catch (const std::exception& e) {
    return base::finish_output(runner::report_error(e, in.format));
  }
}

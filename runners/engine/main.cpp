#include <fmt/format.h>

#include <exception>
#include <string>

#include "engine_commands.hpp"
#include "invocation.hpp"
#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/log.hpp"
#include "youden/base/streams.hpp"

using namespace youden;

int main(int argc, char** argv) {
  base::settle_streams();
  base::log_to_stderr();
  base::watch_interrupts();
  runner::Invocation in;
  try {
    in = runner::parse_invocation(argc, argv);
    runner::leave_words("interrupted", in.format);
    const auto it = runner::engine_commands().find(in.command);
    if (it == runner::engine_commands().end()) {
      throw base::ConfigError(
          {"the engine has no command '" + in.command + "'", "command line", "start it by way of youden"});
    }
    return base::finish_output(it->second(in));
  } catch (const std::exception& e) {
    return base::finish_output(runner::report_error(e, in.format), &e);
  }
}

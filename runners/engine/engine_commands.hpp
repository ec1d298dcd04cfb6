#pragma once
#include "command.hpp"

namespace youden::runner {

int command_train(const Invocation& in);
int command_resume(const Invocation& in);
int command_rerun(const Invocation& in);
int command_predict(const Invocation& in);
int command_export(const Invocation& in);

/// Runs an experiment (a new one, or `resume`), draws its plot, prints its result.
int command_describe(const Invocation& in);

}  // namespace youden::runner

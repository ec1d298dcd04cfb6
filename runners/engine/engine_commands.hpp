#pragma once
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

}  // namespace youden::runner

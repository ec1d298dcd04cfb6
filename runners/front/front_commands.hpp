#pragma once
#include "command.hpp"
#include "youden/config/catalog.hpp"

namespace youden::runner {

int command_init(const Invocation& in);
int command_list(const Invocation& in);
int command_show(const Invocation& in);
int command_tag(const Invocation& in);
int command_note(const Invocation& in);
int command_rm(const Invocation& in);
int command_db(const Invocation& in);
int command_config(const Invocation& in);
int command_components(const Invocation& in);
int command_schema(const Invocation& in);
int command_cache(const Invocation& in);
int command_compare(const Invocation& in);
int command_evaluate(const Invocation& in);

/// The file that the engine wrote beside this program: every component, and the build's versions.
config::Json load_description();
/// What every component says of itself, from that file.
config::Catalog load_catalog();

/// False where `--help` of an engine's command was all that was asked, and printed. Throws on options that the command
/// does not have. What needs libtorch to answer goes on.
bool engine_would_go_on(const Invocation& in);

}  // namespace youden::runner

#pragma once
#include <string>
#include <vector>

#include "command.hpp"

namespace youden::runner {

/// `db merge FILE…`: each file on its own; one that is refused does not keep the others out.
int db_merge(const Invocation& in, const std::vector<std::string>& files);
/// `db export OUT [RUN…]`
int db_export(const Invocation& in, const std::vector<std::string>& words, bool deidentify, bool force);

}  // namespace youden::runner

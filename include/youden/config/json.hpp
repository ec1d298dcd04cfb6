#pragma once
#include <nlohmann/json.hpp>

namespace youden::config {

/// Keys keep the order in which they were described, so that printed documents read like the schema.
using Json = nlohmann::ordered_json;

}  // namespace youden::config

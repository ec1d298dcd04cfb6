#pragma once
#include <nlohmann/json.hpp>

namespace youden::config {

/// Keys keep the order in which they were described, so that printed documents read like the schema.
using Json = nlohmann::ordered_json;

/// For Json::dump: bytes that are no UTF-8 become U+FFFD, so that what is printed is valid JSON whatever was stored.
inline constexpr auto kAnyBytes = Json::error_handler_t::replace;

}  // namespace youden::config

#pragma once
#include <cstddef>
#include <cstdlib>
#include <string>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/base/utf8.hpp"
#include "youden/config/node.hpp"

namespace youden::config {

/// Fills in `${env:NAME}` and `${env:NAME,default}`, the only interpolation, in every value below `n`.
inline void interpolate(Node& n, base::Faults& faults) {
  for (auto& [key, child] : n.entries) interpolate(child, faults);
  for (Node& child : n.items) interpolate(child, faults);
  if (!n.is_scalar()) return;
  for (std::size_t at = n.text.find("${"); at != std::string::npos; at = n.text.find("${", at)) {
    const std::size_t close = n.text.find('}', at);
    const bool env = n.text.compare(at, 6, "${env:") == 0;
    const std::string inner = env && close != std::string::npos ? n.text.substr(at + 6, close - at - 6) : "";
    const auto comma = inner.find(',');
    const std::string name = inner.substr(0, comma);
    if (name.empty()) {
      faults.add("'" + base::excerpt(n.text) + "': only ${env:NAME} and ${env:NAME,default} are filled in", n.where);
      return;
    }
    const char* set = std::getenv(name.c_str());
    if (!set && comma == std::string::npos) {
      faults.add("the environment variable " + name + " is not set", n.where,
                 "set it, or give a default: ${env:" + name + ",value}");
      return;
    }
    const std::string value = set ? set : inner.substr(comma + 1);
    if (base::first_bad_utf8(value)) {
      faults.add("the environment variable " + name + " is not UTF-8 text", n.where);
      return;
    }
    n.text.replace(at, close - at + 1, value);
    at += value.size();
  }
}

}  // namespace youden::config

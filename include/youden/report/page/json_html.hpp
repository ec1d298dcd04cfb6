#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <string>

#include "youden/report/page/html.hpp"

namespace youden::report {

/// JSON as nested lists, for evidence whose shape its writer knows; long lists are cut and say so.
inline std::string json_html(const config::Json& value, int depth = 0) {
  constexpr std::size_t kMost = 20;
  constexpr int kDeepest = 6;
  if (!value.is_structured()) return escape(plain(value));
  if (value.empty()) return "none";
  if (depth == kDeepest) return "<code>" + escape(plain(value)) + "</code>";
  std::string out = value.is_object() ? "<dl>" : "<ul>";
  std::size_t shown = 0;
  for (const auto& [key, child] : value.items()) {
    if (shown++ == kMost) break;
    const std::string html = json_html(child, depth + 1);
    out += value.is_object() ? fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escape(key), html)
                             : "<li>" + html + "</li>";
  }
  out += value.is_object() ? "</dl>" : "</ul>";
  if (value.size() > kMost) out += fmt::format("<p class=\"soft\">… and {} more</p>", value.size() - kMost);
  return out;
}

}  // namespace youden::report

#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "youden/base/utf8.hpp"
#include "youden/config/json.hpp"

namespace youden::report {

/// Text from a database as it may stand between tags and in quoted attributes. Bytes that are no UTF-8 and control
/// characters, which HTML forbids, become U+FFFD.
inline std::string escape(std::string_view text) {
  constexpr const char* kUnknown = "\xEF\xBF\xBD";
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  std::size_t good = base::first_bad_utf8(text).value_or(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == good) {
      out += kUnknown;
      const auto next = base::first_bad_utf8(text.substr(i + 1));
      good = next ? i + 1 + *next : text.size();
      continue;
    }
    const char c = text[i];
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
          out += kUnknown;
        else
          out += c;
    }
  }
  return out;
}

/// JSON as it may stand inside <script>: no tag, comment or entity can begin in it, and no line ends where JavaScript
/// ends lines and JSON does not.
inline std::string script_json(const config::Json& value) {
  const std::string text = value.dump(-1, ' ', false, config::Json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view three = std::string_view(text).substr(i, 3);
    if (c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9") {
      out += three == "\xE2\x80\xA8" ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

/// `<name attributes>content</name>`; content is HTML already.
inline std::string element(std::string_view name, std::string_view attributes, std::string_view content) {
  return fmt::format("<{}{}{}>{}</{}>", name, attributes.empty() ? "" : " ", attributes, content, name);
}
inline std::string paragraph(std::string_view html, std::string_view style_class = {}) {
  return style_class.empty() ? fmt::format("<p>{}</p>\n", html)
                             : fmt::format("<p class=\"{}\">{}</p>\n", style_class, html);
}
/// A part of the page that is read on demand. `prints`: opened for the printer, too.
inline std::string details(std::string_view summary, std::string_view html, bool prints = true) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", prints ? "" : " class=\"screen\"", summary,
                     html);
}

/// A metric's value for people: three decimals, or "undefined".
inline std::string number(const std::optional<double>& value, int decimals = 3) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "undefined";
}
/// Any JSON scalar as text; lists and maps as compact JSON.
inline std::string plain(const config::Json& value) {
  if (value.is_null()) return "–";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return value.dump(-1, ' ', false, config::Json::error_handler_t::replace);
}

}  // namespace youden::report

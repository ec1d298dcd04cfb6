#pragma once
#include <fmt/format.h>
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/config/check.hpp"

namespace youden::config {

namespace detail {

/// In double quotes. JSON leaves DEL, U+0080–9F, U+2028, U+2029 and U+FEFF bare, which YAML does not print or folds.
inline std::string quoted(const std::string& text) {
  std::string out;
  const std::string json = Json(text).dump();
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = std::string_view(json).substr(i);
    const auto second = static_cast<unsigned char>(rest.size() > 1 ? rest[1] : '\0');
    if (rest[0] == '\x7f') {
      out += "\\x7f";
    } else if (rest[0] == '\xC2' && second < 0xA0) {
      out += fmt::format("\\x{:02x}", second);
      i += 1;
    } else if (rest.starts_with("\u2028") || rest.starts_with("\u2029") || rest.starts_with("\uFEFF")) {
      out += rest[0] == '\xEF' ? "\\ufeff" : rest.starts_with("\u2028") ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += rest[0];
    }
  }
  return out;
}

/// A scalar that every YAML reader takes back as it was.
inline std::string yaml_scalar(const Json& value) {
  if (value.is_number_float()) {  // YAML 1.1 takes 1e-07 for text, for want of a point
    std::string number = value.dump();
    const auto e = number.find('e');
    return e != std::string::npos && number.find('.') == std::string::npos ? number.insert(e, ".0") : number;
  }
  if (!value.is_string()) return value.dump();
  const auto& text = value.get_ref<const std::string&>();
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
  const std::string low = base::lower(text);
  const bool reserved = low == "true" || low == "false" || low == "yes" || low == "no" || low == "on" || low == "off" ||
                        low == "null" || low == "y" || low == "n";
  const bool letter_first = !text.empty() && (std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '/');
  const bool plain = letter_first && !reserved && text.find_first_not_of(kPlain) == std::string::npos;
  return plain ? text : quoted(text);
}

inline bool is_flat(const Json& value) {
  return value.is_primitive() ||
         (value.is_array() &&
          std::all_of(value.begin(), value.end(), [](const Json& j) { return j.is_primitive(); })) ||
         (value.is_object() && value.empty());
}

inline std::string yaml_flow(const Json& value) {
  std::string out;
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) {
      out += (out.empty() ? "" : ", ") + yaml_scalar(key) + ": " + yaml_flow(child);
    }
    return "{" + out + "}";
  }
  if (!value.is_array()) return yaml_scalar(value);
  for (const Json& item : value) out += (out.empty() ? "" : ", ") + yaml_flow(item);
  return "[" + out + "]";
}

}  // namespace detail

/// The resolved document as YAML; every value's origin stands beside it as a comment.
inline std::string to_yaml(const Resolved& resolved) {
  std::vector<std::pair<std::string, std::string>> lines;
  const auto emit = [&](auto&& self, const Json& value, const std::string& path, std::size_t depth,
                        std::string lead) -> void {
    for (const auto& [key, child] : value.items()) {
      const std::string full = path.empty() ? key : path + "." + key;
      const std::string head = lead + detail::yaml_scalar(key) + ":";
      lead = std::string(depth * 2, ' ');
      const auto origin = resolved.origins.find(full);
      const std::string comment = origin == resolved.origins.end() ? "" : origin->second;
      if (detail::is_flat(child)) {
        lines.emplace_back(head + " " + detail::yaml_flow(child), comment);
      } else if (child.is_object()) {
        lines.emplace_back(head, "");
        self(self, child, full, depth + 1, std::string((depth + 1) * 2, ' '));
      } else {
        lines.emplace_back(head, comment);
        for (std::size_t i = 0; i < child.size(); ++i) {
          const std::string dash = std::string(depth * 2 + 2, ' ') + "- ";
          const std::string item_path = full + "." + std::to_string(i);
          if (child[i].is_object() && !child[i].empty()) {
            self(self, child[i], item_path, depth + 2, dash);
          } else {
            const auto item_origin = resolved.origins.find(item_path);
            lines.emplace_back(dash + detail::yaml_flow(child[i]),
                               item_origin == resolved.origins.end() ? "" : item_origin->second);
          }
        }
      }
    }
  };
  emit(emit, resolved.config, "", 0, "");
  std::size_t widest = 0;
  for (const auto& [text, comment] : lines) {
    if (!comment.empty()) widest = std::max(widest, std::min<std::size_t>(text.size(), 60));
  }
  std::string out;
  for (const auto& [text, comment] : lines) {
    out += text;
    if (!comment.empty()) out += std::string(text.size() < widest ? widest - text.size() : 0, ' ') + "  # " + comment;
    out += '\n';
  }
  return out;
}

/// Dotted leaf name -> value, as the `param` table stores it: {"head.dropout": 0.5, "augment.steps.0.type": "rotate"}.
inline Json flatten(const Json& config) {
  Json out = Json::object();
  const auto walk = [&](auto&& self, const Json& value, const std::string& path) -> void {
    if (value.is_object() && !value.empty()) {
      for (const auto& [key, child] : value.items()) self(self, child, path.empty() ? key : path + "." + key);
    } else if (value.is_array() && !detail::is_flat(value)) {
      for (std::size_t i = 0; i < value.size(); ++i) self(self, value[i], path + "." + std::to_string(i));
    } else {
      out[path] = value;
    }
  };
  walk(walk, config, "");
  return out;
}

}  // namespace youden::config

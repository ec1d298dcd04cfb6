#pragma once
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include "youden/config/json.hpp"
#include "youden/config/node.hpp"

/// What a scalar of a document means.
namespace youden::config {

inline bool is_null(const Node& n) {
  if (n.is_null()) return true;
  return n.is_scalar() && !n.quoted &&
         (n.text.empty() || n.text == "null" || n.text == "~" || n.text == "Null" || n.text == "NULL");
}

inline std::optional<double> parse_number(const std::string& text) {
  const char* from = text.data();
  const char* to = from + text.size();
  if (from != to && *from == '+') ++from;
  double number = 0;
  const auto [end, error] = std::from_chars(from, to, number);
  if (error != std::errc{} || end != to || !std::isfinite(number)) return {};
  return number;
}

inline std::optional<std::int64_t> exact_whole(const std::string& text) {
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return whole;
}
/// Also 1e3 and 8.0, as far as a double tells whole numbers apart.
inline std::optional<std::int64_t> parse_whole(const std::string& text) {
  if (const auto exact = exact_whole(text)) return exact;
  const auto number = parse_number(text);
  constexpr double kExact = 9007199254740992;  // 2^53
  if (!number || std::floor(*number) != *number || std::abs(*number) > kExact) return {};
  return static_cast<std::int64_t>(*number);
}

/// A scalar without a schema: typed as YAML 1.2's core schema types it.
inline Json untyped(const Node& n) {
  if (is_null(n)) return nullptr;
  if (n.quoted) return n.text;
  if (n.text == "true" || n.text == "false") return n.text == "true";
  if (const auto whole = exact_whole(n.text)) return *whole;
  if (const auto number = parse_number(n.text)) return *number;
  return n.text;
}

}  // namespace youden::config

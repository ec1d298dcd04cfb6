#pragma once
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include "youden/base/error.hpp"

namespace youden::stat {

/// How the operating point is set: `0.5`, `youden` or `sensitivity >= 0.95`.
struct ThresholdRule {
  enum class Kind { fixed, youden, sensitivity };
  Kind kind = Kind::fixed;
  double value = 0.5;  ///< the threshold, or the least sensitivity; unused by youden
  bool operator==(const ThresholdRule&) const = default;
};

namespace detail {

inline std::string_view without_spaces_around(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// A number between 0 and 1 and nothing else (from_chars knows no locale; the comparison refuses nan).
inline bool parse_fraction(std::string_view text, double& into) {
  text = without_spaces_around(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size() && into >= 0 && into <= 1;
}

}  // namespace detail

/// Throws ConfigError at anything but a rule; `where` is its place, for the message.
inline ThresholdRule parse_threshold_rule(std::string_view text, const std::string& where = {}) {
  const std::string_view rule = detail::without_spaces_around(text);
  double value = 0;
  if (rule == "youden") return {ThresholdRule::Kind::youden, 0};
  if (detail::parse_fraction(rule, value)) return {ThresholdRule::Kind::fixed, value};
  constexpr std::string_view kName = "sensitivity";
  if (rule.starts_with(kName)) {
    std::string_view rest = detail::without_spaces_around(rule.substr(kName.size()));
    if (rest.starts_with(">=") && detail::parse_fraction(rest.substr(2), value) && value > 0) {
      return {ThresholdRule::Kind::sensitivity, value};
    }
  }
  throw base::ConfigError({"threshold '" + std::string(text) + "' is no rule", where,
                           "write a probability such as 0.5, or youden, or \"sensitivity >= 0.95\""});
}

/// The rule as one writes it; parsing it gives the rule back.
inline std::string to_text(const ThresholdRule& rule) {
  if (rule.kind == ThresholdRule::Kind::youden) return "youden";
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), rule.value).ptr;
  const std::string value(digits.data(), end);
  return rule.kind == ThresholdRule::Kind::fixed ? value : "sensitivity >= " + value;
}

}  // namespace youden::stat

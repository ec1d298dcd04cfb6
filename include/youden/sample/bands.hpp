#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace youden::sample {

namespace detail {

inline std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// What tables write where they do not know.
inline bool says_unknown(const std::string& text) {
  return text.empty() || text == "NA" || text == "NaN" || text == "nan";
}

inline std::string number_text(double v) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), v).ptr};
}

}  // namespace detail

/// The whole text as a finite number, or nothing.
inline std::optional<double> finite_number(const std::string& text) {
  const auto value = detail::number_of(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

/// A covariate of many numbers, such as age, as the quarters of its own distribution: "34 to 51" holds 34 <= x < 51,
/// the last band its upper end too. Anything else stays as it is, as do up to `most` different numbers. Give whole
/// columns: bands of a part would be others.
inline std::vector<std::string> bands(std::span<const std::string> values, std::size_t most = 10) {
  std::vector<std::string> out(values.begin(), values.end());
  std::vector<double> numbers;
  for (const std::string& v : values) {
    if (detail::says_unknown(v)) continue;
    const auto number = finite_number(v);
    if (!number) return out;
    numbers.push_back(*number);
  }
  if (std::set<double>(numbers.begin(), numbers.end()).size() <= most) return out;
  std::sort(numbers.begin(), numbers.end());
  std::vector<double> borders;
  for (const std::size_t quarter : {0, 1, 2, 3}) borders.push_back(numbers[quarter * numbers.size() / 4]);
  borders.push_back(numbers.back());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  for (std::string& v : out) {
    if (detail::says_unknown(v)) {
      v.clear();
      continue;
    }
    const double x = *detail::number_of(v);
    std::size_t b = 0;
    while (b + 2 < borders.size() && x >= borders[b + 1]) ++b;
    v = detail::number_text(borders[b]) + " to " + detail::number_text(borders[b + 1]);
  }
  return out;
}

}  // namespace youden::sample

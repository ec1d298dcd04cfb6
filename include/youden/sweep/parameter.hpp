#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "youden/config/json.hpp"

namespace youden::sweep {

/// One key of a space, and the values that it may take.
struct Parameter {
  enum class Kind { choice, uniform, log_uniform, integer };

  std::string key;  ///< dotted, as on the command line
  Kind kind = Kind::choice;
  std::vector<config::Json> choices = {};
  double low = 0;
  double high = 0;                             ///< inclusive of an integer, exclusive of the others
  bool whole = false;                          ///< an interval of a key that takes whole numbers only
  std::optional<std::size_t> points = {};      ///< of a grid over an interval
  std::string when = {};                       ///< the key that it depends on; empty = none
  std::vector<config::Json> when_values = {};  ///< those of `when` under which it exists

  /// The value at `u` in [0, 1): equal shares of u for equal shares of the interval (of its logarithm).
  [[nodiscard]] config::Json at(double u) const {
    switch (kind) {
      case Kind::choice: return choices[std::min(choices.size() - 1, index(u, static_cast<double>(choices.size())))];
      case Kind::integer: return static_cast<std::int64_t>(low) + static_cast<std::int64_t>(index(u, high - low + 1));
      case Kind::uniform: return number(low + (high - low) * u);
      case Kind::log_uniform: return number(std::exp(std::log(low) + (std::log(high) - std::log(low)) * u));
    }
    return nullptr;
  }

  /// How many values grid() has, of intervals at most; 0 where it does not know.
  [[nodiscard]] double count() const {
    if (kind == Kind::choice) return static_cast<double>(choices.size());
    if (points) return static_cast<double>(*points);
    return kind == Kind::integer ? high - low + 1 : 0;
  }

  /// Every value of a grid, in order; empty where an interval says not how many `points`.
  [[nodiscard]] std::vector<config::Json> grid() const {
    if (kind == Kind::choice) return choices;
    std::vector<config::Json> out;
    if (kind == Kind::integer && !points) {
      for (auto v = static_cast<std::int64_t>(low); v <= static_cast<std::int64_t>(high); ++v) out.emplace_back(v);
      return out;
    }
    for (std::size_t i = 0; points && i < *points; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(*points - 1);
      config::Json value;
      if (kind == Kind::integer) {
        value = std::llround(low + (high - low) * share);
      } else if (i == 0 || i + 1 == *points) {
        value = whole ? number(i == 0 ? low : high) : config::Json(i == 0 ? low : high);  // the ends as written
      } else {
        value = at(share);
      }
      if (out.empty() || out.back() != value) out.push_back(value);
    }
    return out;
  }

  /// Those that must be valid for all others to be.
  [[nodiscard]] std::vector<config::Json> extremes() const {
    if (kind == Kind::choice) return choices;
    if (kind == Kind::integer) return {static_cast<std::int64_t>(low), static_cast<std::int64_t>(high)};
    return {number(low), number(high)};
  }
  [[nodiscard]] bool finite() const { return kind == Kind::choice || kind == Kind::integer; }

 private:
  /// To twelve digits: 0.0010000000000000002 is another value than the 0.001 of a run that is there already.
  [[nodiscard]] config::Json number(double v) const {
    if (whole) return std::llround(v);
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), v, std::chars_format::general, 12).ptr;
    double rounded = v;
    std::from_chars(digits.data(), end, rounded);
    return rounded;
  }
  static std::size_t index(double u, double n) { return static_cast<std::size_t>(u * n); }
};

}  // namespace youden::sweep

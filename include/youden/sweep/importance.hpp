#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/config/json.hpp"

namespace youden::sweep {

/// The trials that took one value of a parameter, or values of one fifth of its range of trials.
struct Level {
  std::string text;  ///< the value, or `low to high`
  std::size_t n = 0;
  double mean = 0;
  double best = 0;
};

struct Importance {
  std::string key;
  /// Share of the objective's variance that the parameter explains by itself: ω² (Hays 1963), which corrects for chance
  /// as η² does not; at least 0. Empty: too few trials, or all alike.
  std::optional<double> share = {};
  std::vector<Level> levels = {};
};

namespace detail {

/// Values -> levels: each by itself where there are few, else five of equal size in the order of the values.
inline std::vector<std::pair<std::string, std::vector<double>>> levels(
    std::vector<std::pair<config::Json, double>> trials) {
  constexpr std::size_t kFew = 8;
  constexpr std::size_t kBins = 5;
  std::map<std::string, std::vector<double>> by_value;
  for (const auto& [value, y] : trials) by_value[value.dump()].push_back(y);
  const bool numbers = std::all_of(trials.begin(), trials.end(), [](const auto& t) { return t.first.is_number(); });
  if (numbers) {
    std::stable_sort(trials.begin(), trials.end(), [](const auto& a, const auto& b) {
      return a.first.template get<double>() < b.first.template get<double>();
    });
  }
  std::vector<std::pair<std::string, std::vector<double>>> out;
  const auto text = [](const config::Json& v) {
    if (v.is_number_float()) return fmt::format("{:.4g}", v.get<double>());
    return v.is_string() ? v.get<std::string>() : v.dump();
  };
  if (by_value.size() <= kFew || !numbers) {
    for (const auto& [value, y] : trials) {
      const std::string name = text(value);
      const auto it = std::find_if(out.begin(), out.end(), [&](const auto& l) { return l.first == name; });
      (it == out.end() ? out.emplace_back(name, std::vector<double>{}) : *it).second.push_back(y);
    }
    return out;
  }
  for (std::size_t b = 0; b < kBins; ++b) {
    const std::size_t from = b * trials.size() / kBins;
    const std::size_t to = (b + 1) * trials.size() / kBins;
    if (from == to) continue;
    out.emplace_back(text(trials[from].first) + " to " + text(trials[to - 1].first), std::vector<double>{});
    for (std::size_t i = from; i < to; ++i) out.back().second.push_back(trials[i].second);
  }
  return out;
}

inline double mean(const std::vector<double>& y) {
  double sum = 0;
  for (const double v : y) sum += v;
  return sum / static_cast<double>(y.size());
}

}  // namespace detail

/// How much one parameter matters: `trials` are its value and the objective of each trial that has it.
inline Importance importance(const std::string& key, const std::vector<std::pair<config::Json, double>>& trials,
                             bool maximised) {
  Importance out{.key = key};
  std::vector<double> all;
  for (const auto& [value, y] : trials) all.push_back(y);
  if (all.empty()) return out;
  const double centre = detail::mean(all);
  double between = 0;
  double within = 0;
  const auto levels = detail::levels(trials);
  for (const auto& [text, y] : levels) {
    const double own = detail::mean(y);
    between += static_cast<double>(y.size()) * (own - centre) * (own - centre);
    for (const double v : y) within += (v - own) * (v - own);
    out.levels.push_back({text, y.size(), own,
                          maximised ? *std::max_element(y.begin(), y.end()) : *std::min_element(y.begin(), y.end())});
  }
  const auto n = static_cast<double>(all.size());
  const auto k = static_cast<double>(levels.size());
  if (k < 2 || n <= k || between + within <= 0) return out;
  const double noise = within / (n - k);
  out.share = std::max(0.0, (between - (k - 1) * noise) / (between + within + noise));
  return out;
}

}  // namespace youden::sweep

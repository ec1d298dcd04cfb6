#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/predictability.hpp"
#include "youden/audit/subject.hpp"
#include "youden/sample/bands.hpp"

namespace youden::audit {

/// Standardised difference between two groups, with the standard error of Hedges & Olkin (1985, p. 86).
struct StandardisedDifference {
  double value = 0;
  double error = 0;
  /// Beyond 0.1, the usual mark of imbalance (Austin 2009, doi:10.1002/sim.3697), also at the near end of its interval.
  [[nodiscard]] bool notable() const { return std::abs(value) - 1.96 * error > 0.1; }
};

namespace detail {

inline std::optional<StandardisedDifference> standardised(double difference, double variance_a, double variance_b,
                                                          double n_a, double n_b) {
  if (n_a < 2 || n_b < 2) return {};
  const double spread = std::sqrt((variance_a + variance_b) / 2);
  if (spread == 0 && difference != 0) return {};  // no two values differ within a group: the scale is undefined
  const double d = spread > 0 ? difference / spread : 0;
  return StandardisedDifference{d, std::sqrt((n_a + n_b) / (n_a * n_b) + d * d / (2 * (n_a + n_b)))};
}

}  // namespace detail

/// (mean a − mean b) / √((s²a + s²b) / 2), denominators n − 1. Empty for fewer than two values in a group.
inline std::optional<StandardisedDifference> mean_difference(const std::vector<double>& a,
                                                             const std::vector<double>& b) {
  const auto moments = [](const std::vector<double>& v) {
    double mean = 0;
    for (const double x : v) mean += x / static_cast<double>(v.size());
    double square = 0;
    for (const double x : v) square += (x - mean) * (x - mean);
    return std::pair{mean, square / (static_cast<double>(v.size()) - 1)};
  };
  if (a.size() < 2 || b.size() < 2) return {};
  const auto [mean_a, var_a] = moments(a);
  const auto [mean_b, var_b] = moments(b);
  return detail::standardised(mean_a - mean_b, var_a, var_b, static_cast<double>(a.size()),
                              static_cast<double>(b.size()));
}

/// The same of shares: (p_a − p_b) / √((p_a q_a + p_b q_b) / 2).
inline std::optional<StandardisedDifference> share_difference(double k_a, double n_a, double k_b, double n_b) {
  if (n_a < 2 || n_b < 2) return {};
  const double a = k_a / n_a;
  const double b = k_b / n_b;
  return detail::standardised(a - b, a * (1 - a), b * (1 - b), n_a, n_b);
}

namespace detail {

/// One covariate as the manifest has it: numbers, or text with few different values.
struct Covariate {
  std::string name;
  bool numeric = true;
  std::map<std::size_t, double> numbers = {};     ///< sample -> value
  std::map<std::size_t, std::string> texts = {};  ///< sample -> value
  std::set<std::string> levels = {};

  [[nodiscard]] bool known(std::size_t i) const { return numeric ? numbers.contains(i) : texts.contains(i); }
};

inline std::vector<Covariate> covariates_of(const Subject& s) {
  std::map<std::string, Covariate> by_name;
  for (std::size_t i = 0; i < s.samples().size(); ++i) {
    for (const auto& [name, value] : s.samples()[i].covariates.items()) {
      if (value.is_null() || value == "") continue;
      Covariate& c = by_name.try_emplace(name, Covariate{name}).first->second;
      // Tables hold numbers as text.
      const auto number = value.is_number()   ? std::optional(value.get<double>())
                          : value.is_string() ? sample::finite_number(value.get_ref<const std::string&>())
                                              : std::nullopt;
      if (number) {
        c.numbers[i] = *number;
      } else {
        c.numeric = false;
      }
      c.texts[i] = value.is_string() ? value.get<std::string>() : value.dump();
      c.levels.insert(c.texts[i]);
    }
  }
  constexpr std::size_t kMostLevels = 12;  // names, dates and comments are no covariates
  std::vector<Covariate> out;
  for (auto& [name, c] : by_name) {
    if (c.numeric || c.levels.size() <= kMostLevels) out.push_back(std::move(c));
  }
  return out;
}

/// What is known in at least half of each class: elsewhere "known" would be the covariate.
inline bool known_in_every_class(const Subject& s, const Covariate& c) {
  std::vector<std::size_t> known(s.classes.size());
  std::vector<std::size_t> all(s.classes.size());
  for (std::size_t i = 0; i < s.samples().size(); ++i) {
    const auto cls = static_cast<std::size_t>(s.labels[i]);
    ++all[cls];
    known[cls] += c.known(i) ? 1 : 0;
  }
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (2 * known[k] < all[k]) return false;
  }
  return true;
}

/// One class against the rest.
inline config::Json describe(const Subject& s, const Covariate& c, int cls, bool& notable, std::string& worst) {
  const auto told = [&](const std::string& name, const std::optional<StandardisedDifference>& d) {
    if (d && d->notable()) {
      notable = true;
      worst += fmt::format("{}{} {:+.2f}", worst.empty() ? "" : ", ", name, d->value);
    }
    return d ? config::Json(d->value) : config::Json();
  };
  if (c.numeric) {
    std::vector<double> own, others;
    for (const auto& [i, value] : c.numbers) (s.labels[i] == cls ? own : others).push_back(value);
    const auto mean = [](const std::vector<double>& v) {
      double sum = 0;
      for (const double x : v) sum += x;
      return v.empty() ? config::Json() : config::Json(sum / static_cast<double>(v.size()));
    };
    return {
        {"mean", mean(own)}, {"mean_others", mean(others)}, {"difference", told(c.name, mean_difference(own, others))}};
  }
  config::Json out = config::Json::object();
  double n_own = 0;
  double n_others = 0;
  for (const auto& [i, value] : c.texts) (s.labels[i] == cls ? n_own : n_others) += 1;
  for (const std::string& level : c.levels) {
    double own = 0;
    double others = 0;
    for (const auto& [i, value] : c.texts) {
      if (value == level) (s.labels[i] == cls ? own : others) += 1;
    }
    out[level] = {{"share", n_own > 0 ? config::Json(own / n_own) : config::Json()},
                  {"share_others", n_others > 0 ? config::Json(others / n_others) : config::Json()},
                  {"difference", told(c.name + " " + level, share_difference(own, n_own, others, n_others))}};
  }
  return out;
}

}  // namespace detail

/// Whether the classes differ in age, sex, view and what else is known of each film, and whether that alone would do.
inline Finding covariate_balance(const Subject& s) {
  Finding f{.rule = "covariate-imbalance", .text = {}};
  Traits traits;
  std::vector<const detail::Covariate*> used;
  config::Json told = config::Json::object();
  config::Json unknown = config::Json::array();
  bool notable = false;
  std::string worst;
  const auto covariates = detail::covariates_of(s);
  for (const auto& c : covariates) {
    if (!detail::known_in_every_class(s, c)) {
      unknown.push_back(c.name);
      continue;
    }
    used.push_back(&c);
    for (const int cls : s.asked()) {
      told[c.name][s.classes[static_cast<std::size_t>(cls)]] = detail::describe(s, c, cls, notable, worst);
    }
    if (c.numeric) {
      std::vector<double> values(s.samples().size());
      for (const auto& [i, value] : c.numbers) values[i] = value;
      traits.add(c.name, std::move(values));
      continue;
    }
    for (const std::string& level : c.levels) {
      std::vector<double> is(s.samples().size());
      for (const auto& [i, value] : c.texts) is[i] = value == level ? 1 : 0;
      traits.add(c.name + " " + level, std::move(is));
    }
  }
  f.evidence = {{"covariates", told}, {"unknown_in_a_class", unknown}};
  if (used.empty()) {
    f.severity = Severity::warn;
    f.evidence["unverifiable"] = true;
    f.text = "unverifiable: neither age, sex nor view is known for films of every class";
    return f;
  }
  std::vector<std::size_t> complete;
  for (std::size_t i = 0; i < s.samples().size(); ++i) {
    if (std::all_of(used.begin(), used.end(), [&](const auto* c) { return c->known(i); })) complete.push_back(i);
  }
  const Predictability p = predictability(s, traits, complete);
  f.value = p.auc.value;
  f.evidence["auc"] = p.json();
  if (notable || p.severity() != Severity::pass) f.severity = Severity::warn;
  std::string names;
  for (const auto* c : used) names += (names.empty() ? "" : ", ") + c->name;
  f.text = fmt::format("{} alone tell{} {}: {}", names, used.size() == 1 ? "s" : "",
                       p.of.empty() ? "the label" : "'" + p.of + "'", auc_text(p.auc));
  if (!worst.empty()) f.text += "; standardised differences: " + worst;
  return f;
}

}  // namespace youden::audit

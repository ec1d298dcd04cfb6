#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/predictability.hpp"
#include "youden/audit/subject.hpp"

namespace youden::audit {

/// Cramér's V of a table of counts, rows by columns: 0 = independent, 1 = one tells the other. Empty where a margin has
/// one entry only. (Cramér, Mathematical Methods of Statistics, 1946, 21.4: √(χ² / (n · (min(r, c) − 1))).)
inline std::optional<double> cramers_v(const std::vector<std::vector<double>>& counts) {
  std::vector<double> row(counts.size());
  std::vector<double> column(counts.empty() ? 0 : counts[0].size());
  double n = 0;
  for (std::size_t r = 0; r < row.size(); ++r) {
    for (std::size_t c = 0; c < column.size(); ++c) {
      row[r] += counts[r][c];
      column[c] += counts[r][c];
      n += counts[r][c];
    }
  }
  const auto used = [](const std::vector<double>& margin) {
    return std::count_if(margin.begin(), margin.end(), [](double v) { return v > 0; });
  };
  const auto degrees = std::min(used(row), used(column)) - 1;
  if (degrees < 1) return {};
  double chi2 = 0;
  for (std::size_t r = 0; r < row.size(); ++r) {
    for (std::size_t c = 0; c < column.size(); ++c) {
      const double expected = row[r] * column[c] / n;
      if (expected > 0) chi2 += (counts[r][c] - expected) * (counts[r][c] - expected) / expected;
    }
  }
  return std::min(1.0, std::sqrt(chi2 / (n * static_cast<double>(degrees))));
}

/// Whether knowing the hospital or collection is knowing the label. A network that recognises the scanner then seems to
/// recognise the disease.
inline Finding source_confounding(const Subject& s) {
  Finding f{.rule = "source-confounding", .text = {}};
  std::map<std::string, std::vector<std::size_t>> films;
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < s.samples().size(); ++i) {
    if (s.samples()[i].source.empty()) continue;
    films[s.samples()[i].source].push_back(i);
    known.push_back(i);
  }
  f.evidence = {{"sources", films.size()}, {"without_source", s.samples().size() - known.size()}};
  if (films.empty()) {
    f.severity = Severity::warn;
    f.evidence["unverifiable"] = true;
    f.text = "unverifiable: the dataset names no sources (hospital, collection)";
    return f;
  }
  if (films.size() == 1) {
    f.text = "all films are of one source, '" + films.begin()->first + "'";
    return f;
  }
  std::vector<std::vector<double>> counts;
  Traits traits;
  config::Json given = config::Json::object();
  bool each_pure = true;
  for (const auto& [source, members] : films) {
    auto& row = counts.emplace_back(s.classes.size());
    std::vector<double> is_of(s.samples().size());
    for (const std::size_t i : members) {
      row[static_cast<std::size_t>(s.labels[i])] += 1;
      is_of[i] = 1;
    }
    const double most = *std::max_element(row.begin(), row.end());
    each_pure &= members.size() >= 5 && most == static_cast<double>(members.size());
    if (members.size() > 1) traits.add(source, std::move(is_of));
    config::Json shares = config::Json::object();
    for (std::size_t c = 0; c < row.size(); ++c) {
      shares[s.classes[c]] = {{"films", row[c]}, {"share", row[c] / static_cast<double>(members.size())}};
    }
    given[source] = std::move(shares);
  }
  const auto v = cramers_v(counts);
  const Predictability p = predictability(s, traits, known);
  f.value = p.auc.value;
  f.severity = each_pure ? Severity::fail : p.severity();
  f.evidence["cramers_v"] = v ? config::Json(*v) : config::Json();
  f.evidence["auc"] = p.json();
  f.evidence["label_given_source"] = std::move(given);
  f.text = fmt::format("the source alone tells {}: {}, Cramér's V {}", p.of.empty() ? "the label" : "'" + p.of + "'",
                       auc_text(p.auc), v ? fmt::format("{:.2f}", *v) : "undefined");
  if (each_pure) {
    f.text += "; every source has films of one class only";
  } else if (f.severity != Severity::pass) {
    f.text += "; test on a source that was not trained on";
  }
  return f;
}

}  // namespace youden::audit

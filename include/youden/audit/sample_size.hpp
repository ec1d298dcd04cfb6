#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/subject.hpp"
#include "youden/sample/part.hpp"
#include "youden/stat/precision_of_n.hpp"

namespace youden::audit {

/// How precisely the held-out part can tell a sensitivity or specificity of `kPlanned`, before anything is trained.
/// Patients are counted where they are known: films of one patient are not independent.
inline Finding sample_size(const Subject& s) {
  constexpr double kPlanned = 0.9;
  Finding f{.rule = "sample-size", .text = {}};
  sample::Part part = sample::Part::unused;
  for (const sample::Part wanted : sample::kHeldOut) {
    const auto holds = [&](const data::Fold& fold) {
      return std::find(fold.begin(), fold.end(), wanted) != fold.end();
    };
    if (part == sample::Part::unused && std::any_of(s.folds.begin(), s.folds.end(), holds)) part = wanted;
  }
  if (part == sample::Part::unused) {
    f.severity = Severity::warn;
    f.text = "nothing is held out: no number of this run says anything about other patients";
    return f;
  }
  const std::int64_t needed = stat::samples_for(kPlanned);
  const bool patients = s.manifest.has_patients();
  f.evidence = {{"part", sample::name_of(part)},
                {"assumed", kPlanned},
                {"half_width_wanted", stat::kClaimHalfWidth},
                {"needed", needed},
                {"unit", patients ? "patient" : "film"},
                {"classes", config::Json::object()}};
  double widest = 0;
  std::string smallest;
  std::size_t fewest = 0;
  const std::vector<std::string> who = s.manifest.units();
  for (std::size_t c = 0; c < s.classes.size(); ++c) {
    std::set<std::string> units;
    std::size_t films = 0;
    std::set<std::size_t> counted;
    for (const data::Fold& fold : s.folds) {
      for (std::size_t i = 0; i < fold.size(); ++i) {
        if (fold[i] != part || s.labels[i] != static_cast<int>(c) || !counted.insert(i).second) continue;
        ++films;
        units.insert(who[i]);
      }
    }
    const auto n = static_cast<double>(units.size());
    const double half = units.empty() ? 0.5 : stat::half_width(kPlanned, n);
    const auto interval = units.empty() ? stat::Interval{0, 1} : stat::clopper_pearson(kPlanned * n, n);
    f.evidence["classes"][s.classes[c]] = {{"films", films},
                                           {"units", units.size()},
                                           {"half_width", half},
                                           {"low", interval.low},
                                           {"high", interval.high}};
    if (!smallest.empty() && half <= widest) continue;
    widest = half;
    fewest = units.size();
    smallest = fmt::format("{} {} of '{}' in the {} part would know a rate of {:.0f} % to [{:.2f}, {:.2f}]",
                           units.size(), patients ? "patients" : "films", s.classes[c], sample::name_of(part),
                           100 * kPlanned, interval.low, interval.high);
  }
  f.value = widest;
  if (static_cast<std::int64_t>(fewest) < needed) {
    f.severity = Severity::warn;
    f.text = fmt::format("too small to claim: {}; ±5 % takes {}", smallest, needed);
  } else {
    f.text = smallest;
  }
  return f;
}

}  // namespace youden::audit

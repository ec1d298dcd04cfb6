#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/subject.hpp"
#include "youden/base/error.hpp"
#include "youden/data/apportion.hpp"
#include "youden/stat/clustered_auc.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/logistic_regression.hpp"

namespace youden::audit {

/// A few numbers about each sample, from which a label should not be guessable.
struct Traits {
  std::vector<std::string> names = {};
  std::vector<std::vector<double>> columns = {};  ///< one value a sample of the manifest

  void add(std::string name, std::vector<double> values) {
    names.push_back(std::move(name));
    columns.push_back(std::move(values));
  }
};

/// How well traits alone tell a class from the rest on patients that the model has not seen.
struct Predictability {
  stat::Estimate auc = {};
  std::string of = {};  ///< the class that they tell best
  std::size_t films = 0;
  std::size_t patients = 0;
  int folds = 0;  ///< 0 = too few patients of a class to divide

  /// Fails where the labels are surely better than guessed; warns where they are better than by chance, or nearly
  /// perfect though too few to be sure.
  [[nodiscard]] Severity severity() const {
    if (!auc.value) return Severity::pass;
    const double low = auc.low.value_or(0);
    if (low > 0.6) return Severity::fail;
    return low > 0.5 || *auc.value >= 0.8 ? Severity::warn : Severity::pass;
  }
  [[nodiscard]] config::Json json() const {
    const auto number = [](const std::optional<double>& v) { return v ? config::Json(*v) : config::Json(); };
    return {{"value", number(auc.value)},
            {"low", number(auc.low)},
            {"high", number(auc.high)},
            {"method", auc.method},
            {"class", of},
            {"films", films},
            {"patients", patients},
            {"folds", folds}};
  }
};

namespace detail {

/// The fold of each chosen sample (−1 elsewhere) and their number: 5 where every class has as many patients. Whole
/// patients, each class in proportion.
inline std::pair<std::vector<int>, int> folds_of(const Subject& s, const std::vector<std::size_t>& chosen) {
  const std::vector<std::string> units = s.manifest.units();
  std::vector<std::set<std::string>> patients(s.classes.size());
  for (const std::size_t i : chosen) patients[static_cast<std::size_t>(s.labels[i])].insert(units[i]);
  std::size_t most = 5;
  for (const auto& of_class : patients) most = std::min(most, of_class.size());
  for (std::size_t k = most; k >= 2; --k) {
    std::vector<std::string> names(k, "fold");
    try {
      const data::Apportion apportion(s.manifest, chosen, {.seed = 0, .common = {}, .classes = s.classes});
      return {apportion.divide(std::vector<double>(k, 1.0 / static_cast<double>(k)), names, 0), static_cast<int>(k)};
    } catch (const base::DataError&) {  // patients with films of two classes may leave a fold without one
    }
  }
  return {{}, 0};
}

/// Held-out logits of one class against the rest. Columns are standardised as the other folds have them; one that
/// does not vary there is left out.
inline std::vector<double> held_out_logits(const Subject& s, const Traits& traits,
                                           const std::vector<std::size_t>& chosen, const std::vector<int>& fold,
                                           int folds, int cls) {
  std::vector<double> out(chosen.size());
  for (int f = 0; f < folds; ++f) {
    std::vector<std::size_t> fit;
    for (const std::size_t i : chosen) {
      if (fold[i] != f) fit.push_back(i);
    }
    struct Scale {
      std::size_t column;
      double mean, sd;
    };
    std::vector<Scale> scales;
    for (std::size_t c = 0; c < traits.columns.size(); ++c) {
      double mean = 0;
      for (const std::size_t i : fit) mean += traits.columns[c][i] / static_cast<double>(fit.size());
      double variance = 0;
      for (const std::size_t i : fit) {
        variance += (traits.columns[c][i] - mean) * (traits.columns[c][i] - mean) / static_cast<double>(fit.size());
      }
      if (variance > 1e-18) scales.push_back({c, mean, std::sqrt(variance)});
    }
    const auto row = [&](std::size_t i, std::vector<double>& rows) {
      for (const Scale& k : scales) rows.push_back((traits.columns[k.column][i] - k.mean) / k.sd);
    };
    std::vector<double> rows;
    std::vector<std::uint8_t> y;
    for (const std::size_t i : fit) {
      row(i, rows);
      y.push_back(s.labels[i] == cls ? 1 : 0);
    }
    const auto model = stat::LogisticRegression::fit(rows, y, scales.size());
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      if (fold[chosen[k]] != f) continue;
      std::vector<double> x;
      row(chosen[k], x);
      out[k] = model.logit(x);
    }
  }
  return out;
}

}  // namespace detail

/// By a ridge logistic regression, cross-validated by patient. `chosen`: samples whose traits are known. Of several
/// classes, the one that is told best.
inline Predictability predictability(const Subject& s, const Traits& traits, const std::vector<std::size_t>& chosen) {
  Predictability out{.films = chosen.size()};
  const std::vector<std::string> units = s.manifest.units();
  std::set<std::string> patients;
  for (const std::size_t i : chosen) patients.insert(units[i]);
  out.patients = patients.size();
  const auto [fold, folds] = detail::folds_of(s, chosen);
  if (folds == 0 || traits.columns.empty()) return out;
  out.folds = folds;
  std::vector<std::string> cluster;
  std::vector<int> stratum;
  for (const std::size_t i : chosen) {
    cluster.push_back(units[i]);
    stratum.push_back(fold[i]);
  }
  for (const int cls : s.asked()) {
    const auto logits = detail::held_out_logits(s, traits, chosen, fold, folds, cls);
    std::vector<std::uint8_t> positive;
    for (const std::size_t i : chosen) positive.push_back(s.labels[i] == cls ? 1 : 0);
    stat::Estimate auc = stat::clustered_auc(positive, logits, cluster, stratum);
    if (out.auc.value && auc.low.value_or(0) <= out.auc.low.value_or(0)) continue;
    out.auc = std::move(auc);
    out.of = s.classes[static_cast<std::size_t>(cls)];
  }
  return out;
}

/// `AUC 0.912 [0.853, 0.949]`.
inline std::string auc_text(const stat::Estimate& e) {
  if (!e.value) return "AUC undefined";
  std::string out = fmt::format("AUC {:.3f}", *e.value);
  return e.low && e.high ? out + fmt::format(" [{:.3f}, {:.3f}]", *e.low, *e.high) : out;
}

}  // namespace youden::audit

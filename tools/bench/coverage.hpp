#pragma once
#include <atomic>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/evaluate/assessment.hpp"

// How often an interval holds the truth. Two classes: scores are x = ±d/2 + noise of variance 1, with probability
// expit(d x): at prevalence ½ these are calibrated, and every truth is an integral. Three: a film's own class scores d
// above the others, probabilities are their softmax, and truths those of a sample of 600,000.
namespace youden::bench {

struct Scenario {
  int patients = 100;  ///< of each class, or of the positive one
  int negatives = 1;   ///< patients of the other class to each of these
  int films = 1;       ///< at most, of a patient; 1 + below(films) are drawn
  double auc = 0.9;
  double agreement = 0;  ///< correlation of the noise of a patient's films
  /// Classes drawn with probability ½, as they come to a hospital, not fixed in number. Calibration in the large is
  /// about how many come, so that its interval would hold too often where the number is fixed.
  bool cohort = false;
  int folds = 1;            ///< their patients in turn, scored on one scale
  int classes = 2;          ///< 3: averages over classes
  bool selectable = false;  ///< the intervals that are not the default
};

/// Of one metric's interval.
struct Coverage {
  int simulations = 0;
  int claimed = 0;  ///< with an interval
  int held = 0;
  int below = 0;  ///< the truth lay below it
  double width = 0;

  [[nodiscard]] double share() const { return static_cast<double>(held) / claimed; }
};

inline double distance_of(double auc) {
  return std::sqrt(2.0) * boost::math::quantile(boost::math::normal(), auc);  // AUC = Φ(d / √2)
}

/// What each metric estimates, where positives have this share of the films.
inline std::map<std::string, double> truths_of_two(double auc, double share) {
  const double d = distance_of(auc);
  const auto above = [](double x) { return 0.5 * std::erfc(x / std::sqrt(2.0)); };
  const auto density = [](double x) { return std::exp(-x * x / 2) / std::sqrt(2 * M_PI); };
  const auto expit = [](double x) { return 1 / (1 + std::exp(-x)); };
  const double se = above(-d / 2);
  const double sp = se;
  double average_precision = 0;
  double brier = 0;
  double log_loss = 0;
  constexpr double kStep = 1e-3;
  for (double x = -14; x <= 14; x += kStep) {
    const double positives = above(x - d / 2);
    average_precision +=
        kStep * density(x - d / 2) * share * positives / (share * positives + (1 - share) * above(x + d / 2));
    const double p = expit(d * x);
    for (const bool positive : {true, false}) {
      const double weight = kStep * density(positive ? x - d / 2 : x + d / 2) * (positive ? share : 1 - share);
      brier += weight * (positive ? (1 - p) * (1 - p) : p * p);
      log_loss += weight * std::log1p(std::exp(positive ? -d * x : d * x));
    }
  }
  const double ppv = se * share / (se * share + (1 - sp) * (1 - share));
  const double npv = sp * (1 - share) / (sp * (1 - share) + (1 - se) * share);
  const double called = se * share + (1 - sp) * (1 - share);
  const double chance = called * share + (1 - called) * (1 - share);
  const auto ppv_at = [&](double prevalence) {
    return se * prevalence / (se * prevalence + (1 - sp) * (1 - prevalence));
  };
  constexpr double kThreshold = 0.2;
  const double cut = std::log(kThreshold / (1 - kThreshold)) / d;
  return {
      {"sensitivity", se},
      {"specificity", sp},
      {"accuracy", se},
      {"ppv", ppv},
      {"npv", npv},
      {"ppv_at_0.05", ppv_at(0.05)},
      {"npv_at_0.05", 1 - (1 - se) * 0.05 / ((1 - se) * 0.05 + sp * 0.95)},
      {"youden_j", se + sp - 1},
      {"balanced_accuracy", se},
      {"lr_positive", se / (1 - sp)},
      {"lr_negative", (1 - se) / sp},
      {"f1", 2 * se * ppv / (se + ppv)},
      {"mcc", (se + sp - 1) * std::sqrt(share * (1 - share) / (called * (1 - called)))},
      {"kappa", (se - chance) / (1 - chance)},  // se = sp, so that it is the accuracy
      {"auc", auc},
      {"average_precision", average_precision},
      {"brier", brier},
      {"log_loss", log_loss},
      {"net_benefit", above(cut - d / 2) * share - above(cut + d / 2) * (1 - share) * kThreshold / (1 - kThreshold)},
      {"calibration_slope", 1},
      {"calibration_intercept", 0}};
}

inline evaluate::ScoredTable draw_three(const Scenario& s, std::uint64_t number) {
  base::Stream stream({.seed = number, .purpose = "coverage-3"});
  evaluate::ScoredTable table{.classes = {"a", "b", "c"}};
  for (int g = 0; g < 3 * s.patients; ++g) {
    const int c = g / s.patients;
    table.truth.push_back(c);
    std::vector<double> e(3);
    for (int k = 0; k < 3; ++k) e[static_cast<std::size_t>(k)] = std::exp(stream.normal() + (k == c ? 1.5 : 0));
    for (const double x : e) table.score.push_back(x / (e[0] + e[1] + e[2]));
  }
  return table;
}

inline evaluate::ScoredTable draw(const Scenario& s, std::uint64_t number) {
  if (s.classes == 3) return draw_three(s, number);
  const double d = distance_of(s.auc);
  base::Stream stream({.seed = number, .purpose = "coverage"});
  evaluate::ScoredTable table{.classes = {"sick", "well"}, .positive = 0};
  for (int half = 0; half < 2; ++half) {
    for (int g = 0; g < s.patients * (half == 0 ? 1 : s.negatives); ++g) {
      const int c = s.cohort ? static_cast<int>(stream.below(2)) : half;
      const double own = std::sqrt(s.agreement) * stream.normal();
      const int films = 1 + static_cast<int>(stream.below(static_cast<std::uint32_t>(s.films)));
      for (int f = 0; f < films; ++f) {
        const double x = (c == 0 ? d : -d) / 2 + own + std::sqrt(1 - s.agreement) * stream.normal();
        table.truth.push_back(c);
        table.score.push_back(1 / (1 + std::exp(-d * x)));
        if (s.films > 1) table.patient.push_back(std::to_string(half * s.patients + g));
        if (s.folds > 1) table.fold.push_back(g % s.folds);
      }
    }
  }
  return table;
}

inline evaluate::AssessmentSettings asked(const Scenario& s, int draws) {
  evaluate::AssessmentSettings settings{.metrics = {}, .prevalence = {}, .draws = draws};
  const auto add = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) settings.metrics.push_back({name});
  };
  if (s.classes == 3) {
    add({"sensitivity", "specificity", "ppv", "f1", "auc", "average_precision", "accuracy", "balanced_accuracy", "mcc",
         "kappa", "brier", "log_loss"});
  } else if (s.folds > 1) {
    add({"auc", "f1", "mcc", "brier"});
  } else if (s.selectable) {
    settings.metrics = {{"sensitivity", {{"interval", "wilson"}}}, {"auc", {{"interval", "delong"}}}};
  } else {
    settings.prevalence = {0.05};
    for (const auto& [name, value] : truths_of_two(s.auc, 0.5)) {
      if (name.find("_at_") != std::string::npos) continue;
      settings.metrics.push_back({name});
      if (name == "net_benefit") settings.metrics.back().options = {{"threshold", 0.2}};
    }
  }
  return settings;
}

/// The interval's name in the tables: of three classes only what is averaged or over all of them, and of folds what is
/// over all; empty for the others.
inline std::string name_of(const evaluate::Assessed& row, const Scenario& s) {
  if (row.unit != "image" || row.fold != -1) return {};
  if (s.classes == 2) return row.metric;
  if (row.class_name.empty()) return row.metric;
  return row.class_name.size() == 1 ? std::string() : row.class_name + " " + row.metric;
}

inline std::map<std::string, double> truths(const Scenario& s) {
  if (s.classes == 2) {
    auto out = truths_of_two(s.auc, 1.0 / (1 + s.negatives));
    out["auc_pooled"] = s.auc;
    return out;
  }
  std::map<std::string, double> out;
  Scenario many = s;
  many.patients = 200'000;
  constexpr std::uint64_t kOther = 1'000'000'007;  // no simulation has this number
  for (const evaluate::Assessed& row : evaluate::assess(draw(many, kOther), asked(s, 0))) {
    if (const std::string name = name_of(row, s); !name.empty()) out[name] = *row.estimate.value;
  }
  return out;
}

/// By metric. Simulation i is the same whatever the number of threads.
inline std::map<std::string, Coverage> simulate(const Scenario& s, int simulations, int draws, int threads) {
  const auto truth = truths(s);
  const evaluate::AssessmentSettings settings = asked(s, draws);
  std::vector<std::map<std::string, Coverage>> parts(static_cast<std::size_t>(threads));
  std::atomic<int> next = 0;
  const auto work = [&](std::map<std::string, Coverage>& mine) {
    for (int i = next++; i < simulations; i = next++) {
      evaluate::AssessmentSettings own = settings;
      own.seed = static_cast<std::uint64_t>(i);
      for (const evaluate::Assessed& row : evaluate::assess(draw(s, static_cast<std::uint64_t>(i)), own)) {
        const std::string name = name_of(row, s);
        if (name.empty()) continue;
        const stat::Estimate& e = row.estimate;
        Coverage& c = mine[name];
        ++c.simulations;
        if (!e.low || !e.high) continue;
        const double t = truth.at(name);
        ++c.claimed;
        c.held += *e.low <= t && t <= *e.high ? 1 : 0;
        c.below += t < *e.low ? 1 : 0;
        c.width += *e.high - *e.low;
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t t = 1; t < parts.size(); ++t) others.emplace_back([&, t] { work(parts[t]); });
    work(parts[0]);
  }
  std::map<std::string, Coverage> sum;
  for (const auto& part : parts) {
    for (const auto& [name, c] : part) {
      Coverage& all = sum[name];
      all.simulations += c.simulations;
      all.claimed += c.claimed;
      all.held += c.held;
      all.below += c.below;
      all.width += c.width;
    }
  }
  return sum;
}

}  // namespace youden::bench

#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/evaluate/model_comparison.hpp"

// A/A: two models of the same quality, and how often a test at the 5 % level says that they differ. Scores are a signal
// that both models share plus noise of each; with several films a patient, noise of the patient too; with several
// replicates, what a seed gets wrong on all films.
namespace youden::bench {

struct SameModels {
  const char* name;
  int per_class;       ///< films
  int films = 1;       ///< a patient
  int replicates = 1;  ///< of each model
};

inline double probability(double x) { return 1 / (1 + std::exp(-x)); }

inline evaluate::ModelScores same_model(const evaluate::ComparedSamples& samples, const std::vector<double>& signal,
                                        base::Stream& noise, bool several_seeds) {
  evaluate::ModelScores m{.fold = {}, .score = std::vector<std::vector<double>>(2), .decided = {}};
  // What a seed gets wrong is the same for all films: how much of the signal it hears, and where its scores lie.
  const double gain = several_seeds ? 1 + 0.4 * noise.normal() : 1;
  const double offset = several_seeds ? 0.3 * noise.normal() : 0;
  std::map<std::uint32_t, double> of_patient;
  for (std::size_t i = 0; i < samples.label.size(); ++i) {
    double own = noise.normal();
    if (!samples.group.empty()) {
      const auto [it, fresh] = of_patient.try_emplace(samples.group[i], 0.0);
      if (fresh) it->second = noise.normal();
      own = 0.5 * own + it->second;
    }
    const double p = probability(gain * signal[i] + own + offset);
    m.score[1].push_back(p);
    m.decided.push_back(p >= 0.5 ? 1 : 0);
  }
  return m;
}

/// Per test how many of `pairs` comparisons had a p, and in how many it was below 0.05.
struct FalseAlarms {
  int tested = 0;
  int positive = 0;
  [[nodiscard]] double share() const { return tested == 0 ? 0 : static_cast<double>(positive) / tested; }
};

inline std::map<std::string, FalseAlarms> false_alarms(const SameModels& s, int pairs, int draws,
                                                       const std::vector<evaluate::NamedMetric>& metrics) {
  std::map<std::string, FalseAlarms> out;
  for (int pair = 0; pair < pairs; ++pair) {
    base::Stream noise({.seed = 7, .purpose = s.name, .epoch = static_cast<std::uint64_t>(pair)});
    evaluate::ComparedSamples samples{.positive = 1};
    std::vector<double> signal;
    for (int i = 0; i < 2 * s.per_class; ++i) {
      samples.label.push_back(i < s.per_class ? 1 : 0);
      signal.push_back((i < s.per_class ? 0.8 : -0.8) + noise.normal());
      if (s.films > 1) samples.group.push_back(static_cast<std::uint32_t>(i / s.films));
    }
    std::vector<evaluate::ModelScores> first;
    std::vector<evaluate::ModelScores> second;
    for (int r = 0; r < s.replicates; ++r) {
      first.push_back(same_model(samples, signal, noise, s.replicates > 1));
      second.push_back(same_model(samples, signal, noise, s.replicates > 1));
    }
    const evaluate::ComparisonSettings settings{
        .metrics = metrics, .claimed = {}, .bootstrap = {.seed = static_cast<std::uint64_t>(pair), .draws = draws}};
    for (const evaluate::ComparisonTest& t : evaluate::compare_models(samples, first, second, settings)) {
      if (!t.result.p) continue;
      FalseAlarms& alarms = out[t.test + " " + t.metric];
      ++alarms.tested;
      if (*t.result.p < 0.05) ++alarms.positive;
    }
  }
  return out;
}

}  // namespace youden::bench

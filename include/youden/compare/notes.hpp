#pragma once
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/compare/comparison.hpp"

namespace youden::compare {

namespace detail {

inline void note_samples(const Comparison& c, const PairComparison& pair, std::vector<std::string>& out) {
  const store::RunRecord& a = c.runs.front();
  const store::RunRecord& b = c.runs[pair.other];
  const std::size_t in_a = c.parts.front().samples.size();
  const std::size_t in_b = c.parts[pair.other].samples.size();
  const std::string both = name_of(a) + " and " + name_of(b);
  if (pair.shared == 0) {
    out.push_back(both + " share no sample: " +
                  (pair.tests.empty()
                       ? "nothing can be tested"
                       : "DeLong's unpaired test of the AUC (Welch's degrees of freedom), nothing else"));
    return;
  }
  if (pair.shared < in_a || pair.shared < in_b) {
    out.push_back(both + " share " + std::to_string(pair.shared) + " of " + std::to_string(in_a) + " and " +
                  std::to_string(in_b) + " samples; tests are on these, metrics on each run's own");
  }
  const bool strata =
      std::any_of(pair.tests.begin(), pair.tests.end(), [](const auto& t) { return t.test == "delong"; });
  if (!strata && !c.runs.front().positive.empty()) {
    out.push_back(both + " divide the samples into different folds, so that the AUC is tested by the bootstrap");
  }
}

}  // namespace detail

/// What a reader of the numbers has to know, a sentence each.
inline std::vector<std::string> comparison_notes(const Comparison& c) {
  std::vector<std::string> out;
  if (c.replicated()) {
    out.push_back("the bootstrap draws seeds and patients");
  } else {
    out.push_back("compares " + std::string(c.runs.size() == 2 ? "two" : std::to_string(c.runs.size())) +
                  " fitted models, not " + (c.runs.size() == 2 ? "two " : "") +
                  "recipes: each was trained once (replicates: 5 and more tell recipes apart)");
  }
  for (const PairComparison& pair : c.pairs) detail::note_samples(c, pair, out);
  const auto any_test = [&](auto&& is) {
    return std::any_of(c.pairs.begin(), c.pairs.end(), [&](const PairComparison& pair) {
      return std::any_of(pair.tests.begin(), pair.tests.end(), is);
    });
  };
  if (any_test([](const evaluate::ComparisonTest& t) { return t.assumes_independent_films; })) {
    out.push_back("* assumes independent films, but some patients have several; the cluster bootstrap does not");
  }
  if (any_test([](const evaluate::ComparisonTest& t) { return t.first_replicates_only; })) {
    out.push_back("† of the first replicate of each run: two fitted models");
  }
  std::set<std::string> told;
  for (std::size_t i = 0; i < c.runs.size(); ++i) {
    if (c.scored[i] > 0 && told.insert(c.runs[i].test_hash).second) {
      out.push_back("best of " + std::to_string(c.scored[i]) + " scored on this test set (" +
                    detail::name_of(c.runs[i]) + ")");
    }
    for (const store::TrialOf& t : c.trials[i]) out.push_back(detail::name_of(c.runs[i]) + " is " + t.text());
    const config::Json& config = c.runs[i].config;
    const config::Json train =
        config.is_object() ? config.value("train", config::Json::object()) : config::Json::object();
    if (c.choice.parts[i] == "test" && train.is_object() && train.value("curves", config::Json("val")) == "test") {
      out.push_back(detail::name_of(c.runs[i]) + " drew its learning curves on the test part");
    }
    if (c.choice.parts[i] == "val") {
      out.push_back(detail::name_of(c.runs[i]) + " is compared on validation values, on which it may have been chosen");
    }
  }
  return out;
}

}  // namespace youden::compare

// metric
// bench_coverage [SIMULATIONS [DRAWS [THREADS]]]: JSON lines, one a scenario and metric. Ten minutes with the default
// 2,000 and 2,000 on two cores. tools/bench/coverage_table makes the table of results/README.md of them.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "coverage.hpp"

int main(int argc, char** argv) {
  const int simulations = argc > 1 ? std::atoi(argv[1]) : 2000;
  const int draws = argc > 2 ? std::atoi(argv[2]) : 2000;
  const int threads = argc > 3 ? std::atoi(argv[3]) : 2;
  std::vector<youden::bench::Scenario> scenarios;
  for (const double auc : {0.8, 0.95}) {
    for (const int n : {5, 10, 25, 50, 100, 200}) scenarios.push_back({.patients = n, .films = 1, .auc = auc});
  }
  for (const double agreement : {0.3, 0.8}) {
    for (const int n : {10, 25, 50, 100}) {
      scenarios.push_back({.patients = n, .films = 5, .auc = 0.9, .agreement = agreement});
    }
  }
  for (const int n : {5, 10, 25, 50, 100}) scenarios.push_back({.patients = n, .negatives = 19, .auc = 0.8});
  for (const int n : {5, 10, 25, 50, 100, 200}) scenarios.push_back({.patients = n, .auc = 0.8, .cohort = true});
  for (const double auc : {0.8, 0.95}) {
    for (const int n : {25, 50, 100, 200}) scenarios.push_back({.patients = n, .auc = auc, .folds = 5});
  }
  for (const int n : {5, 10, 25, 50, 100}) scenarios.push_back({.patients = n, .auc = 0, .classes = 3});
  for (const double auc : {0.8, 0.95}) {
    for (const int n : {5, 10, 25, 50, 100, 200}) {
      scenarios.push_back({.patients = n, .auc = auc, .selectable = true});
    }
  }
  for (const auto& s : scenarios) {
    for (const auto& [metric, c] : youden::bench::simulate(s, simulations, draws, threads)) {
      fmt::print(
          "{{\"patients\": {}, \"negatives\": {}, \"films\": {}, \"auc\": {}, \"agreement\": {}, \"cohort\": {}, "
          "\"folds\": {}, "
          "\"classes\": {}, "
          "\"selectable\": {}, \"metric\": \"{}\", "
          "\"simulations\": {}, \"claimed\": {}, \"coverage\": {:.4f}, \"below\": {:.4f}, \"width\": {:.4f}}}\n",
          s.patients, s.negatives, s.films, s.auc, s.agreement, s.cohort, s.folds, s.classes, s.selectable, metric,
          c.simulations, c.claimed, c.claimed > 0 ? c.share() : 0,
          c.claimed > 0 ? static_cast<double>(c.below) / c.claimed : 0, c.claimed > 0 ? c.width / c.claimed : 0);
    }
    std::fflush(stdout);
  }
}

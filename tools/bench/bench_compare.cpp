// metric
//
// False alarms of the comparison tests between two models of the same quality, in per cent of PAIRS at the 5 % level.
//
//     build/default/tools/bench/bench_compare [PAIRS [DRAWS]]      (1000 pairs, 2000 draws of the bootstrap)
#include <fmt/format.h>

#include <cstdlib>

#include "same_models.hpp"
#include "youden/evaluate/registered.hpp"

int main(int argc, char** argv) {
  using youden::bench::SameModels;
  const int pairs = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int draws = argc > 2 ? std::atoi(argv[2]) : youden::stat::kDraws;
  std::vector<youden::evaluate::NamedMetric> metrics;
  for (auto& m : youden::evaluate::registered_metrics()) {
    for (const char* name : {"accuracy", "auc", "average_precision", "brier", "f1", "mcc", "sensitivity", "youden_j"}) {
      if (m.name == name) metrics.push_back(m);
    }
  }
  for (const SameModels& s :
       {SameModels{"10 + 10 films", 10}, SameModels{"25 + 25 films", 25}, SameModels{"100 + 100 films", 100},
        SameModels{"400 + 400 films", 400}, SameModels{"100 + 100 patients of 3 films", 300, 3},
        SameModels{"100 + 100 films, 5 replicates", 100, 1, 5}}) {
    for (const auto& [test, alarms] : youden::bench::false_alarms(s, pairs, draws, metrics)) {
      fmt::print(R"({{"bench": "compare", "setting": "{}", "test": "{}", "pairs": {}, "false_alarms": {:.1f}}})"
                 "\n",
                 s.name, test, alarms.tested, 100 * alarms.share());
    }
  }
}

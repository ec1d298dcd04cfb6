// metric
// bench_million [N]: AUC with its DeLong interval of N predictions (1,000,000), beside a sort of the same scores, which
// no exact AUC can do without. JSON lines; processor seconds, the least of five. tools/bench/peers/roc_auc.py is
// scikit-learn's roc_auc_score, an AUC without an interval.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "coverage.hpp"
#include "youden/stat/auc.hpp"

namespace {

template <class Work>
double least_seconds(Work work) {
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 5; ++round) {
    const std::clock_t began = std::clock();
    work();
    least = std::min(least, static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC);
  }
  return least;
}

}  // namespace

int main(int argc, char** argv) {
  const int n = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  const auto table = youden::bench::draw({.patients = n / 2, .films = 1, .auc = 0.9}, 1);
  std::vector<std::uint8_t> positive;
  for (const int t : table.truth) positive.push_back(t == 0 ? 1 : 0);
  double sum = 0;  // of results, so that no work is left out
  const double sort = least_seconds([&] {
    std::vector<double> sorted = table.score;
    std::sort(sorted.begin(), sorted.end());
    sum += sorted[0];
  });
  youden::stat::Estimate e;
  const double auc = least_seconds([&] { e = youden::stat::auc(positive, table.score); });
  fmt::print(
      "{{\"n\": {}, \"auc\": {:.6f}, \"low\": {:.6f}, \"high\": {:.6f}, \"seconds\": {:.3f}, \"sort\": {:.3f}, "
      "\"ratio\": {:.2f}, \"ignore\": {:.1e}}}\n",
      table.rows(), *e.value, *e.low, *e.high, auc, sort, auc / sort, sum);
}

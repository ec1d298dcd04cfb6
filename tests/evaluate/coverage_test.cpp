// How often a nominal 95 % interval holds the truth, by simulation.
#include <boost/math/special_functions/erf.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <vector>

#include "../../tools/bench/coverage.hpp"
#include "youden/base/philox.hpp"
#include "youden/stat/auc.hpp"
#include "youden/stat/mover.hpp"
#include "youden/stat/proportion.hpp"

using namespace youden::evaluate;
using namespace youden::stat;
using youden::base::Stream;

namespace {

int binomial(Stream& stream, int n, double p) {
  int k = 0;
  for (int i = 0; i < n; ++i) k += stream.bernoulli(p) ? 1 : 0;
  return k;
}
bool holds(const Estimate& e, double truth) { return *e.low <= truth && truth <= *e.high; }

/// Normal scores whose true AUC is `truth`.
double auc_coverage(double truth, int per_class, AucInterval interval, int draws) {
  const double shift = 2 * boost::math::erf_inv(2 * truth - 1);  // AUC = Φ(shift / √2)
  Stream stream({.seed = 11, .purpose = "auc-coverage"});
  std::vector<std::uint8_t> y(static_cast<std::size_t>(2 * per_class));
  std::fill_n(y.begin(), per_class, std::uint8_t{1});
  std::vector<double> s(y.size());
  int held = 0;
  for (int d = 0; d < draws; ++d) {
    for (std::size_t i = 0; i < s.size(); ++i) s[i] = stream.normal() + shift * y[i];
    held += holds(auc(y, s, 0.95, interval), truth) ? 1 : 0;
  }
  return static_cast<double>(held) / draws;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(coverage)

BOOST_AUTO_TEST_CASE(clopper_pearson_covers_at_least_its_level) {
  constexpr int kDraws = 20'000;
  constexpr double kNoise = 0.003;  // two standard errors
  Stream stream({.seed = 1, .purpose = "cp-coverage"});
  for (const auto& [p, n] : {std::pair(0.5, 10), std::pair(0.8, 5), std::pair(0.9, 30), std::pair(0.97, 100)}) {
    int held = 0;
    std::map<int, Estimate> known;
    for (int d = 0; d < kDraws; ++d) {
      const int k = binomial(stream, n, p);
      if (!known.contains(k)) known[k] = proportion(k, n);
      held += holds(known[k], p) ? 1 : 0;
    }
    BOOST_TEST(held >= (0.95 - kNoise) * kDraws,
               "coverage " << held << " of " << kDraws << " at p " << p << " n " << n);
  }
}

BOOST_AUTO_TEST_CASE(mover_covers_j_in_tiny_samples) {
  constexpr int kDraws = 4'000;
  Stream stream({.seed = 2, .purpose = "mover-coverage"});
  for (const auto& [se, sp, n] : {std::tuple(0.9, 0.8, 5), std::tuple(0.95, 0.7, 25)}) {
    int held = 0;
    for (int d = 0; d < kDraws; ++d) {
      const int tp = binomial(stream, n, se);
      const int tn = binomial(stream, n, sp);
      held += holds(youden_j({.tp = tp, .fn = n - tp, .fp = n - tn, .tn = tn}), se + sp - 1) ? 1 : 0;
    }
    BOOST_TEST(held >= 0.945 * kDraws, "coverage " << held << " of " << kDraws);
  }
}

BOOST_AUTO_TEST_CASE(logit_delong_covers_where_plain_delong_does_not) {
  constexpr int kDraws = 2'000;
  for (const double truth : {0.75, 0.9, 0.98}) {
    const double logit = auc_coverage(truth, 100, AucInterval::logit_delong, kDraws);
    BOOST_TEST((logit >= 0.93 && logit <= 0.98), "coverage " << logit << " at AUC " << truth);
  }
  const double plain = auc_coverage(0.98, 100, AucInterval::delong, kDraws);
  BOOST_TEST((plain >= 0.87 && plain <= 0.93), "coverage " << plain << " of the plain interval");
}

/// tools/bench/bench_coverage in short, with the bands that so few simulations allow.
BOOST_AUTO_TEST_CASE(every_interval_of_independent_films_covers) {
  const youden::bench::Scenario fixed{.patients = 100, .auc = 0.8};
  for (const auto& [metric, c] : youden::bench::simulate(fixed, 300, 300, 1)) {
    BOOST_TEST((c.share() >= 0.90 && c.claimed == 300), metric << " " << c.share());
  }
  auto cohort = youden::bench::simulate({.patients = 100, .auc = 0.8, .cohort = true}, 300, 0, 1);
  for (const char* metric : {"sensitivity", "accuracy", "auc", "calibration_slope", "calibration_intercept"}) {
    const double share = cohort.at(metric).share();
    BOOST_TEST((share >= 0.90 && share <= 0.99), metric << " " << share);
  }
}

BOOST_AUTO_TEST_CASE(films_of_a_patient_do_not_fool_the_intervals) {
  const youden::bench::Scenario films{.patients = 50, .films = 5, .auc = 0.85, .agreement = 0.8};
  auto clustered = youden::bench::simulate(films, 300, 300, 1);
  for (const auto& [metric, c] : clustered) {
    if (metric == "calibration_intercept") continue;  // the number of patients of each class is fixed here
    BOOST_TEST(c.share() >= 0.88, metric << " " << c.share());
  }
  // Had they been taken for independent:
  int held = 0;
  const double truth = youden::bench::truths(films).at("sensitivity");
  for (std::uint64_t i = 0; i < 300; ++i) {
    ScoredTable t = youden::bench::draw(films, i);
    t.patient.clear();
    held += holds(assess(t, {.metrics = {{"sensitivity"}}, .prevalence = {}})[0].estimate, truth) ? 1 : 0;
  }
  BOOST_TEST(held < 0.88 * 300, held);
  BOOST_TEST(clustered.at("sensitivity").share() > 0.93, clustered.at("sensitivity").share());
}

BOOST_AUTO_TEST_SUITE_END()

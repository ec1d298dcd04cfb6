// The bootstrap of a difference between two models.
#include "youden/stat/paired_bootstrap.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "youden/base/philox.hpp"

using namespace youden::stat;

namespace {

/// Weighted mean of a column.
Reweighted mean_of(std::vector<double> x) {
  return [x = std::move(x)](std::span<const std::uint32_t> weight) -> std::optional<double> {
    double sum = 0;
    double n = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += weight[i] * x[i];
      n += weight[i];
    }
    return sum / n;
  };
}

std::vector<double> column(const char* purpose, std::size_t n, double shift = 0) {
  youden::base::Stream stream({.seed = 9, .purpose = purpose});
  std::vector<double> out(n);
  for (double& x : out) x = stream.normal() + shift;
  return out;
}

PairedTest one(const Resample& resample, Contrast contrast, PairedBootstrapSettings settings = {}) {
  return paired_bootstrap(resample, std::span(&contrast, 1), settings).front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(paired_bootstrapping)

BOOST_AUTO_TEST_CASE(the_interval_is_that_of_a_mean_of_differences) {
  const auto a = column("a", 400);
  auto b = a;
  const auto noise = column("noise", 400, -0.1);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] += 0.5 * noise[i];
  const std::vector<int> label(400, 1);
  const PairedTest t = one(Resample({}, label, 1), {{mean_of(a)}, {mean_of(b)}});
  double mean = 0;
  double square = 0;
  for (const double x : noise) mean += -0.5 * x / 400;
  for (const double x : noise) square += (-0.5 * x - mean) * (-0.5 * x - mean);
  const double error = std::sqrt(square / 400 / 400);
  BOOST_TEST(std::abs(*t.difference - mean) < 1e-12);
  BOOST_TEST(std::abs(*t.low - (mean - 1.96 * error)) < 0.15 * error);
  BOOST_TEST(std::abs(*t.high - (mean + 1.96 * error)) < 0.15 * error);
  BOOST_TEST(std::abs(*t.p - std::erfc(std::abs(mean) / error / std::sqrt(2))) < 0.03);
}

BOOST_AUTO_TEST_CASE(patients_are_drawn_whole) {
  // Each of 40 patients has ten films of the same value: as many independent numbers as patients.
  const auto of_patient = column("patient", 40);
  std::vector<double> x;
  std::vector<std::uint32_t> patient;
  for (std::uint32_t i = 0; i < 400; ++i) {
    patient.push_back(i / 10);
    x.push_back(of_patient[i / 10]);
  }
  const std::vector<int> label(400, 1);
  const Contrast contrast{{mean_of(x)}, {mean_of(std::vector<double>(400, 0.0))}};
  const PairedTest films = one(Resample({}, label, 1), contrast);
  const PairedTest patients = one(Resample(patient, label, 1), contrast);
  const double ratio = (*patients.high - *patients.low) / (*films.high - *films.low);
  BOOST_TEST(std::abs(ratio - std::sqrt(10)) < 0.3);
}

BOOST_AUTO_TEST_CASE(seeds_are_drawn_with_the_variance_of_their_mean) {
  // Five replicates that differ by a constant, on samples that do not vary: only seeds count.
  // 0 1 2 3 9: s² = 12.5, so the standard error of the mean is √(12.5 / 5).
  Contrast contrast;
  for (const double level : {0.0, 1.0, 2.0, 3.0, 9.0}) {
    contrast.first.push_back(mean_of(std::vector<double>(10, level)));
    contrast.second.push_back(mean_of(std::vector<double>(10, -level)));
  }
  const std::vector<int> label{1, 1, 1, 0, 0, 0, 0, 0, 0, 0};
  const PairedTest t = one(Resample({}, label, 1), contrast, {.draws = 20000});
  BOOST_TEST(*t.difference == 6);
  const double error = std::sqrt(2 * 12.5 / 5);
  const double z = 2.306;  // t with twice four degrees of freedom
  BOOST_TEST(std::abs((*t.high - *t.low) / (2 * z * error) - 1) < 0.06);
}

BOOST_AUTO_TEST_CASE(models_that_agree_do_not_differ) {
  const auto a = column("a", 30);
  const std::vector<int> label(30, 1);
  const PairedTest t = one(Resample({}, label, 1), {{mean_of(a)}, {mean_of(a)}});
  BOOST_TEST(*t.difference == 0);
  BOOST_TEST(*t.p == 1);
  BOOST_TEST(!t.low);  // no interval of no width
}

BOOST_AUTO_TEST_CASE(what_is_undefined_stays_so) {
  const Reweighted never = [](std::span<const std::uint32_t>) { return std::optional<double>(); };
  // Undefined where sample 0 is not drawn: (2/3)³ = 30 % of the draws, so the others are a selection.
  const Reweighted often = [](std::span<const std::uint32_t> w) {
    return w[0] > 0 ? std::optional<double>(w[0]) : std::nullopt;
  };
  const std::vector<int> label{1, 1, 1};
  const Reweighted zero = mean_of({0, 0, 0});
  BOOST_TEST(!one(Resample({}, label, 1), {{never}, {zero}}).difference);
  const PairedTest t = one(Resample({}, label, 1), {{often}, {zero}});
  BOOST_TEST(*t.difference == 1);
  BOOST_TEST(!t.p);
  BOOST_TEST(!t.low);
}

BOOST_AUTO_TEST_CASE(the_seed_is_all_that_chance_depends_on) {
  const auto a = column("a", 30);
  const auto b = column("b", 30);
  const std::vector<int> label(30, 0);
  const auto low = [&](std::uint64_t seed) {
    return *one(Resample({}, label, seed), {{mean_of(a), mean_of(b)}, {mean_of(b)}}, {.seed = seed, .draws = 200}).low;
  };
  BOOST_TEST(low(3) == low(3));
  BOOST_TEST(low(3) != low(4));
}

BOOST_AUTO_TEST_SUITE_END()

// The bootstrap of patients, and the interval that is made of it.
#include "youden/stat/resample.hpp"

#include <numeric>
#include <set>

#include "golden.hpp"
#include "youden/stat/bootstrap.hpp"
#include "youden/stat/groups.hpp"

using namespace youden::stat;

namespace {

using Weights = std::vector<std::uint32_t>;
using Labels = std::vector<std::uint8_t>;
const std::vector<std::uint32_t> kNone;

/// So many samples of each of two classes.
SmallSample few(std::size_t positives, std::size_t negatives) {
  Labels label(positives + negatives, 0);
  std::fill_n(label.begin(), positives, std::uint8_t{1});
  return Resample(kNone, label, 1).small_sample();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resampling)

BOOST_AUTO_TEST_CASE(patients_are_numbered_and_unknown_ones_stand_alone) {
  const std::vector<std::string> patient{"b", "", "a", "b", ""};
  BOOST_TEST(number_groups(patient) == (Weights{0, 1, 2, 0, 3}), boost::test_tools::per_element());
  BOOST_TEST(number_groups(std::vector<std::string>{"", ""}).empty());
  BOOST_TEST(clustered(number_groups(patient)));
  BOOST_TEST(!clustered(Weights{4, 2, 0}));
  BOOST_TEST(count_groups(number_groups(patient), [](std::size_t i) { return i != 1; }) == 3U);
}

BOOST_AUTO_TEST_CASE(every_draw_has_as_many_samples_of_each_class) {
  const Labels label{1, 0, 0, 1, 0, 0, 0};
  const Resample resample(kNone, label, 7);
  for (std::uint64_t b = 0; b < 50; ++b) {
    const Weights w = resample.draw(b);
    BOOST_TEST(w[0] + w[3] == 2U);
    BOOST_TEST(std::accumulate(w.begin(), w.end(), 0U) == 7U);
  }
}

BOOST_AUTO_TEST_CASE(films_of_a_patient_stay_together_and_mixed_patients_are_a_stratum_of_their_own) {
  const Labels label{1, 1, 0, 0, 0, 1, 0, 1, 0};
  const Weights group{5, 5, 9, 9, 2, 2, 7, 8, 8};  // 5: {1}; 9, 7: {0}; 2, 8: {0,1}
  const Resample resample(group, label, 3);
  BOOST_TEST(resample.groups() == 5U);
  BOOST_TEST(resample.clustered());
  std::set<Weights> seen;
  for (std::uint64_t b = 0; b < 60; ++b) {
    const Weights w = resample.draw(b);
    BOOST_TEST((w[0] == 1 && w[1] == 1));
    BOOST_TEST((w[2] == w[3] && w[2] + w[6] == 2));
    BOOST_TEST((w[4] == w[5] && w[7] == w[8] && w[4] + w[7] == 2));
    seen.insert(w);
  }
  BOOST_TEST(seen.size() == 9U);  // 0, 1 or 2 times, in each of two strata
}

BOOST_AUTO_TEST_CASE(a_draw_depends_on_seed_and_number_alone) {
  const Labels label(40, 1);
  const Resample a(kNone, label, 7);
  const Weights tenth = a.draw(10);
  BOOST_TEST(a.draw(3) != tenth);
  BOOST_TEST(a.draw(10) == tenth);
  BOOST_TEST(Resample(kNone, label, 7).draw(10) == tenth);
  BOOST_TEST(a.draw(11) != tenth);
  BOOST_TEST(Resample(kNone, label, 8).draw(10) != tenth);
  BOOST_TEST(Resample(kNone, label, std::uint64_t{7} + (std::uint64_t{1} << 32U)).draw(10) != tenth);
}

BOOST_AUTO_TEST_CASE(multiplicities_are_multinomial) {
  const Labels label(20, 0);
  const Resample resample(kNone, label, 1);
  constexpr int kMany = 20'000;
  double sum = 0;
  double squares = 0;
  double products = 0;
  for (int b = 0; b < kMany; ++b) {
    const Weights w = resample.draw(static_cast<std::uint64_t>(b));
    sum += w[4];
    squares += w[4] * w[4];
    products += w[4] * w[19];
  }
  BOOST_TEST(std::abs(sum / kMany - 1) < 0.03);                    // mean 1
  BOOST_TEST(std::abs(squares / kMany - (1 + 19.0 / 20)) < 0.1);   // variance 1 − 1/20
  BOOST_TEST(std::abs(products / kMany - (1 - 1.0 / 20)) < 0.05);  // covariance −1/20
}

BOOST_AUTO_TEST_CASE(threads_change_nothing) {
  const Labels label{1, 0, 0, 1, 0, 1, 0, 0};
  const Resample resample(kNone, label, 5);
  const std::vector<Reweighted> statistics{
      [](std::span<const std::uint32_t> w) { return std::optional<double>(w[0] * 10.0 + w[2]); },
      [](std::span<const std::uint32_t> w) { return w[0] > 0 ? std::optional(1.0 / w[0]) : std::nullopt; }};
  const auto one = bootstrap(resample, statistics, 101, 1);
  const auto three = bootstrap(resample, statistics, 101, 3);
  BOOST_TEST(one[0] == three[0]);
  BOOST_TEST(std::isnan(one[1][0]) == (one[0][0] < 10));
}

BOOST_AUTO_TEST_CASE(percentiles_are_those_of_numpy) {
  // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0.025, 0.975]) = [1.0, 8.475]
  const auto i = percentile_interval({3, 1, 4, 1, 5, 9, 2, 6});
  BOOST_TEST(i->low == 1.0);
  BOOST_TEST(std::abs(i->high - 8.475) < 1e-12);
  BOOST_TEST(std::abs(percentile_interval({3, 1, 4, 1, 5, 9, 2, 6}, 0.5)->low - 1.75) < 1e-12);
}

BOOST_AUTO_TEST_CASE(on_the_logit_scale_an_interval_stays_within_one) {
  // sd of {.7, .8, .9} is .1; logit .8 = ln 4, ± 1.96 · .1 / .16
  const auto i = logit_interval(0.8, {.7, .8, .9});
  const double half = normal_quantile(0.95) * 0.1 / 0.16;
  BOOST_TEST(std::abs(i->low - 1 / (1 + std::exp(half) / 4)) < 1e-12);
  BOOST_TEST(std::abs(i->high - 1 / (1 + std::exp(-half) / 4)) < 1e-12);
  BOOST_TEST(!logit_interval(1, {1, .9, .8}).has_value());
  BOOST_TEST(!logit_interval(0.8, {.8, .8}).has_value());
}

BOOST_AUTO_TEST_CASE(few_units_take_the_percentiles_further_out) {
  // R, of m units a class: v = 1 / m, f = sqrt(sum(v) / sum(v (m - 1) / m)), d = sum(v)^2 / sum(v^2 / (m - 1)):
  // q = f qt(.975, d), pnorm(-q), 2 pt(-qnorm(.99) / f, d)
  const SmallSample ten = few(5, 5);
  BOOST_TEST(std::abs(ten.quantile(0.95) - 2.5781910013560654) < 1e-12);
  BOOST_TEST(std::abs(ten.tail(0.95) - 0.0049659541493719834) < 1e-14);
  BOOST_TEST(std::abs(ten.p(0.01) - 0.07103245318436932) < 1e-12);
  BOOST_TEST(std::abs(few(100, 100).quantile(0.95) - 1.9819521375775897) < 1e-12);
  BOOST_TEST(std::abs(few(5, 195).quantile(0.95) - 3.035425346371631) < 1e-11);  // a rare class decides
  BOOST_TEST(SmallSample{}.tail(0.9) == (1 - 0.9) / 2);
  BOOST_TEST(SmallSample{}.p(0.01) == 0.02);
  BOOST_TEST(ten.p(ten.tail(0.95)) == 0.05, boost::test_tools::tolerance(1e-10));  // the interval and p agree
}

BOOST_AUTO_TEST_CASE(a_patient_of_both_classes_among_many_changes_little) {
  Labels label(101, 1);
  std::fill_n(label.begin(), 50, std::uint8_t{0});
  Weights group(101);
  std::iota(group.begin(), group.end(), 0U);
  group[0] = group[100];
  const double q = Resample(group, label, 1).small_sample().quantile(0.95);
  BOOST_TEST(q > few(50, 50).quantile(0.95));
  BOOST_TEST(q < 1.05 * few(50, 50).quantile(0.95));
}

BOOST_AUTO_TEST_CASE(strata_of_one_unit_each_tell_nothing) {
  BOOST_TEST(few(1, 1).hopeless());
  BOOST_TEST(!percentile_interval({1, 2, 3}, 0.95, few(1, 1)).has_value());
}

BOOST_AUTO_TEST_CASE(what_no_draw_reaches_is_not_claimed) {
  std::vector<double> draws(2000);
  std::iota(draws.begin(), draws.end(), 0.0);
  BOOST_TEST(!percentile_interval(draws, 0.95, few(3, 3)).has_value());  // 3.4 standard errors: one draw in 3000
  BOOST_TEST(percentile_interval(draws, 0.95, few(4, 4)).has_value());
  BOOST_TEST(percentile_interval(draws, 0.9, few(3, 3)).has_value());
}

BOOST_AUTO_TEST_CASE(draws_that_say_nothing_give_no_interval) {
  BOOST_TEST(!percentile_interval({}).has_value());
  BOOST_TEST(!percentile_interval(std::vector<double>(100, 0.7)).has_value());
  std::vector<double> some(100);
  std::iota(some.begin(), some.end(), 0.0);
  std::fill_n(some.begin(), 5, NAN);
  BOOST_TEST(percentile_interval(some)->low > 5);
  some[5] = NAN;
  BOOST_TEST(!percentile_interval(some).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

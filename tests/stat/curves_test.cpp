// Precision-recall, reliability and decision curves.
#include "golden.hpp"
#include "youden/stat/decision_curve.hpp"
#include "youden/stat/precision_recall.hpp"
#include "youden/stat/reliability.hpp"

using namespace youden::stat;
using youden::test::same;

namespace {

using Labels = std::vector<std::uint8_t>;
using Scores = std::vector<double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(curves)

BOOST_AUTO_TEST_CASE(precision_and_recall_by_hand) {
  const auto c = precision_recall(Labels{1, 0, 0, 1, 0}, Scores{.6, .2, .1, .9, .6});
  BOOST_TEST_REQUIRE(c.size() == 4U);
  BOOST_TEST((c[0].threshold == .9 && c[0].recall == 0.5 && c[0].precision == 1));
  BOOST_TEST((c[1].threshold == .6 && c[1].recall == 1 && same(c[1].precision, 2.0 / 3)));
  BOOST_TEST((c[3].threshold == .1 && c[3].recall == 1 && c[3].precision == 0.4));
  BOOST_TEST(precision_recall(Labels{0, 0}, Scores{.1, .2}).empty());
}

BOOST_AUTO_TEST_CASE(bins_are_open_below_but_for_the_first) {
  const auto bins = reliability(Labels{1, 0, 1, 1, 0, 1}, Scores{0, 0.2, 0.2000001, 1, 0.6, 0.4}, 5);
  BOOST_TEST_REQUIRE(bins.size() == 5U);
  BOOST_TEST(bins[0].n == 2);  // 0 and 0.2
  BOOST_TEST(bins[1].n == 2);  // just above 0.2, and 0.4
  BOOST_TEST(bins[2].n == 1);  // 0.6, of which 0.6 · 5 = 3 exactly
  BOOST_TEST(bins[3].n == 0);
  BOOST_TEST(bins[4].n == 1);
  BOOST_TEST(bins[0].share == 0.5);
  BOOST_TEST(same(bins[0].mean_probability, 0.1));
  BOOST_TEST(bins[1].high == 2.0 / 5);
}

BOOST_AUTO_TEST_CASE(every_border_belongs_to_the_bin_below_it) {
  for (std::size_t bins : {3U, 7U, 10U, 15U, 49U}) {
    for (std::size_t b = 1; b <= bins; ++b) {
      const double border = static_cast<double>(b) / static_cast<double>(bins);
      BOOST_TEST(reliability(Labels{1}, Scores{border}, bins)[b - 1].n == 1);
      if (b == bins) continue;
      BOOST_TEST(reliability(Labels{1}, Scores{std::nextafter(border, 1)}, bins)[b].n == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(calibration_error_by_hand) {
  // (0, .2]: two films, mean .1, share ½; (.6, .8]: one, .7, share 1; of three
  const auto bins = reliability(Labels{1, 0, 1}, Scores{.05, .15, .7}, 5);
  BOOST_TEST(same(calibration_error(bins), (2 * 0.4 + 0.3) / 3));
  BOOST_TEST(!calibration_error(reliability(Labels{}, Scores{})).has_value());
  BOOST_TEST(reliability(Labels{1}, Scores{1.5}).empty());
}

BOOST_AUTO_TEST_CASE(net_benefit_by_hand) {
  // 3 of 4 positives and 1 of 6 negatives reach .25
  const Labels y{1, 1, 1, 1, 0, 0, 0, 0, 0, 0};
  const Scores s{.9, .5, .25, .1, .6, .2, .2, .1, .05, 0};
  const auto c = decision_curve(y, s, Scores{.25, .95});
  BOOST_TEST_REQUIRE(c.size() == 2U);
  BOOST_TEST(same(c[0].model, 0.3 - 0.1 / 3));
  BOOST_TEST(same(c[0].treat_all, 0.4 - 0.6 / 3));
  BOOST_TEST(c[1].model == 0);
  BOOST_TEST(same(c[1].treat_all, 0.4 - 0.6 * 19));
  BOOST_TEST(decision_thresholds().size() == 99U);
  BOOST_CHECK_THROW(decision_curve(y, s, Scores{1}), youden::base::ConfigError);
  BOOST_TEST(decision_curve(Labels{}, Scores{}, Scores{.5}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

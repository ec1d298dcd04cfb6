// Tests of two models, or of two runs of one.
#include <array>

#include "golden.hpp"
#include "youden/stat/delong_paired.hpp"
#include "youden/stat/delong_unpaired.hpp"
#include "youden/stat/holm.hpp"
#include "youden/stat/mcnemar.hpp"

using namespace youden::stat;
using youden::base::ConfigError;
using youden::base::DataError;
using youden::test::maybe;
using youden::test::same;

namespace {

using Labels = std::vector<std::uint8_t>;
using Scores = std::vector<double>;

// A worked example: two models of ten samples.
const Labels kY{0, 0, 1, 1, 0, 1, 1, 0, 1, 0};
const Scores kS1{.1, .4, .35, .8, .2, .9, .7, .5, .5, .05};
const Scores kS2{.2, .3, .6, .7, .4, .5, .9, .6, .3, .1};

/// Rights of two models: 4 both, `b` the first only, `c` the second only, 3 neither.
std::pair<Labels, Labels> rights(int b, int c) {
  std::pair<Labels, Labels> out;
  for (const auto& [n, first, second] : {std::tuple(4, 1, 1), {b, 1, 0}, {c, 0, 1}, {3, 0, 0}}) {
    out.first.insert(out.first.end(), static_cast<std::size_t>(n), static_cast<std::uint8_t>(first));
    out.second.insert(out.second.end(), static_cast<std::size_t>(n), static_cast<std::uint8_t>(second));
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compare)

BOOST_AUTO_TEST_CASE(mcnemar_of_the_contract) {
  const auto [first, second] = rights(1, 6);
  const McNemar m = mcnemar(first, second);
  BOOST_TEST(m.first_only == 1);
  BOOST_TEST(m.second_only == 6);
  BOOST_TEST(same(m.test.p, 0.125));  // 2 (1 + 7) / 2^7
  BOOST_TEST(same(m.test.difference, -5.0 / 14));
}

BOOST_AUTO_TEST_CASE(mcnemar_matches_statsmodels) {
  auto rows = youden::test::golden_csv("mcnemar.csv");
  BOOST_TEST_REQUIRE(rows.size() == 40);
  for (auto& r : rows) {
    BOOST_TEST_CONTEXT(r["b"] << " and " << r["c"]) {
      BOOST_TEST(same(mcnemar_p(static_cast<std::int64_t>(r["b"]), static_cast<std::int64_t>(r["c"])), r["p"]));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_interval_of_mcnemar_goes_with_its_p) {
  const auto [first, second] = rights(2, 10);  // 2 (1 + 12 + 66) / 4096
  const McNemar m = mcnemar(first, second);
  BOOST_TEST(same(m.test.p, 158.0 / 4096));
  BOOST_TEST(*m.test.high < 0);
  // scipy's Clopper–Pearson of 2/12, on 12 of 19 samples
  BOOST_TEST(same(m.test.low, (2 * 0.020862525460092384 - 1) * 12 / 19));
  BOOST_TEST(same(m.test.high, (2 * 0.48413774868596715 - 1) * 12 / 19));
  const auto [third, fourth] = rights(2, 9);  // 2 (1 + 11 + 55) / 2048 = .065
  BOOST_TEST(*mcnemar(third, fourth).test.high > 0);
}

BOOST_AUTO_TEST_CASE(mcnemar_of_models_that_agree) {
  const auto [first, second] = rights(0, 0);
  const McNemar m = mcnemar(first, second);
  BOOST_TEST(*m.test.p == 1);
  BOOST_TEST(*m.test.difference == 0);
  BOOST_TEST(!m.test.low);
  BOOST_TEST(!mcnemar(Labels{}, Labels{}).test.p);
  BOOST_CHECK_THROW(mcnemar(Labels{1, 0}, Labels{1}), DataError);
}

BOOST_AUTO_TEST_CASE(paired_delong_of_the_contract) {
  const PairedTest t = delong_paired(kY, kS1, kS2);
  BOOST_TEST(same(t.difference, 0.06));
  BOOST_TEST(same(t.statistic, 0.457495710997814));
  BOOST_TEST(same(t.p, 0.647314784388521));
  BOOST_TEST(same(delong_paired(kY, kS2, kS1).statistic, -0.457495710997814));
}

BOOST_AUTO_TEST_CASE(paired_delong_matches_proc) {
  const auto cases = youden::test::golden_scores();
  auto rows = youden::test::golden_csv("delong_paired.csv");
  BOOST_TEST_REQUIRE(rows.size() == 18);
  for (auto& r : rows) {
    const auto& c = cases[static_cast<std::size_t>(r["case"])];
    const PairedTest t = delong_paired(c.positive, c.a, c.b);
    BOOST_TEST_CONTEXT("case " << r["case"]) {
      BOOST_TEST(same(t.difference, r["difference"]));
      BOOST_TEST(same(t.statistic, maybe(r["z"])));
      BOOST_TEST(same(t.p, maybe(r["p"])));
      if (!t.low) continue;
      BOOST_TEST(same(t.low, r["low"]));
      BOOST_TEST(same(t.high, r["high"]));
    }
  }
}

BOOST_AUTO_TEST_CASE(unpaired_delong_matches_proc) {
  const auto cases = youden::test::golden_scores();
  auto rows = youden::test::golden_csv("delong_unpaired.csv");
  BOOST_TEST_REQUIRE(rows.size() == 17);
  for (auto& r : rows) {
    const auto& a = cases[static_cast<std::size_t>(r["first"])];
    const auto& b = cases[static_cast<std::size_t>(r["second"])];
    const PairedTest t = delong_unpaired(placements(a.positive, a.a), placements(b.positive, b.a));
    BOOST_TEST_CONTEXT("cases " << r["first"] << " and " << r["second"]) {
      BOOST_TEST(same(t.difference, r["difference"]));
      BOOST_TEST(same(t.statistic, maybe(r["d"])));
      BOOST_TEST(same(t.df, maybe(r["df"])));
      BOOST_TEST(same(t.p, maybe(r["p"])));
    }
  }
}

BOOST_AUTO_TEST_CASE(folds_are_strata) {
  // Equal folds: the mean difference is that of one, its variance half of one's.
  const PlacementPair one{placements(kY, kS1), placements(kY, kS2)};
  const std::array<PlacementPair, 2> two{one, one};
  const PairedTest t = delong_paired(two);
  BOOST_TEST(same(t.difference, 0.06));
  BOOST_TEST(same(t.statistic, 0.457495710997814 * std::sqrt(2)));
  // A mean over folds is not the pooled AUC: a fold may have another scale.
  Scores higher = kS1;
  for (double& s : higher) s = 0.9 + s / 10;
  const std::array<PlacementPair, 2> shifted{one, PlacementPair{placements(kY, higher), placements(kY, kS2)}};
  BOOST_TEST(same(delong_paired(shifted).statistic, *t.statistic));
}

BOOST_AUTO_TEST_CASE(no_p_is_claimed_where_there_is_no_variance) {
  const PairedTest equal = delong_paired(kY, kS1, kS1);
  BOOST_TEST(*equal.difference == 0);
  BOOST_TEST(*equal.p == 1);
  BOOST_TEST(!equal.low);
  const Labels y{1, 1, 0, 0, 0};
  const PairedTest opposite = delong_paired(y, Scores{.9, .8, .1, .2, .3}, Scores{.1, .2, .9, .8, .7});
  BOOST_TEST(*opposite.difference == 1);
  BOOST_TEST(!opposite.p);
  const PairedTest single = delong_paired(Labels{1, 0, 0}, Scores{.9, .1, .2}, Scores{.15, .1, .2});
  BOOST_TEST(same(single.difference, 0.5));
  BOOST_TEST(!single.p);
  BOOST_TEST(!delong_paired(Labels{1, 1}, Scores{.9, .1}, Scores{.1, .2}).difference);
  BOOST_TEST(!delong_paired(std::span<const PlacementPair>{}).difference);
  const Placements perfect = placements(y, Scores{.9, .8, .1, .2, .3});
  BOOST_TEST(!delong_unpaired(perfect, perfect).p);
}

BOOST_AUTO_TEST_CASE(holm_matches_statsmodels) {
  for (const auto& c : youden::test::golden_json("holm.json")) {
    std::vector<std::optional<double>> p;
    for (const double v : c["p"]) p.emplace_back(v);
    const auto adjusted = holm(p);
    for (std::size_t i = 0; i < p.size(); ++i) BOOST_TEST(same(adjusted[i], c["adjusted"][i].get<double>()));
  }
}

BOOST_AUTO_TEST_CASE(an_undefined_p_does_not_count) {
  const auto adjusted = holm(std::vector<std::optional<double>>{0.02, {}, 0.03});
  BOOST_TEST(same(adjusted[0], 0.04));
  BOOST_TEST(!adjusted[1]);
  BOOST_TEST(same(adjusted[2], 0.04));
}

BOOST_AUTO_TEST_SUITE_END()

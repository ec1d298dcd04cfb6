#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/sweep/samplers/grid.hpp"
#include "youden/sweep/samplers/random.hpp"
#include "youden/sweep/samplers/sobol.hpp"

using namespace youden;
using config::Json;

namespace {

using Points = std::vector<std::vector<double>>;

/// The squared L2 star discrepancy by Warnock's formula (1972): how far shares of points in boxes at the origin are
/// from the boxes' volumes.
double discrepancy(const Points& points) {
  const auto n = static_cast<double>(points.size());
  const auto d = points.front().size();
  double single = 0;
  double pairs = 0;
  for (const auto& x : points) {
    double product = 1;
    for (const double u : x) product *= (1 - u * u) / 2;
    single += product;
    for (const auto& y : points) {
      double both = 1;
      for (std::size_t k = 0; k < d; ++k) both *= 1 - std::max(x[k], y[k]);
      pairs += both;
    }
  }
  return std::pow(1.0 / 3, static_cast<double>(d)) - 2 / n * single + pairs / (n * n);
}

sweep::Space space(const std::string& json) {
  return sweep::Space::parse(Json::parse(json), [](const std::string&) { return std::string(); });
}
const char* const kPlane = R"({"a": {"uniform": [0, 1]}, "b": {"log_uniform": [0.001, 1]}, "c": ["x", "y", "z"]})";

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep_samplers)

BOOST_AUTO_TEST_CASE(discrepancy_of_one_point_by_hand) {  // ∫(1[x > ½] − x)² dx = 1/12
  BOOST_TEST(discrepancy({{0.5}}) == 1.0 / 12, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(sobol_is_more_even_than_random) {
  constexpr std::uint64_t kSeeds = 8;
  for (const std::size_t n : {32U, 64U, 256U}) {
    double even_sum = 0;
    double chance_sum = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const sweep::Sobol::Sequence sequence(seed, 4);
      const sweep::Random random({}, {.seed = seed});
      Points even;
      Points chance;
      for (std::size_t i = 0; i < n; ++i) {
        even.push_back(sequence.next());
        chance.push_back(random.point(i, 4));
      }
      even_sum += discrepancy(even);
      chance_sum += discrepancy(chance);
    }
    BOOST_TEST(even_sum < 0.4 * chance_sum);
  }
}

BOOST_AUTO_TEST_CASE(more_trials_begin_with_those_of_fewer) {
  const auto s = space(kPlane);
  for (const bool sobol : {true, false}) {
    const auto draw = [&](int n) {
      return sobol ? sweep::Sobol({}, {.seed = 3}).trials(s, n) : sweep::Random({}, {.seed = 3}).trials(s, n);
    };
    const auto few = draw(5);
    const auto many = draw(20);
    BOOST_REQUIRE(many.size() == 20U);
    for (std::size_t i = 0; i < few.size(); ++i) BOOST_TEST(few[i] == many[i]);
  }
}

BOOST_AUTO_TEST_CASE(the_seed_decides) {
  const auto s = space(kPlane);
  BOOST_TEST((sweep::Sobol({}, {.seed = 1}).trials(s, 4) == sweep::Sobol({}, {.seed = 1}).trials(s, 4)));
  BOOST_TEST((sweep::Sobol({}, {.seed = 1}).trials(s, 4) != sweep::Sobol({}, {.seed = 2}).trials(s, 4)));
  BOOST_TEST((sweep::Random({}, {.seed = 1}).trials(s, 4) != sweep::Random({}, {.seed = 2}).trials(s, 4)));
}

BOOST_AUTO_TEST_CASE(a_finite_space_is_drawn_whole_and_nothing_twice) {
  const auto s = space(R"({"a": [1, 2, 3], "b": {"integer": [1, 4]}, "c": {"choice": [7, 8], "when": {"a": 2}}})");
  for (const bool sobol : {true, false}) {
    const auto all = sobol ? sweep::Sobol({}, {}).trials(s, 500) : sweep::Random({}, {}).trials(s, 500);
    std::set<std::string> different;
    for (const auto& p : all) different.insert(p.dump());
    BOOST_TEST(all.size() == 16U);  // 2 · 4 without c, 1 · 4 · 2 with it
    BOOST_TEST(different.size() == 16U);
  }
}

BOOST_AUTO_TEST_CASE(how_many_must_be_said_of_all_but_grids) {
  const auto s = space(kPlane);
  BOOST_CHECK_THROW((sweep::Random({}, {}).trials(s, {})), base::ConfigError);
  BOOST_TEST((sweep::Grid({}, {}).trials(space(R"({"a": [1, 2, 3]})"), 2).size() == 2U));
}

BOOST_AUTO_TEST_SUITE_END()

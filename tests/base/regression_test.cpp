#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/base/philox.hpp"
#include "youden/base/regression/leading_axes.hpp"
#include "youden/base/regression/matrix.hpp"
#include "youden/base/regression/row_space.hpp"
#include "youden/base/regression/softmax_regression.hpp"

using namespace youden;
using base::LeadingAxes;
using base::Matrix;
using base::RowSpace;
using base::SoftmaxRegression;

namespace {

Matrix drawn(std::size_t rows, std::size_t columns) {
  base::Stream draw({.seed = 7, .purpose = "matrix", .replicate = 0, .fold = 0, .epoch = 0, .item = {}});
  Matrix out(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (double& cell : out.row(i)) cell = draw.normal();
  }
  return out;
}

struct Case {
  Matrix x;
  std::vector<int> labels;
  std::vector<double> weights;
  std::size_t classes;

  explicit Case(const nlohmann::json& j)
      : x(j.at("rows").size(), j.at("rows")[0].size()),
        labels(j.at("labels")),
        weights(j.at("weights")),
        classes(j.at("classes")) {
    for (std::size_t i = 0; i < x.rows(); ++i) {
      for (std::size_t c = 0; c < x.columns(); ++c) x(i, c) = j.at("rows")[i][c];
    }
  }
  /// In the rows' own space where `reduced`, its weights carried back.
  [[nodiscard]] SoftmaxRegression::Fit fit(double l2, bool reduced) const {
    if (!reduced) return SoftmaxRegression(x, labels, weights, classes, LeadingAxes::of(x, 8)).fit(l2);
    const RowSpace space(x, 2);
    const Matrix& z = space.coordinates();
    const LeadingAxes axes = LeadingAxes::of(z, 8);
    SoftmaxRegression::Fit fit = SoftmaxRegression(z, labels, weights, classes, axes).fit(l2);
    std::vector<double> lifted;
    for (std::size_t k = 0; k < fit.intercepts.size(); ++k) {
      const auto row = space.lifted(std::span(fit.weights).subspan(k * z.columns(), z.columns()));
      lifted.insert(lifted.end(), row.begin(), row.end());
    }
    fit.weights = lifted;
    return fit;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(regression)

BOOST_AUTO_TEST_CASE(sums_do_not_mind_a_shorter_row) {
  const std::vector<double> a{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  std::vector<double> b(12, 2);
  BOOST_TEST(base::dot(a, b) == 110);
  base::add_scaled(b, 0.5, a);
  BOOST_TEST(b == (std::vector<double>{2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 2, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rows_keep_their_angles_in_their_own_space) {
  Matrix x = drawn(12, 30);
  std::copy(x.row(3).begin(), x.row(3).end(), x.row(8).begin());  // 11 independent rows
  const RowSpace space(x, 2);
  const Matrix& z = space.coordinates();
  BOOST_TEST(z.columns() == 11U);
  for (std::size_t i = 0; i < 12; ++i) {
    for (std::size_t j = 0; j < 12; ++j) {
      BOOST_TEST(base::dot(z.row(i), z.row(j)) == base::dot(x.row(i), x.row(j)), boost::test_tools::tolerance(1e-10));
    }
  }
  const std::vector<double> theta{1, -2, 0.5, 0, 3, 1, -1, 2, 0, 1, -0.5};
  const std::vector<double> w = space.lifted(theta);
  BOOST_TEST(base::dot(w, w) == base::dot(theta, theta), boost::test_tools::tolerance(1e-10));
  for (std::size_t i = 0; i < 12; ++i) {
    BOOST_TEST(base::dot(x.row(i), w) == base::dot(z.row(i), theta), boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(leading_axes_are_eigenvectors) {
  Matrix z = drawn(40, 12);
  for (std::size_t i = 0; i < 40; ++i) {
    for (std::size_t c = 0; c < 12; ++c) z(i, c) *= std::pow(0.4, static_cast<double>(c));
  }
  const LeadingAxes axes = LeadingAxes::of(z, 5);
  BOOST_REQUIRE(axes.values.size() == 5U);
  for (std::size_t a = 0; a < 3; ++a) {
    std::vector<double> image(12);
    for (std::size_t i = 0; i < 40; ++i) base::add_scaled(image, base::dot(z.row(i), axes.vectors.row(a)), z.row(i));
    for (std::size_t c = 0; c < 12; ++c) {
      BOOST_TEST(std::abs(image[c] - axes.values[a] * axes.vectors(a, c)) < 1e-4 * axes.values[0]);
    }
  }
}

BOOST_AUTO_TEST_CASE(coefficients_and_probabilities_of_scikit_learn) {
  std::ifstream in(std::string(kSourceDir) + "/tests/golden/train/softmax_regression.json");
  const auto golden = nlohmann::json::parse(in).at("cases");
  BOOST_REQUIRE(golden.size() >= 10U);
  for (const auto& j : golden) {
    const Case c(j);
    for (const bool reduced : {false, true}) {
      BOOST_TEST_CONTEXT(j.at("name").get<std::string>() << (reduced ? ", in the rows' space" : "")) {
        const auto fit = c.fit(j.at("l2"), reduced);
        BOOST_TEST(fit.gradient <= 1e-8);
        const std::size_t p = c.x.columns();
        for (std::size_t k = 0; k < fit.intercepts.size(); ++k) {
          BOOST_TEST(std::abs(fit.intercepts[k] - j.at("intercepts")[k].get<double>()) < 1e-6);
          for (std::size_t f = 0; f < p; ++f) {
            BOOST_TEST(std::abs(fit.weights[k * p + f] - j.at("coefficients")[k][f].get<double>()) < 1e-6);
          }
        }
        for (std::size_t i = 0; i < c.x.rows(); ++i) {
          const auto probability = SoftmaxRegression::probabilities(fit, c.x.row(i));
          for (std::size_t k = 0; k < c.classes; ++k) {
            BOOST_TEST(std::abs(probability[k] - j.at("probabilities")[i][k].get<double>()) < 1e-6);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_path_of_penalties_ends_where_each_alone_does) {
  const Matrix x = drawn(60, 25);
  std::vector<int> labels;
  for (std::size_t i = 0; i < 60; ++i) labels.push_back(x(i, 0) + x(i, 1) > 0.3 ? 1 : 0);
  const std::vector<double> weights(60, 1);
  const LeadingAxes axes = LeadingAxes::of(x, 8);
  SoftmaxRegression path(x, labels, weights, 2, axes);
  for (const double l2 : {1000.0, 100.0, 10.0, 1.0, 0.1, 0.01}) {
    const auto warm = path.fit(l2);
    const auto cold = SoftmaxRegression(x, labels, weights, 2, axes).fit(l2);
    BOOST_TEST(warm.gradient <= 1e-8);
    for (std::size_t f = 0; f < 25; ++f) BOOST_TEST(std::abs(warm.weights[f] - cold.weights[f]) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(rows_of_weight_nothing_are_not_looked_at) {
  const Matrix x = drawn(30, 4);
  std::vector<int> labels;
  for (std::size_t i = 0; i < 30; ++i) labels.push_back(i % 3 == 0 ? 1 : 0);
  std::vector<double> weights(30, 1);
  for (std::size_t i = 20; i < 30; ++i) weights[i] = 0;
  Matrix first(20, 4);
  for (std::size_t i = 0; i < 20; ++i) std::copy(x.row(i).begin(), x.row(i).end(), first.row(i).begin());
  const auto part = SoftmaxRegression(x, labels, weights, 2, LeadingAxes::of(x, 4)).fit(0.5);
  const auto alone =
      SoftmaxRegression(first, std::span(labels).first(20), std::span(weights).first(20), 2, LeadingAxes::of(first, 4))
          .fit(0.5);
  for (std::size_t f = 0; f < 4; ++f) BOOST_TEST(std::abs(part.weights[f] - alone.weights[f]) < 1e-8);
}

BOOST_AUTO_TEST_SUITE_END()

#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "cases.hpp"
#include "youden/audit/predictability.hpp"
#include "youden/audit/source_confounding.hpp"
#include "youden/base/philox.hpp"
#include "youden/stat/clustered_auc.hpp"
#include "youden/stat/logistic_regression.hpp"

using namespace youden;
using namespace youden::audit;
using namespace youden::test;

namespace {

/// Written by tools/golden/audit_numbers.py.
nlohmann::json golden() {
  std::ifstream in(std::string(kSourceDir) + "/tests/golden/audit/numbers.json");
  return nlohmann::json::parse(in);
}

const std::vector<std::uint8_t> kLabels{1, 1, 1, 0, 0, 0, 0};
const std::vector<double> kScores{0.9, 0.3, 0.7, 0.5, 0.2, 0.1, 0.4};
const std::vector<int> kOneStratum(7, 0);

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_predictability)

BOOST_AUTO_TEST_CASE(logistic_regression_is_scikit_learns) {
  const auto g = golden();
  std::vector<double> rows;
  for (const auto& row : g.at("rows")) rows.insert(rows.end(), row.begin(), row.end());
  const auto y = g.at("labels").get<std::vector<std::uint8_t>>();
  const auto fit = youden::stat::LogisticRegression::fit(rows, y, 3);
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(fit.weights[i] == g.at("weights")[i].get<double>(), boost::test_tools::tolerance(1e-7));
  }
  BOOST_TEST(fit.bias == g.at("bias").get<double>(), boost::test_tools::tolerance(1e-7));
}

BOOST_AUTO_TEST_CASE(separable_labels_have_finite_weights) {
  const auto fit = youden::stat::LogisticRegression::fit(std::vector{-2.0, -1.0, 1.0, 2.5},
                                                         std::vector<std::uint8_t>{0, 0, 1, 1}, 1);
  const auto g = golden().at("separated");
  BOOST_TEST(fit.weights[0] == g.at("weight").get<double>(), boost::test_tools::tolerance(1e-7));
  BOOST_TEST(fit.bias == g.at("bias").get<double>(), boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(films_that_stand_alone_have_the_logit_delong_interval) {
  const std::vector<std::string> alone{"a", "b", "c", "d", "e", "f", "g"};
  const auto own = youden::stat::clustered_auc(kLabels, kScores, alone, kOneStratum);
  const auto theirs = stat::auc(kLabels, kScores);
  BOOST_TEST(own.value.value() == 10.0 / 12);
  BOOST_TEST(own.low.value() == theirs.low.value(), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(own.high.value() == theirs.high.value(), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_film_twice_says_nothing_more) {
  std::vector<std::uint8_t> labels;
  std::vector<double> scores;
  std::vector<std::string> patients;
  for (std::size_t i = 0; i < kLabels.size(); ++i) {
    for (int k = 0; k < 2; ++k) {
      labels.push_back(kLabels[i]);
      scores.push_back(kScores[i]);
      patients.push_back(std::to_string(i));
    }
  }
  const auto twice = youden::stat::clustered_auc(labels, scores, patients, std::vector<int>(14, 0));
  const auto once = stat::auc(kLabels, kScores);
  BOOST_TEST(twice.low.value() == once.low.value(), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(twice.n == 14);
}

BOOST_AUTO_TEST_CASE(perfection_is_bounded_by_the_number_of_patients) {
  const std::vector<std::uint8_t> labels{1, 1, 1, 1, 0, 0, 0};
  const std::vector<double> scores{9, 8, 7, 6, 3, 2, 1};
  const std::vector<std::string> patients{"a", "a", "b", "b", "c", "d", "e"};
  const auto auc = youden::stat::clustered_auc(labels, scores, patients, kOneStratum);
  BOOST_TEST(auc.value.value() == 1);
  BOOST_TEST(auc.low.value() == std::sqrt(0.025), boost::test_tools::tolerance(1e-12));  // two positive patients
}

BOOST_AUTO_TEST_CASE(only_films_of_one_fold_are_ranked_against_each_other) {
  // Fold 1's scores are all above fold 0's; within each, the positive is on top.
  const std::vector<std::uint8_t> labels{1, 0, 0, 1, 0, 0};
  const std::vector<double> scores{3, 2, 1, 13, 12, 11};
  const std::vector<std::string> alone{"a", "b", "c", "d", "e", "f"};
  BOOST_TEST(youden::stat::clustered_auc(labels, scores, alone, std::vector{0, 0, 0, 1, 1, 1}).value.value() == 1);
  BOOST_TEST(youden::stat::clustered_auc(labels, scores, alone, std::vector<int>(6, 0)).value.value() == 0.75);
}

BOOST_AUTO_TEST_CASE(cramers_v_is_scipys) {
  for (const auto& table : golden().at("tables")) {
    const auto v = cramers_v(table.at("counts").get<std::vector<std::vector<double>>>());
    BOOST_TEST(v.value() == table.at("v").get<double>(), boost::test_tools::tolerance(1e-12));
  }
  BOOST_TEST(!cramers_v({{3, 4}}));
}

BOOST_AUTO_TEST_CASE(a_telling_trait_is_found_and_noise_is_not) {
  std::vector<Row> rows;
  std::vector<double> noise, told;
  base::Stream s({.seed = 3, .purpose = "case"});
  for (int i = 0; i < 90; ++i) {
    rows.push_back({std::to_string(i), i % 3 == 0 ? "ill" : "well", "p" + std::to_string(i)});
    noise.push_back(s.normal());
    told.push_back((i % 3 == 0 ? 1.5 : 0) + s.normal());
  }
  const Films films(rows);
  std::vector<std::size_t> all(90);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const auto by_noise = predictability(films.subject(), {{"noise"}, {noise}}, all);
  const auto by_trait = predictability(films.subject(), {{"trait", "noise"}, {told, noise}}, all);
  BOOST_TEST(by_noise.severity() == Severity::pass);
  BOOST_TEST(by_trait.severity() == Severity::fail);
  BOOST_TEST(by_trait.of == "ill");
  BOOST_TEST(by_trait.folds == 5);
}

BOOST_AUTO_TEST_CASE(a_patient_is_never_on_both_sides) {
  // The trait is the patient's own number: it could be learned by heart only.
  std::vector<Row> rows;
  std::vector<double> number;
  std::vector<std::size_t> all;
  base::Stream s({.seed = 4, .purpose = "case"});
  for (int p = 0; p < 24; ++p) {
    const double own = s.normal();
    for (int k = 0; k < 6; ++k) {
      rows.push_back({std::to_string(p * 6 + k), p % 2 == 0 ? "ill" : "well", "p" + std::to_string(p)});
      number.push_back(own);
      all.push_back(all.size());
    }
  }
  BOOST_TEST(predictability(Films(rows).subject(), {{"number"}, {number}}, all).severity() == Severity::pass);
}

BOOST_AUTO_TEST_CASE(one_patient_a_class_is_too_few) {
  const Films films({{"a", "ill", "A"}, {"b", "well", "B"}, {"c", "well", "C"}});
  const auto p = predictability(films.subject(), {{"x"}, {{1, 2, 3}}}, {0, 1, 2});
  BOOST_TEST(p.folds == 0);
  BOOST_TEST(!p.auc.value);
}

BOOST_AUTO_TEST_SUITE_END()

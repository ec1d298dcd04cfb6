#include "youden/evaluate/classification_report.hpp"

#include "stat/golden.hpp"

using namespace youden::evaluate;
using namespace youden::stat;

namespace {

ConfusionMatrix matrix_of(const std::vector<std::vector<std::int64_t>>& cells) {
  ConfusionMatrix m(cells.size());
  for (std::size_t t = 0; t < cells.size(); ++t) {
    for (std::size_t p = 0; p < cells.size(); ++p) m.add(t, p, cells[t][p]);
  }
  return m;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(classification_report_text)

BOOST_AUTO_TEST_CASE(the_tutorials_report) {
  const std::vector<std::string> names{"covid", "normal"};
  BOOST_TEST(to_text(classification_report(matrix_of({{5, 0}, {1, 4}}), names)) ==
             "              precision    recall  f1-score   support\n"
             "\n"
             "       covid       0.83      1.00      0.91         5\n"
             "      normal       1.00      0.80      0.89         5\n"
             "\n"
             "    accuracy                           0.90        10\n"
             "   macro avg       0.92      0.90      0.90        10\n"
             "weighted avg       0.92      0.90      0.90        10\n");
}

BOOST_AUTO_TEST_CASE(every_text_matches_scikit_learn) {
  const auto cases = youden::test::golden_json("reports.json");
  BOOST_TEST(cases.size() > 70U);
  for (const auto& j : cases) {
    const auto report = classification_report(matrix_of(j["matrix"]), j["names"].get<std::vector<std::string>>());
    BOOST_TEST(to_text(report, j["digits"]) == j["text"].get<std::string>());
  }
}

BOOST_AUTO_TEST_CASE(the_numbers_are_there_too) {
  const std::vector<std::string> names{"a", "b"};
  const ClassificationReport r = classification_report(matrix_of({{3, 1}, {2, 6}}), names);
  BOOST_TEST(r.classes[0].precision == 0.6);
  BOOST_TEST(r.classes[0].recall == 0.75);
  BOOST_TEST(std::abs(r.classes[0].f1 - 2.0 / 3) < 1e-15);
  BOOST_TEST(r.micro.f1 == 0.75);
  BOOST_TEST(std::abs(r.weighted.recall - 0.75) < 1e-15);
  BOOST_TEST(r.macro.support == 12);
}

BOOST_AUTO_TEST_CASE(names_must_fit_the_matrix_and_an_empty_one_prints) {
  const std::vector<std::string> names{"a", "b"};
  BOOST_CHECK_THROW(classification_report(ConfusionMatrix(3), names), youden::base::DataError);
  BOOST_TEST(to_text(classification_report(ConfusionMatrix(2), names)).find("nan") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

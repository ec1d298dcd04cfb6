#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/stat/confusion.hpp"

namespace youden::evaluate {

/// One line of the report. Unlike elsewhere an undefined ratio is 0 here, as scikit-learn prints it.
struct ReportRow {
  std::string name;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  std::int64_t support = 0;
};

/// Precision, recall, F1 and support per class and averaged, with the bits of scikit-learn 1.2.
struct ClassificationReport {
  std::vector<ReportRow> classes = {};
  /// accuracy (equal to the micro average) where every class occurs in truth or prediction, else "micro avg".
  ReportRow micro;
  ReportRow macro;
  ReportRow weighted;
};

namespace detail {

/// Sums in numpy's order (pairwise, eight lanes), since a last bit decides whether 0.825 prints as 0.82 or 0.83.
inline double numpy_sum(std::span<const double> x) {
  if (x.size() < 8) {
    double sum = 0;
    for (const double v : x) sum += v;
    return sum;
  }
  if (x.size() > 128) {
    std::size_t half = x.size() / 2;
    half -= half % 8;
    return numpy_sum(x.first(half)) + numpy_sum(x.subspan(half));
  }
  std::array<double, 8> lane{};
  std::copy_n(x.begin(), 8, lane.begin());
  std::size_t i = 8;
  for (; i < x.size() - x.size() % 8; i += 8) {
    for (std::size_t j = 0; j < 8; ++j) lane[j] += x[i + j];
  }
  double sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  for (; i < x.size(); ++i) sum += x[i];
  return sum;
}

inline double ratio_or_zero(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

inline ReportRow report_row(std::string name, std::int64_t tp, std::int64_t predicted, std::int64_t support) {
  ReportRow row{.name = std::move(name),
                .precision = ratio_or_zero(tp, predicted),
                .recall = ratio_or_zero(tp, support),
                .support = support};
  const double sum = row.precision + row.recall;
  if (sum > 0) row.f1 = 2 * row.precision * row.recall / sum;
  return row;
}

/// Weighted by support, or equally.
inline ReportRow report_average(std::string name, const std::vector<ReportRow>& rows, std::int64_t total,
                                bool by_support) {
  const auto average = [&](double ReportRow::*column) {
    std::vector<double> values;
    for (const ReportRow& row : rows) {
      values.push_back(by_support ? row.*column * static_cast<double>(row.support) : row.*column);
    }
    const auto weight = static_cast<double>(by_support ? total : static_cast<std::int64_t>(rows.size()));
    return weight > 0 ? numpy_sum(values) / weight : 0;
  };
  return {.name = std::move(name),
          .precision = average(&ReportRow::precision),
          .recall = average(&ReportRow::recall),
          .f1 = average(&ReportRow::f1),
          .support = total};
}

/// Code points, which is what Python pads by: every byte but UTF-8's continuations.
inline std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

inline std::string right_aligned(std::string_view text, std::size_t width) {
  const std::size_t used = text_width(text);
  return std::string(used < width ? width - used : 0, ' ') + std::string(text);
}

/// Correctly rounded, and without a locale's decimal comma.
inline std::string fixed_point(double value, int digits) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits).ptr;
  return {text.data(), end};
}

}  // namespace detail

/// `names`: one a class, in the matrix' order.
inline ClassificationReport classification_report(const stat::ConfusionMatrix& matrix,
                                                  std::span<const std::string> names) {
  if (names.size() != matrix.classes()) {
    throw base::DataError(
        {std::to_string(names.size()) + " class names for " + std::to_string(matrix.classes()) + " classes",
         {},
         "give one name a class"});
  }
  ClassificationReport report;
  bool all_occur = true;
  for (std::size_t c = 0; c < names.size(); ++c) {
    report.classes.push_back(detail::report_row(names[c], matrix.at(c, c), matrix.predicted(c), matrix.support(c)));
    all_occur = all_occur && matrix.predicted(c) + matrix.support(c) > 0;
  }
  const std::int64_t total = matrix.total();
  report.micro = detail::report_row(all_occur ? "accuracy" : "micro avg", matrix.correct(), total, total);
  report.macro = detail::report_average("macro avg", report.classes, total, false);
  report.weighted = detail::report_average("weighted avg", report.classes, total, true);
  return report;
}

/// The text of `sklearn.metrics.classification_report` 1.2, byte for byte, with its final newline.
inline std::string to_text(const ClassificationReport& report, int digits = 2) {
  constexpr std::size_t kColumn = 9;
  constexpr int kMostDigits = 17;  // more are noise in a double, and would not fit fixed_point's buffer for ever
  digits = std::clamp(digits, 0, kMostDigits);
  std::size_t width = std::max(report.weighted.name.size(), static_cast<std::size_t>(digits));
  for (const ReportRow& row : report.classes) width = std::max(width, detail::text_width(row.name));

  const auto cell = [](std::string_view text) { return detail::right_aligned(text, kColumn).insert(0, 1, ' '); };
  const auto line = [&](const ReportRow& row) {
    const bool only_f1 = row.name == "accuracy" && &row == &report.micro;
    std::string out = detail::right_aligned(row.name, width) + " ";
    out += cell(only_f1 ? "" : detail::fixed_point(row.precision, digits));
    out += cell(only_f1 ? "" : detail::fixed_point(row.recall, digits));
    return out + cell(detail::fixed_point(row.f1, digits)) + cell(std::to_string(row.support)) + "\n";
  };
  std::string text = detail::right_aligned("", width) + " ";
  for (const char* heading : {"precision", "recall", "f1-score", "support"}) text += cell(heading);
  text += "\n\n";
  for (const ReportRow& row : report.classes) text += line(row);
  text += "\n";
  for (const ReportRow* row : {&report.micro, &report.macro, &report.weighted}) text += line(*row);
  return text;
}

}  // namespace youden::evaluate

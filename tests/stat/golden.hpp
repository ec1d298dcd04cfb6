#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/stat/estimate.hpp"

// Numbers of independent software, written by tools/golden/metric_numbers.{py,R}.
namespace youden::test {

inline std::ifstream open_golden(const std::string& name) {
  std::ifstream in(std::string(kSourceDir) + "/tests/golden/metric/" + name);
  BOOST_TEST_REQUIRE(in.good(), "cannot read golden file " << name);
  return in;
}

inline nlohmann::json golden_json(const std::string& name) {
  auto in = open_golden(name);
  return nlohmann::json::parse(in);
}

/// Rows of numbers by column name; NA is NaN.
inline std::vector<std::map<std::string, double>> golden_csv(const std::string& name) {
  auto in = open_golden(name);
  const auto cells = [](const std::string& line) {
    std::vector<std::string> out;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) out.push_back(cell);
    return out;
  };
  std::string line;
  std::getline(in, line);
  const auto header = cells(line);
  std::vector<std::map<std::string, double>> rows;
  while (std::getline(in, line)) {
    const auto values = cells(line);
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = values[i] == "NA" ? NAN : std::stod(values[i]);
  }
  return rows;
}

struct ScoredCase {
  std::vector<std::uint8_t> positive;
  std::vector<double> a;
  std::vector<double> b;
};
inline std::vector<ScoredCase> golden_scores() {
  std::vector<ScoredCase> cases;
  for (auto& row : golden_csv("scores.csv")) {
    cases.resize(std::max(cases.size(), static_cast<std::size_t>(row["case"]) + 1));
    cases.back().positive.push_back(row["y"] == 1 ? 1 : 0);
    cases.back().a.push_back(row["a"]);
    cases.back().b.push_back(row["b"]);
  }
  return cases;
}

/// Equal to 1e-12, or both undefined.
inline boost::test_tools::assertion_result same(std::optional<double> got, std::optional<double> expected) {
  const bool good = got.has_value() == expected.has_value() &&
                    (!got || std::abs(*got - *expected) <= 1e-12 * std::max(1.0, std::abs(*expected)));
  boost::test_tools::assertion_result result(good);
  const auto text = [](std::optional<double> v) {
    std::ostringstream out;
    out.precision(17);
    if (v) {
      out << *v;
    } else {
      out << "undefined";
    }
    return out.str();
  };
  if (!good) result.message() << "got " << text(got) << ", expected " << text(expected);
  return result;
}

inline std::optional<double> maybe(double v) { return std::isnan(v) ? std::nullopt : std::optional(v); }
inline std::optional<double> maybe(const nlohmann::json& j) {
  return j.is_null() ? std::nullopt : std::optional(j.get<double>());
}

}  // namespace youden::test

#pragma once
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "youden/base/text.hpp"
#include "youden/compare/comparison_json.hpp"
#include "youden/evaluate/model_comparison.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {

inline std::string number_text(const std::optional<double>& v, const char* undefined = "undefined") {
  return v ? fmt::format("{:.4f}", *v) : undefined;
}
/// `0.9600 [0.8629, 0.9951]`
inline std::string interval_text(const std::optional<double>& value, const std::optional<double>& low,
                                 const std::optional<double>& high) {
  if (!value || !low || !high) return number_text(value);
  return fmt::format("{:.4f} [{:.4f}, {:.4f}]", *value, *low, *high);
}
inline std::string p_text(const std::optional<double>& p) {
  if (!p) return "-";
  return *p < 0.0001 ? fmt::format("{:.1e}", *p) : fmt::format("{:.4f}", *p);
}
inline std::string indented(const store::Table& table) {
  std::string out;
  for (const std::string& line : base::split(table.text(), '\n')) out += line.empty() ? "" : "  " + line + "\n";
  return out;
}

/// Tests of two models as people or spreadsheets read them. `models` says which, `7 − 8`. People see the p of an
/// exploratory test only where they ask for it (`every_p`).
inline void add_tests(store::Table& table, const std::string& models,
                      const std::vector<evaluate::ComparisonTest>& tests, bool text, bool every_p) {
  if (table.columns.empty()) {
    table.columns = {"models", "metric", "test", "difference", "low", "high", "p", "p_holm", "n"};
  }
  for (const evaluate::ComparisonTest& t : tests) {
    const stat::PairedTest& r = t.result;
    const std::string marks =
        std::string(t.assumes_independent_films ? " *" : "") + (t.first_replicates_only ? " †" : "");
    if (text) {
      table.rows.push_back({models, t.metric, t.test + marks, number_text(r.difference), number_text(r.low, "-"),
                            number_text(r.high, "-"), t.exploratory && !every_p ? "" : p_text(r.p),
                            t.claimed       ? "claimed"
                            : t.exploratory ? "exploratory"
                                            : p_text(t.p_holm),
                            t.n});
    } else {
      table.rows.push_back({models, t.metric, t.test, compare::number_or_null(r.difference),
                            compare::number_or_null(r.low), compare::number_or_null(r.high),
                            compare::number_or_null(r.p), compare::number_or_null(t.p_holm), t.n});
    }
  }
}

}  // namespace youden::runner

#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "youden/report/page/json_html.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"

namespace youden::report {

namespace detail {

/// The sentence where the check wrote one, all else behind it.
inline std::string evidence_html(config::Json evidence) {
  if (evidence.is_null()) return "–";
  if (!evidence.is_object() || !evidence.contains("text")) return json_html(evidence);
  std::string out = escape(plain(evidence["text"]));
  evidence.erase("text");
  return evidence.empty() ? out : out + details("evidence", json_html(evidence), false);
}

}  // namespace detail

/// What the audit and the controls found, failures first.
inline Section findings_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "audit", .title = "Audit", .html = {}};
  if (d.findings.empty()) {
    s.html =
        paragraph("No audit of these data is stored with the run: leakage, duplicates and shortcuts are unchecked.");
    return s;
  }
  const auto rank = [](const store::FindingRow& f) { return f.severity == "fail" ? 0 : f.severity == "warn" ? 1 : 2; };
  std::vector<store::FindingRow> sorted = d.findings;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  HtmlTable table("Findings", {"verdict", "check", "value", "evidence"});
  for (const auto& f : sorted) {
    const std::string style = f.severity == "fail" || f.severity == "warn" ? f.severity : "pass";
    const char* mark = style == "fail" ? "✗" : style == "warn" ? "!" : "✓";
    std::string rule = f.rule;
    std::replace(rule.begin(), rule.end(), '-', ' ');
    table.add({{.html = fmt::format("<span class=\"flag {}\">{} {}</span>", style, mark, escape(f.severity)),
                .sort = std::to_string(rank(f))},
               Cell::text(rule),
               f.value ? Cell::value(f.value) : Cell{.html = "–", .number = true},
               {.html = detail::evidence_html(f.evidence)}});
  }
  s.html = table.html();
  return s;
}

}  // namespace youden::report

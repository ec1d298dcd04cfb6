#pragma once
#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/sections/results.hpp"
#include "youden/report/words.hpp"

namespace youden::report {

/// Headline metrics by subgroup (`slices:` of the experiment), with n, small ones marked by their wide intervals.
inline Section slices_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "slices", .title = "Subgroups", .html = {}};
  for (const std::string& part : d.parts) {
    HtmlTable table(capitalised(part_words(part)) + ", by subgroup",
                    {"subgroup", "metric", "value", "low", "high", "interval", "n"});
    for (const auto& r : d.rows) {
      const bool whole = r.fold == -1 && r.replicate <= 0 && r.unit == d.run.unit;
      const bool headline = r.class_name.empty() || r.class_name == d.run.positive || !d.binary();
      if (!whole || r.part != part || r.slice.empty() || !headline) continue;
      const std::string of = d.binary() || r.class_name.empty() ? "" : " of " + r.class_name;
      std::vector<Cell> row{Cell::text(r.slice), Cell::text(metric_title(r.metric) + of)};
      detail::add_estimate(row, r.estimate);
      table.add(std::move(row));
    }
    if (!table.empty())
      s.html += part == d.main_part() ? table.html() : details(escape(part_words(part)), table.html());
  }
  if (!s.html.empty()) {
    s.html += paragraph(
        "Many subgroups, many chances: one that stands out is a question for other data, not an answer.", "soft");
  }
  return s;
}

}  // namespace youden::report

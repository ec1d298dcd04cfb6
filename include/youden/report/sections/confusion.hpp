#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/html.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/words.hpp"

namespace youden::report {

namespace detail {

inline std::string confusion_table(const RunData& d, const std::string& part, int replicate, const std::string& more) {
  const store::Confusion c = store::confusion_of(d.run, d.units.at(part), replicate);
  std::string out = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Confusion matrix, {0}{1}\"><table "
      "class=\"matrix\"><caption>{2}{1}: rows are the truth, columns what was called</caption><thead><tr><td></td>",
      escape(part_words(part)), escape(more), escape(capitalised(part_words(part))));
  for (const auto& name : d.run.classes) out += "<th scope=\"col\">called " + escape(name) + "</th>";
  out += "</tr></thead><tbody>\n";
  for (std::size_t truth = 0; truth < c.labels.size(); ++truth) {
    out += "<tr><th scope=\"row\">" + escape(c.labels[truth]) + "</th>";
    for (std::size_t called = 0; called < c.labels.size(); ++called) {
      const std::int64_t cell = c.matrix[truth][called];
      out += fmt::format("<td class=\"{}\">{}</td>", truth == called ? "hit" : cell > 0 ? "miss" : "", cell);
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace detail

/// Who was called what, for every part but training.
inline Section confusion_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "confusion", .title = "Confusion matrix", .html = {}};
  for (const std::string& part : d.parts) {
    if (part == "train") continue;
    const std::string more =
        std::string(d.by_patient() ? ", by patient" : "") + (d.run.replicates > 1 ? ", replicate 0" : "");
    const std::string table = detail::confusion_table(d, part, 0, more);
    s.html += part == d.main_part() ? table : details(escape(capitalised(part_words(part))), table);
  }
  return s;
}

}  // namespace youden::report

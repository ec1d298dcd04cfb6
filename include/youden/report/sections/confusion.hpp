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

/// Counts over all folds of one replicate, from the stored decisions: truth → called → films.
inline std::map<std::string, std::map<std::string, std::int64_t>> count_decisions(const RunData& d,
                                                                                  const std::string& part,
                                                                                  int replicate) {
  std::map<std::string, std::map<std::string, std::int64_t>> n;
  for (const auto& row : d.scored.at(part)) {
    if (row.replicate != replicate) continue;
    if (!d.binary()) {
      if (row.decision) ++n[row.label][row.class_name];
      continue;
    }
    const bool first = d.run.classes[0] == row.class_name;
    ++n[row.label][row.decision ? row.class_name : d.run.classes[first ? 1 : 0]];
  }
  return n;
}

inline std::string confusion_table(const RunData& d, const std::string& part, int replicate, const std::string& more) {
  const auto n = count_decisions(d, part, replicate);
  std::string out = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Confusion matrix, {0}{1}\"><table "
      "class=\"matrix\"><caption>{2}{1}: rows are the truth, columns what was called</caption><thead><tr><td></td>",
      escape(part_words(part)), escape(more), escape(capitalised(part_words(part))));
  for (const auto& name : d.run.classes) out += "<th scope=\"col\">called " + escape(name) + "</th>";
  out += "</tr></thead><tbody>\n";
  for (const auto& truth : d.run.classes) {
    out += "<tr><th scope=\"row\">" + escape(truth) + "</th>";
    for (const auto& called : d.run.classes) {
      const auto row = n.find(truth);
      const auto cell = row == n.end() ? 0 : row->second.contains(called) ? row->second.at(called) : 0;
      const bool right = truth == called;
      out += fmt::format("<td class=\"{}\">{}</td>", right ? "hit" : cell > 0 ? "miss" : "", cell);
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
    const std::string more = d.run.replicates > 1 ? ", replicate 0" : "";
    const std::string table = detail::confusion_table(d, part, 0, more);
    s.html += part == d.main_part() ? table : details(escape(capitalised(part_words(part))), table);
  }
  return s;
}

}  // namespace youden::report

#pragma once
#include <fmt/format.h>

#include <string>
#include <utility>

#include "youden/report/card/card.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"

namespace youden::report {

/// A filled-in guideline as a table.
inline std::string checklist_html(const Checklist& list) {
  const CardCount n = count(list);
  HtmlTable table(fmt::format("{}: {} reported, {} partly, {} not reported. {}", list.name, n.reported, n.partly,
                              n.not_reported, list.citation),
                  {"item", "title", "state", "from the run", "the author must write"});
  int place = 0;
  for (const FilledItem& item : list.items) {
    const char* style = item.state == FilledItem::State::reported ? "pass"
                        : item.state == FilledItem::State::partly ? "warn"
                                                                  : "fail";
    std::string answer = escape(item.answer.text);
    if (!answer.empty()) answer += "<br><span class=\"soft small\">from " + escape(item.answer.from) + "</span>";
    table.add({{.html = escape(item.number), .sort = std::to_string(++place)},
               Cell::text(item.title),
               {.html = fmt::format("<span class=\"flag {}\">{}</span>", style, state_words(item.state))},
               {.html = std::move(answer)},
               Cell::text(item.author)});
  }
  return table.html();
}

/// The reporting card, within the page.
inline Section card_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "card", .title = "Reporting card", .html = {}};
  s.html = paragraph("What journals ask for, filled in as far as the run knows it. The rest is the author’s to write.");
  for (const Checklist& list : card(d)) {
    const CardCount n = count(list);
    s.html +=
        details(fmt::format("{}: {} reported, {} partly, {} not", list.name, n.reported, n.partly, n.not_reported),
                checklist_html(list), false);  // a file of its own: --card
  }
  return s;
}

}  // namespace youden::report

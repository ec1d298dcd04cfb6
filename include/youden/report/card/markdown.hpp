#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "youden/base/utf8.hpp"
#include "youden/report/card/card.hpp"

namespace youden::report {

namespace detail {

/// Text from a database as one cell of a Markdown table: on one line, and nothing in it is markup.
inline std::string markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>|#~&").find(c) != std::string_view::npos) out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

}  // namespace detail

/// The reporting card as GitHub's Markdown.
inline std::string card_markdown(const RunData& d) {
  const auto md = [](std::string_view text) { return detail::markdown(text); };
  std::string out = fmt::format("# Reporting card: {}\n\n", md(d.run.name));
  for (const auto& [name, value] : card_facts(d)) out += fmt::format("- {}: {}\n", name, md(value));
  for (const Checklist& list : card(d)) {
    const CardCount n = count(list);
    out += fmt::format(
        "\n## {}\n\n{}. {} items or parts of items: {} reported, {} partly, {} not reported.\n\n"
        "| item | title | state | from the run | the author must write |\n|---|---|---|---|---|\n",
        list.name, list.citation, list.items.size(), n.reported, n.partly, n.not_reported);
    for (const FilledItem& item : list.items) {
      const std::string from = item.answer.text.empty() ? "" : fmt::format(" ({})", md(item.answer.from));
      out += fmt::format("| {} | {} | {} | {}{} | {} |\n", item.number, md(item.title),
                         item.state == FilledItem::State::not_reported ? "**NOT REPORTED**" : state_words(item.state),
                         md(item.answer.text), from, md(item.author));
    }
  }
  return out;
}

}  // namespace youden::report

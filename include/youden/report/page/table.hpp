#pragma once
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/html.hpp"

namespace youden::report {

/// One cell: what is shown, and what it sorts by where that is not the text.
struct Cell {
  std::string html;
  std::string sort = {};  ///< a number as text
  bool number = false;    ///< aligned right
  std::string style_class = {};

  static Cell text(std::string_view s) { return {.html = escape(s)}; }
  static Cell integer(std::int64_t n) { return {.html = fmt::format("{}", n), .number = true}; }
  static Cell value(const std::optional<double>& v, int decimals = 3) {
    return {.html = report::number(v, decimals), .sort = v ? fmt::format("{:.17g}", *v) : "", .number = true};
  }
};

/// A table that readers sort by its headings; the first column heads its row.
class HtmlTable {
 public:
  HtmlTable(std::string caption, std::vector<std::string> columns)
      : caption_(std::move(caption)), columns_(std::move(columns)) {}

  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// `sortable`: headings become buttons (page/table_script.hpp).
  [[nodiscard]] std::string html(bool sortable = true) const {
    const bool sorts = sortable && rows_.size() > 1;
    std::string out = fmt::format(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table{1}>"
        "<caption>{0}</caption>\n<thead><tr>",
        escape(caption_), sorts ? " class=\"sortable\"" : "");
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const bool number = !rows_.empty() && rows_[0].size() > c && rows_[0][c].number;
      const std::string name = escape(columns_[c]);
      out +=
          fmt::format("<th scope=\"col\"{}{}>{}</th>", number ? " class=\"n\"" : "", sorts ? " aria-sort=\"none\"" : "",
                      sorts ? "<button type=\"button\">" + name + "</button>" : name);
    }
    out += "</tr></thead>\n<tbody>\n";
    for (const auto& row : rows_) {
      out += "<tr>";
      for (std::size_t c = 0; c < row.size(); ++c) {
        const Cell& cell = row[c];
        std::string names = cell.number ? "n" : "";
        if (!cell.style_class.empty()) names += (names.empty() ? "" : " ") + cell.style_class;
        const std::string attributes = (names.empty() ? "" : " class=\"" + names + "\"") +
                                       (cell.sort.empty() ? "" : " data-sort=\"" + escape(cell.sort) + "\"");
        out += c == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", attributes, cell.html)
                      : fmt::format("<td{}>{}</td>", attributes, cell.html);
      }
      out += "</tr>\n";
    }
    return out + "</tbody></table></div>\n";
  }

 private:
  std::string caption_;
  std::vector<std::string> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Names and values that nobody sorts; values are HTML.
inline std::string definition_list(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string out = "<dl>";
  for (const auto& [name, html] : pairs) out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escape(name), html);
  return out + "</dl>\n";
}

}  // namespace youden::report

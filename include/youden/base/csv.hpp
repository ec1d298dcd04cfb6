#pragma once
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/base/utf8.hpp"

namespace youden::base {

/// A CSV table (RFC 4180: quotes, doubled quotes, line breaks inside quotes; LF or CRLF; an optional byte-order mark;
/// UTF-8); semicolons or tabs where the header has no comma. Columns are found by name, whatever their case or padding.
class Csv {
 public:
  struct Row {
    std::vector<std::string> cells;
    std::size_t line = 0;  ///< where the row starts, from 1
  };

  static Csv read(const std::filesystem::path& path) {
    std::error_code ignored;
    std::ifstream in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path, ignored)) {
      throw DataError({"the table cannot be opened", path.string(), "check the path and its permissions"});
    }
    std::ostringstream text;
    text << in.rdbuf();
    return parse(text.str(), path.string());
  }

  static Csv parse(std::string text, const std::string& name) {
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    require_text(text, name);
    Csv csv;
    csv.name_ = name;
    std::vector<Row> rows = split_rows(text, name, separator_of(text));
    if (rows.empty()) throw DataError({"the table is empty", name, "its first line names the columns"});
    for (std::size_t i = 0; i < rows.front().cells.size(); ++i) {
      csv.names_.emplace_back(trim(rows.front().cells[i]));
      const auto [first, fresh] = csv.index_.emplace(lower(csv.names_.back()), i);
      if (!fresh) first->second = kTwice;
    }
    Faults faults;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      if (rows[r].cells.size() == csv.names_.size()) continue;
      faults.add("the row has " + std::to_string(rows[r].cells.size()) + " cells, the header " +
                     std::to_string(csv.names_.size()),
                 csv.place(rows[r]), faults.empty() ? "quote cells that contain commas or quotes" : "");
    }
    faults.raise<DataError>("rows do not fit the header:");
    rows.erase(rows.begin());
    csv.rows_ = std::move(rows);
    return csv;
  }

  /// The file, as messages name it.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::optional<std::size_t> column(const std::string& name) const {
    const auto it = index_.find(lower(trim(name)));
    if (it == index_.end()) return {};
    if (it->second == kTwice) throw DataError({"two columns are named '" + name + "'", name_, "rename one"});
    return it->second;
  }
  /// Adds a fault where the column is missing; then 0.
  [[nodiscard]] std::size_t required(const std::string& name, Faults& faults) const {
    if (const auto at = column(name)) return *at;
    faults.add("no column '" + name + "'", name_ + ":1", suggestion(name, names_));
    return 0;
  }
  [[nodiscard]] std::string place(const Row& row) const { return name_ + ":" + std::to_string(row.line); }

 private:
  static constexpr auto kTwice = static_cast<std::size_t>(-1);

  static void require_text(const std::string& text, const std::string& name) {
    const std::size_t at = std::min(first_bad_utf8(text).value_or(text.size()), text.find('\0'));
    if (at >= text.size()) return;
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    throw DataError({"the table is not UTF-8 text", name + ":" + std::to_string(line),
                     "save it as UTF-8, for example: iconv -f latin1 -t utf-8"});
  }

  /// Comma, unless the header has none: spreadsheets of many countries write semicolons, others tabs.
  static char separator_of(const std::string& text) {
    const std::string header = text.substr(0, text.find('\n'));
    for (const char c : {',', ';', '\t'}) {
      if (header.find(c) != std::string::npos) return c;
    }
    return ',';
  }

  static std::vector<Row> split_rows(const std::string& text, const std::string& name, char separator) {
    std::vector<Row> rows;
    Row row{.cells = {}, .line = 1};
    std::string cell;
    std::size_t line = 1;
    bool quoted = false;
    bool any = false;
    const auto end_row = [&] {
      row.cells.push_back(std::move(cell));
      cell.clear();
      const bool blank = row.cells.size() == 1 && trim(row.cells[0]).empty() && !any;
      if (!blank) rows.push_back(std::move(row));
      row = {.cells = {}, .line = line};
      any = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '\n') ++line;
      if (quoted) {
        if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
          cell += text[++i];
        } else if (c == '"') {
          quoted = false;
        } else {
          cell += c;
        }
      } else if (c == '"' && trim(cell).empty()) {
        cell.clear();
        quoted = any = true;
      } else if (c == separator) {
        row.cells.push_back(std::move(cell));
        cell.clear();
      } else if (c == '\n') {
        end_row();
      } else if (c != '\r' || (i + 1 < text.size() && text[i + 1] != '\n')) {
        cell += c;
      }
    }
    if (quoted) throw DataError({"a quoted cell is never closed", name + ":" + std::to_string(row.line)});
    if (!cell.empty() || !row.cells.empty() || any) end_row();
    return rows;
  }

  std::string name_;
  std::vector<std::string> names_;
  std::map<std::string, std::size_t> index_;
  std::vector<Row> rows_;
};

}  // namespace youden::base

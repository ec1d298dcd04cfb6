#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/read_file.hpp"
#include "youden/base/text.hpp"
#include "youden/base/utf8.hpp"

namespace youden::base {

/// A CSV table (RFC 4180: quotes, doubled quotes, line breaks inside quotes; LF, CRLF, or CR throughout; an optional
/// byte-order mark; UTF-8); semicolons or tabs where the header has no comma. Columns are found by name, whatever their
/// case or padding.
class Csv {
 public:
  struct Row {
    std::vector<std::string> cells;
    std::size_t line = 0;  ///< where the row starts, from 1
  };

  static Csv read(const std::filesystem::path& path) {
    return parse(read_file(path, {.what = "the table", .most = kMostBytes, .streams = true}), path.string());
  }

  static Csv parse(std::string text, const std::string& name) {
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    require_text(text, name);
    if (text.find('\n') == std::string::npos) std::replace(text.begin(), text.end(), '\r', '\n');
    Csv csv;
    csv.name_ = name;
    csv.separator_ = separator_of(text);
    std::vector<Row> rows = split_rows(text, name, csv.separator_);
    if (rows.empty()) throw DataError({"the table is empty", name, "its first line names the columns"});
    for (std::size_t i = 0; i < rows.front().cells.size(); ++i) {
      csv.names_.emplace_back(trim(rows.front().cells[i]));
      const auto [first, fresh] = csv.index_.emplace(lower(csv.names_.back()), i);
      if (!fresh) first->second = kTwice;
    }
    const std::size_t wide = rows.size() > 1 ? rows[1].cells.size() : 0;
    if (rows.size() > 2 && wide > csv.names_.size() && csv.separator_ == ',' &&
        std::all_of(rows.begin() + 1, rows.end(), [&](const Row& r) { return r.cells.size() == wide; })) {
      throw DataError(
          {"every row has " + std::to_string(wide) + " cells, the header " + std::to_string(csv.names_.size()),
           name + ":2", "numbers with decimal commas take quotes, or semicolons between cells"});
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
    if (it->second == kTwice) {
      throw DataError({"two columns are named '" + std::string(trim(name)) + "'", name_ + ":1",
                       "rename one, or name the column by its number from 1 where an option asks for it"});
    }
    return it->second;
  }
  /// As `column`, for what a person wrote: a number that is no column's name counts from 1.
  [[nodiscard]] std::optional<std::size_t> column_or_number(const std::string& written) const {
    if (const auto at = column(written)) return at;
    const auto digits = trim(written);
    if (digits.empty() || digits.size() > 6 || digits.find_first_not_of("0123456789") != std::string::npos) return {};
    const auto number = std::stoul(std::string(digits));
    return number >= 1 && number <= names_.size() ? std::optional<std::size_t>(number - 1) : std::nullopt;
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
  static constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 32U;

  static void require_text(const std::string& text, const std::string& name) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
      throw DataError({"the table is UTF-16 text", name, "save it as UTF-8, for example: iconv -f utf-16 -t utf-8"});
    }
    const std::size_t at = std::min(first_bad_utf8(text).value_or(text.size()), text.find('\0'));
    if (at >= text.size()) return;
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    const std::string place = name + ":" + std::to_string(line);
    if (text[at] == '\0') {
      throw DataError({"the table holds a zero byte", place, "text has none: is it a binary file, or a damaged one?"});
    }
    throw DataError({"the table is not UTF-8 text", place, "save it as UTF-8, for example: iconv -f latin1 -t utf-8"});
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
    bool closed = false;  // the cell was quoted and its quote is closed
    bool any = false;
    std::size_t opened = 1;  // the line of the last opening quote
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
          closed = true;
        } else {
          cell += c;
        }
      } else if (c == '"' && !closed && trim(cell).empty()) {
        cell.clear();
        quoted = any = true;
        opened = line;
      } else if (c == separator) {
        row.cells.push_back(std::move(cell));
        cell.clear();
        closed = false;
      } else if (c == '\n') {
        end_row();
        closed = false;
      } else if (closed && c != '\r' && c != ' ') {
        throw DataError({"text stands after the closing quote of a cell that begins in line " + std::to_string(opened),
                         name + ":" + std::to_string(line),
                         "a quote within a cell is written twice, and the whole cell in quotes: \"5\"\" film\""});
      } else if (!closed && (c != '\r' || (i + 1 < text.size() && text[i + 1] != '\n'))) {
        cell += c;
      }
    }
    if (quoted) throw DataError({"a quoted cell is never closed", name + ":" + std::to_string(opened)});
    if (!cell.empty() || !row.cells.empty() || any) end_row();
    return rows;
  }

  std::string name_;
  char separator_ = ',';
  std::vector<std::string> names_;
  std::map<std::string, std::size_t> index_;
  std::vector<Row> rows_;
};

}  // namespace youden::base

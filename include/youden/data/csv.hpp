#pragma once
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"

namespace youden::data {

/// A CSV table (RFC 4180: quotes, doubled quotes, line breaks inside quotes; LF or CRLF; an optional byte-order mark).
/// Columns are found by name, whatever their case or padding.
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
      throw base::DataError({"the table cannot be opened", path.string(), "check the path and its permissions"});
    }
    std::ostringstream text;
    text << in.rdbuf();
    return parse(text.str(), path.string());
  }

  static Csv parse(std::string text, const std::string& name) {
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    Csv csv;
    csv.name_ = name;
    std::vector<Row> rows = split_rows(text, name);
    if (rows.empty()) throw base::DataError({"the table is empty", name, "its first line names the columns"});
    for (std::size_t i = 0; i < rows.front().cells.size(); ++i) {
      csv.names_.emplace_back(base::trim(rows.front().cells[i]));
      csv.index_.emplace(base::lower(csv.names_.back()), i);
    }
    for (std::size_t r = 1; r < rows.size(); ++r) {
      if (rows[r].cells.size() != csv.names_.size()) {
        throw base::DataError({"the row has " + std::to_string(rows[r].cells.size()) + " cells, the header " +
                                   std::to_string(csv.names_.size()),
                               csv.place(rows[r]), "quote cells that contain commas or quotes"});
      }
    }
    rows.erase(rows.begin());
    csv.rows_ = std::move(rows);
    return csv;
  }

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::optional<std::size_t> column(const std::string& name) const {
    const auto it = index_.find(base::lower(base::trim(name)));
    if (it == index_.end()) return {};
    return it->second;
  }
  [[nodiscard]] std::size_t required(const std::string& name) const {
    if (const auto at = column(name)) return *at;
    throw base::DataError({"no column '" + name + "'", name_, base::suggestion(name, names_)});
  }
  [[nodiscard]] std::string place(const Row& row) const { return name_ + ":" + std::to_string(row.line); }

 private:
  static std::vector<Row> split_rows(const std::string& text, const std::string& name) {
    std::vector<Row> rows;
    Row row{.cells = {}, .line = 1};
    std::string cell;
    std::size_t line = 1;
    bool quoted = false;
    bool any = false;
    const auto end_row = [&] {
      row.cells.push_back(std::move(cell));
      cell.clear();
      const bool blank = row.cells.size() == 1 && base::trim(row.cells[0]).empty() && !any;
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
      } else if (c == '"' && base::trim(cell).empty()) {
        cell.clear();
        quoted = any = true;
      } else if (c == ',') {
        row.cells.push_back(std::move(cell));
        cell.clear();
      } else if (c == '\n') {
        end_row();
      } else if (c != '\r' || (i + 1 < text.size() && text[i + 1] != '\n')) {
        cell += c;
      }
    }
    if (quoted) throw base::DataError({"a quoted cell is never closed", name + ":" + std::to_string(row.line)});
    if (!cell.empty() || !row.cells.empty()) end_row();
    return rows;
  }

  std::string name_;
  std::vector<std::string> names_;
  std::map<std::string, std::size_t> index_;
  std::vector<Row> rows_;
};

}  // namespace youden::data

#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/csv_writer.hpp"
#include "youden/base/text.hpp"
#include "youden/config/json.hpp"

namespace youden::store {

/// Columns as wide as the text needs on a terminal: UTF-8 code points, not bytes.
inline std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// One line of CSV for people, of JSON values: null is empty.
template <class Range>
std::string csv_line(const Range& values) {
  std::vector<std::string> cells;
  for (const auto& one : values) {
    const config::Json value = one;
    cells.push_back(value.is_null()     ? std::string()
                    : value.is_string() ? value.get<std::string>()
                                        : value.dump(-1, ' ', false, config::kAnyBytes));
  }
  return base::csv_row(cells, base::CsvReader::person);
}

/// Rows and named columns, for printing. Cells are JSON: text aligns left, numbers right.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<config::Json>> rows = {};

  [[nodiscard]] std::string text() const {
    std::vector<std::size_t> width;
    std::vector<bool> right(columns.size(), true);
    std::vector<std::vector<std::string>> cells;
    std::vector<std::string> titles;
    for (const std::string& name : columns) titles.push_back(base::printable(name));
    for (const std::string& name : titles) width.push_back(display_width(name));
    for (const auto& row : rows) {
      auto& line = cells.emplace_back();
      for (std::size_t c = 0; c < columns.size(); ++c) {
        line.push_back(cell(row[c]));
        width[c] = std::max(width[c], display_width(line.back()));
        if (row[c].is_string()) right[c] = false;
      }
    }
    std::string out = line(titles, width, right);
    for (const auto& row : cells) out += line(row, width, right);
    return out;
  }
  [[nodiscard]] std::string csv() const {
    std::string out = csv_line(columns);
    for (const auto& row : rows) out += csv_line(row);
    return out;
  }
  /// A list of objects.
  [[nodiscard]] config::Json json() const {
    config::Json out = config::Json::array();
    const std::vector<std::string> keys = distinct(columns);
    for (const auto& row : rows) {
      config::Json object = config::Json::object();
      for (std::size_t c = 0; c < columns.size(); ++c) object[keys[c]] = row[c];
      out.push_back(std::move(object));
    }
    return out;
  }

 private:
  /// Of columns that share a name the later ones get a number: `value`, `value_2`.
  static std::vector<std::string> distinct(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (const std::string& name : names) {
      std::string key = name;
      for (int i = 2; std::find(out.begin(), out.end(), key) != out.end(); ++i) key = name + "_" + std::to_string(i);
      out.push_back(std::move(key));
    }
    return out;
  }
  static std::string cell(const config::Json& value) {
    if (value.is_null()) return "-";
    if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
    if (!value.is_string()) return value.dump(-1, ' ', false, config::kAnyBytes);
    auto out = value.get<std::string>();
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    return base::printable(out);
  }
  static std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& width,
                          const std::vector<bool>& right) {
    std::string out;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const std::string space(width[c] - display_width(cells[c]), ' ');
      out += (c == 0 ? "" : "  ") + (right[c] ? space + cells[c] : cells[c] + space);
    }
    return out.erase(out.find_last_not_of(' ') + 1) + "\n";
  }
};

}  // namespace youden::store

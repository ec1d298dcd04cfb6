#pragma once
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include "youden/base/text.hpp"

namespace youden::base {

/// Who reads a CSV. What programs read back (manifests, splits) holds every cell as it is. What people open in a
/// spreadsheet has no cell that a spreadsheet would run.
enum class CsvReader { program, person };

namespace detail {

inline bool is_plain_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// Whether a spreadsheet takes the cell for a formula (OWASP, CSV injection). A dash alone is a cell without a value.
inline bool would_run(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos && cell != "-" &&
         !is_plain_number(cell);
}

}  // namespace detail

/// One cell of RFC 4180 CSV, quoted where it must be or where trimming would change it. For people, cells that a
/// spreadsheet would run get an apostrophe in front.
inline std::string csv_cell(std::string_view cell, CsvReader reader) {
  const bool guarded = reader == CsvReader::person && detail::would_run(cell);
  const bool quoted = cell.find_first_of(",;\"\r\n\t") != std::string_view::npos || trim(cell) != cell;
  std::string out = guarded ? "'" + std::string(cell) : std::string(cell);
  if (!quoted) return out;
  std::string in_quotes = "\"";
  for (const char c : out) in_quotes += c == '"' ? std::string("\"\"") : std::string(1, c);
  return in_quotes + '"';
}

/// One line of CSV.
template <class Range>
std::string csv_row(const Range& cells, CsvReader reader) {
  std::string out;
  bool first = true;
  for (const auto& cell : cells) {
    if (!first) out += ',';
    first = false;
    out += csv_cell(cell, reader);
  }
  return out + "\n";
}

}  // namespace youden::base

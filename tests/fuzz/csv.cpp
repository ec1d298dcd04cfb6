// Tables: manifests, metadata of collections, splits. What was read is written again and has to come back as it was.
#include "youden/base/csv.hpp"

#include "fuzz.hpp"
#include "youden/base/csv_writer.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const base::Csv csv = base::Csv::parse(std::string(bytes), "fuzz.csv");
  for (const std::string& name : csv.names()) {
    try {
      static_cast<void>(csv.column_or_number(name));
    } catch (const base::DataError&) {  // of two columns of this name
    }
  }
  // A line that holds one empty cell is an empty line, and a byte-order mark before the first name is none of its own.
  if (csv.names().size() < 2 || csv.names()[0].starts_with("\xEF\xBB\xBF")) return;
  std::string text = base::csv_row(csv.names(), base::CsvReader::program);
  for (const base::Csv::Row& row : csv.rows()) text += base::csv_row(row.cells, base::CsvReader::program);
  const base::Csv again = base::Csv::parse(text, "again.csv");
  require(again.names() == csv.names() && again.rows().size() == csv.rows().size(), "a table is read as written");
  for (std::size_t i = 0; i < csv.rows().size(); ++i) {
    require(again.rows()[i].cells == csv.rows()[i].cells, "cells are read as written");
  }
}

std::vector<std::string> seeds() {
  return {"path,label,patient\na.png,sick,p1\n\"b, c.png\",well,\"p\"\"2\"\n",
          "\xEF\xBB\xBFid;score;befund\r\nA1;0,91;positiv\r\n", "a\tb\n1\t2\n", "a,b\n\"line\nbreak\",2\n\n3,\"\"\n"};
}

}  // namespace youden::fuzz

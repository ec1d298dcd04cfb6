// Tables: manifests, metadata of collections, splits.
#include "youden/base/csv.hpp"
#include "fuzz.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const base::Csv csv = base::Csv::parse(std::string(bytes), "fuzz.csv");
  for (const std::string& name : csv.names()) static_cast<void>(csv.column_or_number(name));
}

std::vector<std::string> seeds() {
  return {"path,label,patient\na.png,sick,p1\n\"b, c.png\",well,\"p\"\"2\"\n",
          "\xEF\xBB\xBFid;score;befund\r\nA1;0,91;positiv\r\n", "a\tb\n1\t2\n", "a,b\n\"line\nbreak\",2\n"};
}

}  // namespace youden::fuzz

// MNIST's arrays, gzipped or not.
#include "fuzz.hpp"
#include "youden/data/idx_file.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const MemoryFile file(bytes);
  for (const std::size_t dimensions : {std::size_t{1}, std::size_t{3}}) {
    try {
      static_cast<void>(data::IdxFile::read(file.path(), dimensions));
    } catch (const base::DataError&) {
    }
  }
}

std::vector<std::string> seeds() {
  using namespace std::string_literals;
  return {"\0\0\x08\x01\0\0\0\x03\x01\x02\x03"s, "\0\0\x08\x03\0\0\0\x01\0\0\0\x02\0\0\0\x02\x01\x02\x03\x04"s,
          "\x1f\x8b\x08\0\0\0\0\0\0\x03"s};
}

}  // namespace youden::fuzz

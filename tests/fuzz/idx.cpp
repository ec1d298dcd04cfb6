// MNIST's arrays, gzipped or not.
#include "fuzz.hpp"
#include "youden/data/idx_file.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const MemoryFile file(bytes);
  for (const std::size_t dimensions : {std::size_t{1}, std::size_t{3}}) {
    try {
      const data::IdxFile idx = data::IdxFile::read(file.path(), dimensions);
      std::size_t elements = 1;
      for (const std::uint32_t extent : idx.shape) elements *= extent;
      require(idx.shape.size() == dimensions && idx.bytes.size() == elements, "every element is there");
    } catch (const base::DataError&) {
    }
  }
}

std::string gzipped(const std::string& content) {
  std::string out(content.size() + 64, '\0');
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

std::vector<std::string> seeds() {
  using namespace std::string_literals;
  const std::string labels = "\0\0\x08\x01\0\0\0\x03\x01\x02\x03"s;
  const std::string images = "\0\0\x08\x03\0\0\0\x01\0\0\0\x02\0\0\0\x02\x01\x02\x03\x04"s;
  return {labels, images, gzipped(labels), gzipped(images)};
}

}  // namespace youden::fuzz

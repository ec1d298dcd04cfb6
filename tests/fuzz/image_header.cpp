// What a film says of itself before a pixel is decoded; the scan and the audit read this of every file of a folder.
#include "fuzz.hpp"
#include "youden/image/decode.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const image::ImageHeader header = image::read_header(as_bytes(bytes), "fuzz.png");
  require(header.width >= 0 && header.height >= 0, "no film has fewer pixels than none");
  require(header.orientation >= 1 && header.orientation <= 8, "EXIF knows eight orientations");
}

std::vector<std::string> seeds() {
  using namespace std::string_literals;
  return {
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\0\0\0\0\xd1\x8c\x2a\x35\0\0\0\0IEND\xae\x42\x60\x82"s,
      "\xff\xd8\xff\xe0\0\4\1\1\xff\xc0\0\x0b\x08\0\x02\0\x03\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0\x12\xff\xd9"s,
      "II\x2a\0\x08\0\0\0\x04\0\0\x01\x03\0\x01\0\0\0\x02\0\0\0\x01\x01\x03\0\x01\0\0\0\x01\0\0\0"
      "\x11\x01\x04\0\x01\0\0\0\0\0\0\0\x17\x01\x04\0\x01\0\0\0\x02\0\0\0\0\0\0\0"s,
      "MM\0\x2b\0\x08\0\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\0\x01\x01\0\0\x03\0\0\0\0\0\0\0\x01\0\x02\0\0\0\0\0\0"s,
      "GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x21\xf9\x01\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x01\x44\0\x3b"s,
      "RIFF\x2a\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0\x01\0\0\0\0\0EXIF\x0c\0\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01"s,
      "BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\x18\0\0\0\0\0\x10\0\0\0"s +
          std::string(40, 'x'),
      "P5 # c\n2 1\n255\nab"s,
      std::string(128, '\0') + "DICM"};
}

}  // namespace youden::fuzz

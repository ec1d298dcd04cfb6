// The zip archives of torch.save and of wheels.
#include "fuzz.hpp"
#include "youden/weights/zip_archive.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const weights::ZipArchive zip(as_bytes(bytes), "fuzz.zip");
  for (const auto& [name, entry] : zip.entries()) {
    try {
      static_cast<void>(zip.read(entry));
    } catch (const base::Error&) {  // of this member; the others are read too
    }
  }
}

/// One member, stored or (method 8) deflated.
std::string archive(std::uint16_t method, const std::string& packed, std::uint32_t size, std::uint32_t crc) {
  const std::string name = "a/data.pkl";
  const auto facts = raw(method) + raw(std::uint32_t{0}) + raw(crc) + raw(static_cast<std::uint32_t>(packed.size())) +
                     raw(size) + raw(static_cast<std::uint16_t>(name.size()));
  const std::string local = "PK\x03\x04" + raw(std::uint32_t{20}) + facts + raw(std::uint16_t{0}) + name + packed;
  const std::string central = "PK\x01\x02" + raw(std::uint16_t{20}) + raw(std::uint32_t{20}) + facts +
                              raw(std::uint16_t{0}) + raw(std::uint16_t{0}) + raw(std::uint16_t{0}) +
                              raw(std::uint16_t{0}) + raw(std::uint32_t{0}) + raw(std::uint32_t{0}) + name;
  return local + central + "PK\x05\x06" + raw(std::uint32_t{0}) + raw(std::uint16_t{1}) + raw(std::uint16_t{1}) +
         raw(static_cast<std::uint32_t>(central.size())) + raw(static_cast<std::uint32_t>(local.size())) +
         raw(std::uint16_t{0});
}

std::vector<std::string> seeds() {
  return {archive(0, "hello", 5, 0x3610a686),
          archive(8, std::string("\xcb\x48\xcd\xc9\xc9\x07\x00", 7), 5, 0x3610a686)};
}

}  // namespace youden::fuzz

// The zip archives of torch.save and of wheels.
#include "youden/weights/zip_archive.hpp"

#include "fuzz.hpp"
#include "zip_bytes.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const weights::ZipArchive zip(as_bytes(bytes), "fuzz.zip");
  for (const auto& [name, entry] : zip.entries()) {
    try {
      require(zip.read(entry).size() == entry.size, "a member has the size that it says");
    } catch (const base::WeightsError&) {  // of this member; the others are read too
    }
  }
}

std::vector<std::string> seeds() {
  const std::string stored = zip_of({{"a/data.pkl", "hello"}, {"a/data/0", "12345678"}});
  std::string deflated = zip_of({{"a", std::string("\xcb\x48\xcd\xc9\xc9\x07\x00", 7)}});
  const auto put = [&](std::size_t at, const std::string& what) { deflated.replace(at, what.size(), what); };
  for (const std::size_t header : {std::size_t{8}, deflated.find("PK\x01\x02") + 10}) {
    put(header, raw(std::uint16_t{8}));
    put(header + 6, raw(std::uint32_t{0x3610a686}));
    put(header + 14, raw(std::uint32_t{5}));
  }
  std::string zip64 = stored.substr(0, stored.size() - 22);
  const auto directory = static_cast<std::uint64_t>(zip64.find("PK\x01\x02"));
  const auto record = static_cast<std::uint64_t>(zip64.size());
  zip64 += "PK\x06\x06" + raw(std::uint64_t{44}) + raw(std::uint32_t{45}) + raw(std::uint64_t{0}) +
           raw(std::uint64_t{2}) + raw(std::uint64_t{2}) + raw(record - directory) + raw(directory);
  zip64 += "PK\x06\x07" + raw(std::uint32_t{0}) + raw(record) + raw(std::uint32_t{1});
  return {stored, deflated, zip64 + stored.substr(stored.size() - 22)};
}

}  // namespace youden::fuzz

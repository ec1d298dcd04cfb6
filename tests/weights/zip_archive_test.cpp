#include "youden/weights/zip_archive.hpp"

#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

using namespace youden;
using youden::weights::ZipArchive;

namespace {

std::string little(std::uint64_t value, std::size_t bytes) {
  return std::string(reinterpret_cast<const char*>(&value), bytes);
}
std::uint32_t checksum(const std::string& text) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

struct Member {
  std::string name;
  std::string data;        ///< as it stands in the file
  std::uint32_t crc = 0;   ///< of the content
  std::uint64_t size = 0;  ///< of the content
  std::uint16_t method = 0;
};
Member stored(const std::string& name, const std::string& data) { return {name, data, checksum(data), data.size()}; }

/// A zip archive (APPNOTE 4.3) written by hand; `shift` moves what the directory says about the places of members.
std::string zip(const std::vector<Member>& members, std::int64_t shift = 0, std::uint16_t flags = 0) {
  std::string out;
  std::string directory;
  for (const Member& m : members) {
    const std::uint64_t at = out.size();
    const std::string common = little(flags, 2) + little(m.method, 2) + little(0, 4) + little(m.crc, 4) +
                               little(m.data.size(), 4) + little(m.size, 4) + little(m.name.size(), 2) + little(0, 2);
    out += "PK\3\4" + little(20, 2) + common + m.name + m.data;
    directory += "PK\1\2" + little(20, 2) + little(20, 2) + common + little(0, 2) + little(0, 8) +
                 little(at + static_cast<std::uint64_t>(shift), 4) + m.name;
  }
  const std::uint64_t at = out.size();
  return out + directory + "PK\5\6" + little(0, 4) + little(members.size(), 2) + little(members.size(), 2) +
         little(directory.size(), 4) + little(at, 4) + little(0, 2);
}
std::string deflated(const std::string& text) {
  std::string out(compressBound(text.size()) + 16, '\0');
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}
std::string content(const std::string& bytes, const std::string& name) {
  const ZipArchive archive(std::as_bytes(std::span(bytes)), "x.zip");
  const auto data = archive.read(archive.entries().at(name));
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}
std::string refusal(const std::string& bytes) {
  try {
    const ZipArchive archive(std::as_bytes(std::span(bytes)), "x.zip");
    for (const auto& [name, entry] : archive.entries()) (void)archive.read(entry);
  } catch (const base::WeightsError& e) {
    return e.what();
  }
  return "nothing refused";
}
bool refuses(const std::string& bytes, const std::string& because) {
  const std::string text = refusal(bytes);
  if (text.find(because) == std::string::npos) BOOST_TEST_MESSAGE("got: " << text);
  return text.find(because) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zip_archive)

BOOST_AUTO_TEST_CASE(stored_and_deflated_members_are_read) {
  const std::string text = "abcabcabcabcabcabc";
  const std::string bytes = zip({stored("a", "first"), {"b/c", deflated(text), checksum(text), text.size(), 8}});
  BOOST_TEST(content(bytes, "a") == "first");
  BOOST_TEST(content(bytes, "b/c") == text);
  BOOST_TEST(content(zip({stored("empty", "")}), "empty").empty());
  BOOST_TEST(content(zip({{"empty", deflated(""), 0, 0, 8}}), "empty").empty());
}

BOOST_AUTO_TEST_CASE(what_the_directory_says_is_checked) {
  BOOST_TEST(refuses(zip({stored("a", "1"), stored("a", "2")}), "two members are named 'a'"));
  BOOST_TEST(refuses(zip({stored("a", "1")}, 1), "'a' is not where it is said to be"));
  BOOST_TEST(refuses(zip({stored("a", "1")}, 1 << 20), "past the end of the file"));
  BOOST_TEST(refuses(zip({stored("a", "1")}, 0, 1), "encrypted"));
  BOOST_TEST(refuses(zip({{"a", "1234", 7, 4}}), "'a' fails its checksum"));
  BOOST_TEST(refuses(zip({{"a", "1234", 7, 9}}), "'a' has two sizes"));
  BOOST_TEST(refuses(zip({{"a", "1234", 7, 9, 12}}), "compressed by a method that is not read"));
  const std::string nested = zip({stored("a", zip({stored("b", "2")}).substr(0, 32))});
  BOOST_TEST(content(nested, "a").substr(0, 4) == "PK\3\4");  // an archive within is only bytes
  std::string overlapping = zip({stored("a", "12345"), stored("b", "1")});
  const auto second = overlapping.rfind("PK\1\2");
  overlapping.replace(second + 42, 4, little(0, 4));
  BOOST_TEST(refuses(overlapping, "overlap"));
  std::string many = zip({stored("a", "1")});
  many.replace(many.size() - 12, 2, little(0xFFFF, 2));
  BOOST_TEST(refuses(many, "claims more members than fit"));
}

BOOST_AUTO_TEST_CASE(a_compressed_member_has_the_size_it_claims) {
  const std::string text(100'000, '\0');
  const std::string packed = deflated(text);
  BOOST_TEST(content(zip({{"a", packed, checksum(text), text.size(), 8}}), "a") == text);
  BOOST_TEST(refuses(zip({{"a", packed, checksum(text), text.size() - 1, 8}}), "'a' is damaged"));
  BOOST_TEST(refuses(zip({{"a", packed, checksum(text), text.size() + 1, 8}}), "'a' is damaged"));
  BOOST_TEST(refuses(zip({{"a", packed, checksum(text), 0xFFFFFFFE, 8}}), "claims an absurd size"));
  BOOST_TEST(refuses(zip({{"a", packed.substr(0, 50), checksum(text), text.size() / 2, 8}}), "damaged"));
  BOOST_TEST(refuses(zip({{"a", packed, 1, text.size(), 8}}), "fails its checksum"));
}

BOOST_AUTO_TEST_SUITE_END()

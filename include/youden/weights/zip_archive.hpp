#pragma once
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"

namespace youden::weights {

/// One member of a zip archive.
struct ZipEntry {
  std::string name;
  std::uint64_t packed = 0;  ///< bytes in the file
  std::uint64_t size = 0;    ///< bytes of content
  std::uint32_t crc = 0;
  std::uint16_t method = 0;  ///< 0 stored, 8 deflated
  std::uint64_t begin = 0;   ///< of its data in the file
};

/// A zip archive (APPNOTE 6.3, zip64 included) in memory, as torch.save and Python wheels write them. Every offset and
/// size is checked against the file before anything is allocated; members may not overlap.
class ZipArchive {
 public:
  /// `bytes` must outlive the archive. Throws WeightsError.
  ZipArchive(std::span<const std::byte> bytes, std::string where) : bytes_(bytes), where_(std::move(where)) {
    read_directory();
  }

  static bool begins(std::span<const std::byte> bytes) {
    return bytes.size() >= 4 && bytes[0] == std::byte{'P'} && bytes[1] == std::byte{'K'} && bytes[2] == std::byte{3} &&
           bytes[3] == std::byte{4};
  }
  [[nodiscard]] const std::map<std::string, ZipEntry, std::less<>>& entries() const { return entries_; }
  [[nodiscard]] const ZipEntry* find(std::string_view name) const {
    const auto it = entries_.find(name);
    return it == entries_.end() ? nullptr : &it->second;
  }

  /// The content of a stored member without a copy; its checksum is checked.
  [[nodiscard]] std::span<const std::byte> stored(const ZipEntry& e) const {
    if (e.method != 0) fail("the member '" + base::excerpt(e.name) + "' is compressed where torch.save stores");
    const auto content = bytes_.subspan(e.begin, e.size);
    check(e, content);
    return content;
  }
  /// The content of any member.
  [[nodiscard]] std::vector<std::byte> read(const ZipEntry& e) const {
    if (e.method == 0) {
      const auto content = stored(e);
      return {content.begin(), content.end()};
    }
    constexpr std::uint64_t kMostRatio = 1100;  // deflate cannot do better than 1032 : 1
    if (e.method != 8) fail("the member '" + base::excerpt(e.name) + "' is compressed by a method that is not read");
    if (e.size / kMostRatio > e.packed) fail("the member '" + base::excerpt(e.name) + "' claims an absurd size");
    std::vector<std::byte> out(e.size + 1);  // room for what is too much, so that it shows
    z_stream z{};
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK) fail("zlib refused to start");
    int status = Z_OK;
    std::uint64_t given = 0;
    std::uint64_t got = 0;
    constexpr std::uint64_t kPiece = std::uint64_t{1} << 30U;  // avail_in is 32 bits wide
    while (status == Z_OK) {
      const auto in = static_cast<uInt>(std::min(kPiece, e.packed - given));
      const auto room = static_cast<uInt>(std::min(kPiece, out.size() - got));
      z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes_.data() + e.begin + given));
      z.avail_in = in;
      z.next_out = reinterpret_cast<Bytef*>(out.data() + got);
      z.avail_out = room;
      status = inflate(&z, Z_NO_FLUSH);
      given += in - z.avail_in;
      got += room - z.avail_out;
    }
    inflateEnd(&z);
    if (status != Z_STREAM_END || got != e.size) fail("the member '" + base::excerpt(e.name) + "' is damaged");
    out.resize(e.size);
    check(e, out);
    return out;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw base::WeightsError({what, where_, "the archive is damaged or cut short: fetch it again"});
  }

  [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t width) const {
    if (at > bytes_.size() || width > bytes_.size() - at) fail("the zip directory points past the end of the file");
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(bytes_[at + i])} << (8 * i);
    }
    return value;
  }
  [[nodiscard]] std::string_view text(std::uint64_t at, std::uint64_t count) const {
    if (at > bytes_.size() || count > bytes_.size() - at) fail("the zip directory points past the end of the file");
    return {reinterpret_cast<const char*>(bytes_.data()) + at, static_cast<std::size_t>(count)};
  }

  void read_directory() {
    constexpr std::uint64_t kEnd = 22;
    if (bytes_.size() < kEnd) fail("the file is too short for a zip archive");
    std::uint64_t end = bytes_.size() - kEnd;
    const std::uint64_t lowest = end > 0xFFFF ? end - 0xFFFF : 0;
    while (number(end, 4) != 0x06054b50) {
      if (end == lowest) fail("the zip archive has no directory");
      --end;
    }
    std::uint64_t count = number(end + 10, 2);
    std::uint64_t at = number(end + 16, 4);
    if (end >= 20 && number(end - 20, 4) == 0x07064b50) {  // zip64
      const std::uint64_t record = number(end - 20 + 8, 8);
      if (number(record, 4) != 0x06064b50) fail("the zip64 directory is not where it is said to be");
      count = number(record + 32, 8);
      at = number(record + 48, 8);
    }
    constexpr std::uint64_t kHeader = 46;
    if (count > bytes_.size() / kHeader) fail("the zip directory claims more members than fit");
    const std::uint64_t directory = at;
    for (std::uint64_t i = 0; i < count; ++i) at = read_entry(at);
    refuse_overlaps(directory);
  }

  std::uint64_t read_entry(std::uint64_t at) {
    if (number(at, 4) != 0x02014b50) fail("the zip directory is damaged");
    ZipEntry e{.name = {}, .method = static_cast<std::uint16_t>(number(at + 10, 2))};
    if ((number(at + 8, 2) & 1U) != 0) fail("the zip archive is encrypted");
    e.crc = static_cast<std::uint32_t>(number(at + 16, 4));
    e.packed = number(at + 20, 4);
    e.size = number(at + 24, 4);
    const std::uint64_t name = number(at + 28, 2);
    const std::uint64_t extra = number(at + 30, 2);
    const std::uint64_t comment = number(at + 32, 2);
    std::uint64_t header = number(at + 42, 4);
    e.name = text(at + 46, name);
    for (std::uint64_t x = at + 46 + name, last = x + extra; x + 4 <= last;) {
      const std::uint64_t tag = number(x, 2);
      const std::uint64_t length = number(x + 2, 2);
      if (tag == 1) {  // zip64: those of the fields above that hold all ones
        std::uint64_t field = x + 4;
        for (std::uint64_t* value : {&e.size, &e.packed, &header}) {
          if (*value != 0xFFFFFFFF) continue;
          if (field + 8 > x + 4 + length) fail("a zip64 field is missing");
          *value = number(field, 8);
          field += 8;
        }
      }
      x += 4 + length;
    }
    if (number(header, 4) != 0x04034b50)
      fail("the member '" + base::excerpt(e.name) + "' is not where it is said to be");
    e.begin = header + 30 + number(header + 26, 2) + number(header + 28, 2);
    if (e.begin > bytes_.size() || e.packed > bytes_.size() - e.begin) {
      fail("the member '" + base::excerpt(e.name) + "' reaches past the end of the file");
    }
    if (e.method == 0 && e.packed != e.size) fail("the member '" + base::excerpt(e.name) + "' has two sizes");
    const std::string key = e.name;
    if (!entries_.emplace(key, std::move(e)).second) fail("two members are named '" + base::excerpt(key) + "'");
    return at + 46 + name + extra + comment;
  }

  void refuse_overlaps(std::uint64_t directory) const {
    std::vector<const ZipEntry*> in_place;
    for (const auto& [name, e] : entries_) in_place.push_back(&e);
    std::sort(in_place.begin(), in_place.end(), [](const auto* a, const auto* b) { return a->begin < b->begin; });
    if (!in_place.empty() && in_place.back()->begin + in_place.back()->packed > directory) {
      fail("the member '" + base::excerpt(in_place.back()->name) + "' overlaps the directory");
    }
    for (std::size_t i = 1; i < in_place.size(); ++i) {
      if (in_place[i - 1]->begin + in_place[i - 1]->packed > in_place[i]->begin) {
        fail("the members '" + base::excerpt(in_place[i - 1]->name) + "' and '" + base::excerpt(in_place[i]->name) +
             "' overlap");
      }
    }
  }

  void check(const ZipEntry& e, std::span<const std::byte> content) const {
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
    if (crc != e.crc) fail("the member '" + base::excerpt(e.name) + "' fails its checksum");
  }

  std::span<const std::byte> bytes_;
  std::string where_;
  std::map<std::string, ZipEntry, std::less<>> entries_ = {};
};

}  // namespace youden::weights

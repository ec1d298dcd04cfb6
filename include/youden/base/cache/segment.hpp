#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "youden/base/cache/record.hpp"
#include "youden/base/descriptor.hpp"

namespace youden::base {

/// Two files that one process at a time appends to, and any number read meanwhile:
///
///     0.data   records of one size, one after another
///     0.keys   a header of 32 bytes, then 32 bytes a record (RecordEntry), each written after its record
///
/// A kill leaves at worst a record without an entry or a piece of an entry, which the next writer writes over; a power
/// cut may leave an entry without its record, whose check then fails.
class Segment {
 public:
  Segment(const std::filesystem::path& folder, std::uint32_t number)
      : keys_path_(folder / (std::to_string(number) + ".keys")),
        data_path_(folder / (std::to_string(number) + ".data")) {}

  /// Entries that appeared since the last call, the number of the first of them in `first`.
  std::vector<RecordEntry> news(std::uint64_t& first) {
    if (!keys_.is_open()) keys_ = Descriptor(keys_path_, O_RDONLY);
    if (!data_.is_open()) data_ = Descriptor(data_path_, O_RDONLY);
    first = seen_;
    if (!keys_.is_open() || !data_.is_open() || !read_header()) return {};
    const std::uint64_t count = (keys_.size() - kHeader) / sizeof(RecordEntry);
    if (keys_.size() < kHeader || count <= seen_) return {};
    std::vector<RecordEntry> out(count - seen_);
    if (!keys_.read(kHeader + seen_ * sizeof(RecordEntry), std::as_writable_bytes(std::span(out)))) return {};
    seen_ += out.size();
    return out;
  }

  /// Bytes a record; 0 before the header is there.
  [[nodiscard]] std::uint64_t record_bytes() const { return record_bytes_; }
  [[nodiscard]] bool read(std::uint64_t slot, std::span<std::byte> into) const {
    return data_.read(slot * record_bytes_, into);
  }

  /// Takes the writer's place. False where another process has it, where the files hold records of another size, or
  /// where they cannot be written (`errno`).
  bool begin_writing(std::uint64_t record_bytes) {
    Descriptor keys(keys_path_, O_RDWR | O_CREAT);
    Descriptor data(data_path_, O_RDWR | O_CREAT);
    if (!keys.is_open() || !data.is_open() || !keys.lock(LOCK_EX | LOCK_NB)) return false;
    if (keys.size() < kHeader) {
      const Header header = header_of(record_bytes);
      if (!keys.write(0, std::as_bytes(std::span(&header, 1)))) return false;
    }
    keys_ = std::move(keys);
    data_ = std::move(data);
    writes_ = read_header() && record_bytes_ == record_bytes;
    if (!writes_) errno = 0;
    next_ = writes_ ? (keys_.size() - kHeader) / sizeof(RecordEntry) : 0;
    return writes_;
  }
  [[nodiscard]] bool writes() const { return writes_; }
  /// Records first, then their entries. False, and nothing is there, where the disk does not take them (`errno`).
  [[nodiscard]] bool append(std::span<const RecordEntry> entries, std::span<const std::byte> records) {
    if (!data_.write(next_ * record_bytes_, records)) return false;
    if (!keys_.write(kHeader + next_ * sizeof(RecordEntry), std::as_bytes(entries))) return false;
    next_ += entries.size();
    return true;
  }

 private:
  static constexpr std::uint64_t kHeader = 32;
  static constexpr std::array<char, 8> kMagic{'y', 'o', 'u', 'd', 'e', 'n', '-', '1'};
  struct Header {
    std::array<char, 8> magic;
    std::uint64_t record_bytes;
    std::uint64_t check;
    std::uint64_t unused;
    bool operator==(const Header&) const = default;
  };
  static_assert(sizeof(Header) == kHeader && std::endian::native == std::endian::little);

  static Header header_of(std::uint64_t record_bytes) {
    return {kMagic, record_bytes, XXH3_64bits(&record_bytes, sizeof record_bytes), 0};
  }

  bool read_header() {
    if (record_bytes_ > 0) return true;
    Header header{};
    if (!keys_.read(0, std::as_writable_bytes(std::span(&header, 1)))) return false;
    if (header == header_of(header.record_bytes)) record_bytes_ = header.record_bytes;
    return record_bytes_ > 0;
  }

  std::filesystem::path keys_path_;
  std::filesystem::path data_path_;
  Descriptor keys_;
  Descriptor data_;
  std::uint64_t record_bytes_ = 0;
  std::uint64_t seen_ = 0;  ///< entries handed out by news()
  std::uint64_t next_ = 0;  ///< slot of the next record to be written
  bool writes_ = false;
};

}  // namespace youden::base

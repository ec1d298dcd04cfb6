#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/atomic_file.hpp"
#include "youden/base/error.hpp"
#include "youden/config/json.hpp"
#include "youden/weights/named_tensor.hpp"
#include "youden/weights/safetensors_header.hpp"

namespace youden::weights {

static_assert(std::endian::native == std::endian::little, ".safetensors files are little-endian");

/// A .safetensors file: 8 bytes of header length, a JSON header, the tensors' bytes. Reading runs no code and checks
/// every size against the file's before it allocates. The file is read, not mapped: a file that shrinks meanwhile is
/// then an error instead of a SIGBUS.
class SafetensorsReader {
 public:
  /// Reads and checks the header. Throws WeightsError with the file and what is wrong with it.
  explicit SafetensorsReader(std::filesystem::path path) : path_(std::move(path)) {
    // O_NONBLOCK, or opening a FIFO would wait for ever.
    fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd_ < 0)
      fail(std::string("cannot open the weight file: ") + std::strerror(errno), "check path and permissions");
    try {
      read_header();
    } catch (...) {
      ::close(fd_);
      throw;
    }
  }
  SafetensorsReader(const SafetensorsReader&) = delete;
  SafetensorsReader& operator=(const SafetensorsReader&) = delete;
  ~SafetensorsReader() { ::close(fd_); }

  /// In the order of the header.
  [[nodiscard]] const std::vector<SafetensorsEntry>& entries() const noexcept { return header_.entries; }
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const noexcept { return header_.metadata; }

  [[nodiscard]] NamedTensor read(const SafetensorsEntry& entry) const {
    NamedTensor tensor{entry.name, entry.dtype, entry.shape, {}};
    tensor.bytes.resize(entry.end - entry.begin);
    read_at(data_start_ + entry.begin, tensor.bytes);
    return tensor;
  }

 private:
  // The reference implementation's limit.
  static constexpr std::uint64_t kMaxHeader = 100'000'000;

  void read_header() {
    struct stat status {};
    if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) fail("not a regular file", "name a .safetensors file");
    const auto size = static_cast<std::uint64_t>(status.st_size);
    std::uint64_t length = 0;
    if (size < sizeof length) fail("only " + std::to_string(size) + " bytes: not a .safetensors file", kAgain);
    read_at(0, std::as_writable_bytes(std::span(&length, 1)));
    if (length > size - sizeof length || length > kMaxHeader) {
      fail("a header of " + std::to_string(length) + " bytes in a file of " + std::to_string(size) +
               ": not a .safetensors file, or cut short",
           kAgain);
    }
    std::string json(length, '\0');
    read_at(sizeof length, std::as_writable_bytes(std::span(json)));
    data_start_ = sizeof length + length;
    header_ = SafetensorsHeader::parse(json, size - data_start_, path_.string());
  }
  void read_at(std::uint64_t offset, std::span<std::byte> into) const {
    while (!into.empty()) {
      const ssize_t n = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail(std::string("cannot read the weight file: ") + std::strerror(errno), kAgain);
      if (n == 0) fail("the weight file ended early, at byte " + std::to_string(offset), kAgain);
      into = into.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
  }
  [[noreturn]] void fail(const std::string& what, const std::string& remedy) const {
    throw base::WeightsError({what, path_.string(), remedy});
  }

  static constexpr const char* kAgain = "fetch or export the file again";

  std::filesystem::path path_;
  int fd_ = -1;
  std::uint64_t data_start_ = 0;
  SafetensorsHeader header_;
};

/// Writes tensors whole or not at all; the same tensors and metadata give the same bytes, whatever their order. Names
/// are sorted in the header; wider elements come first in the data, so that every tensor is aligned.
inline void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                              const std::map<std::string, std::string>& metadata = {}) {
  const auto fail = [&](const std::string& what) { throw base::WeightsError({what, path.string()}); };
  std::map<std::string_view, const NamedTensor*> by_name;
  for (const NamedTensor& t : tensors) {
    if (t.name == "__metadata__") fail("a tensor cannot be named '__metadata__'");
    if (!by_name.emplace(t.name, &t).second) fail("two tensors are named '" + t.name + "'");
    if (byte_count(t.dtype, t.shape) != t.bytes.size()) {
      fail("tensor '" + t.name + "' of shape " + shape_text(t.shape) + " holds " + std::to_string(t.bytes.size()) +
           " bytes");
    }
  }
  std::vector<const NamedTensor*> in_place;
  for (const auto& [name, tensor] : by_name) in_place.push_back(tensor);
  std::stable_sort(in_place.begin(), in_place.end(), [](const NamedTensor* a, const NamedTensor* b) {
    return info(a->dtype).bytes > info(b->dtype).bytes;
  });
  std::map<std::string_view, std::uint64_t> begins;
  std::uint64_t reached = 0;
  for (const NamedTensor* t : in_place) {
    begins[t->name] = reached;
    reached += t->bytes.size();
  }

  config::Json header = config::Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  for (const auto& [name, t] : by_name) {
    const std::uint64_t begin = begins[name];
    header[t->name] = {
        {"dtype", info(t->dtype).name}, {"shape", t->shape}, {"data_offsets", {begin, begin + t->bytes.size()}}};
  }
  std::string json;
  try {
    json = header.dump();
  } catch (const config::Json::exception&) {
    fail("a tensor's name or the metadata is not UTF-8");
  }
  json.resize((json.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = json.size();

  base::AtomicFile file(path, base::Readable::owner_only);  // it knows classes, and whose films made it
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(json);
  for (const NamedTensor* t : in_place) file.write(t->bytes);
  file.commit();
}

}  // namespace youden::weights

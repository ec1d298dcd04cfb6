#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"

/// A fuzz target is one .cpp with these two; tools/fuzz builds it with libFuzzer and the sanitizers, and runs it.
namespace youden::fuzz {

/// Gives the bytes to the parser. What it refuses by a named error is as it should be; anything else that is thrown
/// ends the program, and so does what the sanitizers find.
void parse(std::string_view bytes);
/// Small sound inputs, from which mutations start deep in the format.
std::vector<std::string> seeds();

/// Bytes under a path, for parsers that open files.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    if (fd_ < 0 || ::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("no memory for a file");
    }
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(fd_); }
  [[nodiscard]] std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
/// Little-endian, as zip, safetensors' header and TIFF (II) have numbers.
template <class Number>
std::string raw(Number value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace youden::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    youden::fuzz::parse({reinterpret_cast<const char*>(data), size});
  } catch (const youden::base::Error&) {
    return 0;
  }
  return 0;
}

/// With $FUZZ_SEEDS the program writes its seeds there and ends.
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const char* folder = std::getenv("FUZZ_SEEDS");
  if (folder == nullptr) return 0;
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const std::string& seed : youden::fuzz::seeds()) {
    std::ofstream(std::filesystem::path(folder) / ("seed" + std::to_string(number++)), std::ios::binary) << seed;
  }
  std::exit(0);
}

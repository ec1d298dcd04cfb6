#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"

/// A fuzz target is one .cpp that defines these two; tools/fuzz builds it with libFuzzer and sanitizers, and runs it.
namespace youden::fuzz {

/// Gives the bytes to a parser. What it refuses by one of base's errors is as it should be; anything else that leaves
/// it ends the program, as do what the sanitizers find, a huge allocation and seconds without an answer.
void parse(std::string_view bytes);
/// Small sound inputs, from which mutations start deep in the format.
std::vector<std::string> seeds();

/// For what must hold of every input that was not refused.
inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

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
/// Little-endian, as zip, .safetensors and TIFF (II) have numbers.
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

/// `fuzz_TARGET seeds FOLDER` writes the seeds there and ends.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc != 3 || std::string_view((*argv)[1]) != "seeds") return 0;
  const std::filesystem::path folder = (*argv)[2];
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const std::string& seed : youden::fuzz::seeds()) {
    std::ofstream(folder / ("seed" + std::to_string(number++)), std::ios::binary) << seed;
  }
  std::exit(0);
}

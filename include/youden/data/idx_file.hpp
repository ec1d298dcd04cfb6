#pragma once
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "youden/base/error.hpp"

namespace youden::data {

/// An array of unsigned bytes in the IDX format of MNIST: 0 0 8 <dimensions>, each extent as 4 bytes big-endian, the
/// elements row-major; gzipped or not.
struct IdxFile {
  std::vector<std::uint32_t> shape = {};
  std::vector<std::uint8_t> bytes = {};

  /// Throws DataError naming the file. Memory follows the content, never what the header claims alone.
  static IdxFile read(const std::filesystem::path& path, std::size_t dimensions) {
    const auto fail = [&](const std::string& what, const std::string& remedy = "fetch it again") {
      return base::DataError({what, path.string(), remedy});
    };
    std::error_code ignored;
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(
        std::filesystem::is_regular_file(path, ignored) ? gzopen(path.c_str(), "rb") : nullptr, gzclose);
    if (!in) throw fail("the IDX file cannot be opened", "check dataset.root, and the names of its files");
    const auto take = [&](void* into, std::size_t count) {
      const int got = gzread(in.get(), into, static_cast<unsigned>(count));
      return got < 0 ? std::size_t{0} : static_cast<std::size_t>(got);
    };
    std::array<std::uint8_t, 4> word{};
    if (take(word.data(), 4) != 4 || word[0] != 0 || word[1] != 0) throw fail("the file is no IDX file");
    if (word[2] != 8) throw fail("the IDX file does not hold unsigned bytes", "only type 8 is read");
    if (word[3] != dimensions) {
      throw fail("the IDX file has " + std::to_string(word[3]) + " dimensions, not " + std::to_string(dimensions),
                 "images have 3 (count, height, width), labels 1");
    }
    IdxFile out;
    std::uint64_t expected = 1;
    for (std::size_t d = 0; d < dimensions; ++d) {
      if (take(word.data(), 4) != 4) throw fail("the IDX file ends within its header");
      out.shape.push_back(std::uint32_t{word[0]} << 24U | std::uint32_t{word[1]} << 16U | std::uint32_t{word[2]} << 8U |
                          word[3]);
      expected *= out.shape.back();
      if (expected == 0 || expected > kMost) throw fail("the IDX file claims an absurd size");
    }
    constexpr std::size_t kBlock = std::size_t{1} << 20U;
    while (out.bytes.size() <= expected) {  // one byte more is asked for, so that what is too much shows
      const std::size_t at = out.bytes.size();
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, expected + 1 - at));
      out.bytes.resize(at + wanted);
      const std::size_t got = take(out.bytes.data() + at, wanted);
      out.bytes.resize(at + got);
      if (got < wanted) break;
    }
    int code = Z_OK;
    gzerror(in.get(), &code);
    if (code != Z_OK && code != Z_STREAM_END) throw fail("the compressed file is damaged");
    if (out.bytes.size() != expected) {
      throw fail("the IDX file holds " + std::string(out.bytes.size() > expected ? "more" : "fewer") + " than the " +
                 std::to_string(expected) + " bytes that it announces");
    }
    return out;
  }

 private:
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 33U;
};

}  // namespace youden::data

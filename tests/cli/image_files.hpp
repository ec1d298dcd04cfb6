#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace youden::test {

/// Image files written byte by byte, so that no decoder is tested with its own encoder.

inline std::string big_endian(std::uint32_t value, int bytes = 4) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
  return out;
}

/// CRC-32 of PNG (ISO 3309), bit by bit.
inline std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int k = 0; k < 8; ++k) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xEDB88320U : crc >> 1U;
  }
  return ~crc;
}

inline std::string png_chunk(const std::string& type, const std::string& body) {
  return big_endian(static_cast<std::uint32_t>(body.size())) + type + body + big_endian(crc32(type + body));
}

/// zlib stream of stored blocks (RFC 1950, 1951): no compression, hence no compressor.
inline std::string zlib_stored(const std::string& bytes) {
  std::string out = "\x78\x01";
  for (std::size_t from = 0; from < bytes.size(); from += 0xFFFF) {
    const std::string block = bytes.substr(from, 0xFFFF);
    const auto n = static_cast<std::uint32_t>(block.size());
    out += from + n >= bytes.size() ? '\1' : '\0';
    for (const std::uint32_t word : {n, ~n}) {
      out += static_cast<char>(word & 0xFFU);
      out += static_cast<char>(word >> 8U & 0xFFU);
    }
    out += block;
  }
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return out + big_endian(b << 16U | a);
}

/// Colour types of PNG (ISO 15948, table 11.1).
enum class Png : std::uint8_t { gray = 0, rgb = 2, palette = 3, gray_alpha = 4, rgba = 6 };

inline std::string png_header(std::uint32_t width, std::uint32_t height, int depth, Png colour) {
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", big_endian(width) + big_endian(height) + static_cast<char>(depth) +
                                                     static_cast<char>(colour) + std::string(3, '\0'));
}

/// A square PNG of `grey` (size × size, row by row, 8 bit): in other depths and colours the same picture, opaque.
inline std::string png(const std::vector<std::uint8_t>& grey, std::uint32_t size, int depth = 8,
                       Png colour = Png::gray) {
  const bool alpha = colour == Png::gray_alpha || colour == Png::rgba;
  const int channels = colour == Png::rgb || colour == Png::rgba ? 3 : 1;
  std::string rows;
  for (std::uint32_t y = 0; y < size; ++y) {
    rows += '\0';  // filter: none
    for (std::uint32_t x = 0; x < size; ++x) {
      const std::string value(static_cast<std::size_t>(depth / 8), static_cast<char>(grey[y * size + x]));
      for (int c = 0; c < channels; ++c) rows += value;
      if (alpha) rows += std::string(static_cast<std::size_t>(depth / 8), '\xFF');
    }
  }
  std::string out = png_header(size, size, depth, colour);
  if (colour == Png::palette) {
    std::string palette;
    for (int i = 0; i < 256; ++i) palette += std::string(3, static_cast<char>(i));
    out += png_chunk("PLTE", palette);
  }
  return out + png_chunk("IDAT", zlib_stored(rows)) + png_chunk("IEND", "");
}

/// Binary PGM; 16 bit is big-endian, each byte twice, so that it is the same picture.
inline std::string pgm(const std::vector<std::uint8_t>& grey, std::uint32_t size, int depth = 8) {
  std::string out =
      "P5\n" + std::to_string(size) + " " + std::to_string(size) + "\n" + (depth == 8 ? "255" : "65535") + "\n";
  for (const std::uint8_t value : grey)
    out += std::string(static_cast<std::size_t>(depth / 8), static_cast<char>(value));
  return out;
}

/// A film of class `bright` or not: a lit lower half over a pattern that no other `number` has.
inline std::vector<std::uint8_t> film(bool bright, int number, std::uint32_t size = 40) {
  std::vector<std::uint8_t> out;
  for (std::uint32_t y = 0; y < size; ++y) {
    for (std::uint32_t x = 0; x < size; ++x) {
      const std::uint32_t noise = (x * 7919U + y * 104729U + static_cast<std::uint32_t>(number) * 1299709U) % 61U;
      out.push_back(static_cast<std::uint8_t>(40 + noise + (bright && y > size / 2 ? 110 : 0)));
    }
  }
  return out;
}

inline std::filesystem::path write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

/// `folder`/clear/0.pgm …, `folder`/haze/0.pgm …: `n` films a class.
inline void write_films(const std::filesystem::path& folder, int n, std::uint32_t size = 40) {
  for (int i = 0; i < n; ++i) {
    write_bytes(folder / "clear" / (std::to_string(i) + ".pgm"), pgm(film(false, i, size), size));
    write_bytes(folder / "haze" / (std::to_string(i) + ".pgm"), pgm(film(true, i + 1000, size), size));
  }
}

/// An experiment on `films/` of the project.
inline constexpr const char* kFolderExperiment =
    "use: [dataset/image_folder, augment/none, backbone/small_cnn, head/global_average, train/default]\n"
    "name: folder\n"
    "positive: haze\n"
    "threads: 1\n"
    "dataset: { root: films, size: 32 }\n"
    "backbone: { depth: 3, width: 4 }\n"
    "split: { type: holdout, train: 0.6, val: 0.2, test: 0.2 }\n"
    "train: { epochs: 2, batch: 8 }\n";

}  // namespace youden::test

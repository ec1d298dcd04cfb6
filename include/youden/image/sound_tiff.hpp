#pragma once
#include <tiffio.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "youden/image/image_bytes.hpp"

namespace youden::image {

namespace detail {

/// A TIFF in memory as libtiff reads it; what it says against the file is kept instead of printed.
class TiffFile {
 public:
  explicit TiffFile(Bytes bytes) : bytes_(bytes) {
    const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                   &TIFFOpenOptionsFree);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep, this);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), keep_warning, this);
    tiff_ = TIFFClientOpenExt("film", "rm", this, read, write, seek, close, size, map, unmap, options.get());
  }
  TiffFile(const TiffFile&) = delete;
  TiffFile& operator=(const TiffFile&) = delete;
  ~TiffFile() {
    if (tiff_ != nullptr) TIFFClose(tiff_);
  }

  [[nodiscard]] TIFF* get() const { return tiff_; }
  [[nodiscard]] bool complained() const { return complained_; }
  /// From now on warnings count as well: before, they speak of tags that no pixel hangs on.
  void begin_pixels() { pixels_ = true; }

 private:
  static TiffFile& of(thandle_t handle) { return *static_cast<TiffFile*>(handle); }
  static int keep(TIFF*, void* own, const char*, const char*, va_list) {
    static_cast<TiffFile*>(own)->complained_ = true;
    return 1;  // said; the process's handler, which prints, is not asked
  }
  static int keep_warning(TIFF*, void* own, const char*, const char*, va_list) {
    auto& file = *static_cast<TiffFile*>(own);
    file.complained_ |= file.pixels_;
    return 1;
  }
  static tmsize_t read(thandle_t handle, void* into, tmsize_t wanted) {
    TiffFile& f = of(handle);
    const auto left = f.at_ < f.bytes_.size() ? f.bytes_.size() - f.at_ : 0;
    const auto n = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(wanted));
    if (n > 0) std::memcpy(into, f.bytes_.data() + f.at_, n);
    f.at_ += n;
    return static_cast<tmsize_t>(n);
  }
  static tmsize_t write(thandle_t, void*, tmsize_t) { return -1; }
  static toff_t seek(thandle_t handle, toff_t to, int from) {
    TiffFile& f = of(handle);
    f.at_ = from == SEEK_SET ? to : from == SEEK_CUR ? f.at_ + to : f.bytes_.size() + to;
    return f.at_;
  }
  static int close(thandle_t) { return 0; }
  static toff_t size(thandle_t handle) { return of(handle).bytes_.size(); }
  static int map(thandle_t, void**, toff_t*) { return 0; }
  static void unmap(thandle_t, void*, toff_t) {}

  Bytes bytes_;
  std::uint64_t at_ = 0;
  TIFF* tiff_ = nullptr;
  bool complained_ = false;
  bool pixels_ = false;
};

/// Whether a strip of Deflate is one whole zlib stream of just the bytes that it must hold; its checksum is compared.
inline bool whole_zlib(const std::vector<unsigned char>& packed, std::uint64_t expected) {
  z_stream z{};
  if (inflateInit(&z) != Z_OK) return false;
  std::array<unsigned char, 1U << 15U> out{};
  z.next_in = const_cast<unsigned char*>(packed.data());
  z.avail_in = static_cast<uInt>(packed.size());
  int code = Z_OK;
  while (code == Z_OK) {
    z.next_out = out.data();
    z.avail_out = static_cast<uInt>(out.size());
    code = inflate(&z, Z_NO_FLUSH);
  }
  const bool whole = code == Z_STREAM_END && z.total_out == expected;
  inflateEnd(&z);
  return whole;
}

/// Whether a strip of LZW (TIFF 6.0, section 13) holds just the bytes that it must, and then its end: zeros in it are
/// codes like others, but they stand for fewer bytes.
inline bool whole_lzw(const std::vector<unsigned char>& packed, std::uint64_t expected) {
  constexpr unsigned kClear = 256;
  constexpr unsigned kEnd = 257;
  std::array<std::uint32_t, 4096> length{};
  for (unsigned i = 0; i < 256; ++i) length[i] = 1;
  unsigned next = 258;
  unsigned width = 9;
  std::uint32_t before = 0;  // the length of the last code's text; 0 = none since the table was cleared
  std::uint64_t out = 0;
  std::uint64_t bits = 0;
  unsigned held = 0;
  for (std::size_t at = 0;;) {
    while (held < width && at < packed.size()) {
      bits = bits << 8U | packed[at++];
      held += 8;
    }
    if (held < width) return false;  // no end
    held -= width;
    const auto code = static_cast<unsigned>(bits >> held & ((1U << width) - 1U));
    if (code == kEnd) return out == expected && packed.size() - at <= 1;
    if (code == kClear) {
      next = 258;
      width = 9;
      before = 0;
      continue;
    }
    if (code > next || (code == next && before == 0) || (code >= 258 && before == 0)) return false;
    const std::uint32_t now = code == next ? before + 1 : length[code];
    if (before > 0) {
      if (next >= length.size()) return false;
      length[next++] = before + 1;
    }
    out += now;
    if (out > expected) return false;
    before = now;
    if (next + 1 >= (1U << width) && width < 12) ++width;  // the code that is one too early, as TIFF writes it
  }
}

}  // namespace detail

/// Why the first picture of a TIFF whose structure is whole cannot be decoded as it was stored: a compression that
/// libtiff lacks (`unsupported`), or damage; both "" = it can, as far as the format and libtiff can tell.
struct TiffVerdict {
  std::string damage = {};
  std::string unsupported = {};
};

inline TiffVerdict tiff_verdict(Bytes bytes) {
  detail::TiffFile file(bytes);
  if (file.get() == nullptr || file.complained())
    return {.damage = "damaged: libtiff finds its directory inconsistent"};
  TIFF* tiff = file.get();
  std::uint16_t compression = COMPRESSION_NONE;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  if (TIFFIsCODECConfigured(compression) == 0) {
    const TIFFCodec* codec = TIFFFindCODEC(compression);
    const std::string name = compression == 34712 ? "JPEG 2000"
                             : codec != nullptr   ? codec->name
                                                  : "number " + std::to_string(compression);
    return {.unsupported = "a TIFF compressed by " + name};
  }
  file.begin_pixels();
  const TiffVerdict damaged{.damage = "damaged: the TIFF's pixels cannot all be decoded"};
  const bool tiles = TIFFIsTiled(tiff) != 0;
  const std::uint32_t parts = tiles ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
  std::uint32_t height = 0;
  std::uint32_t rows = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
  const bool deflate = compression == COMPRESSION_ADOBE_DEFLATE || compression == COMPRESSION_DEFLATE;
  std::uint16_t fill = FILLORDER_MSB2LSB;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_FILLORDER, &fill);
  const auto largest = static_cast<std::uint64_t>(tiles ? TIFFTileSize(tiff) : TIFFStripSize(tiff));
  constexpr std::uint64_t kMostPart = std::uint64_t{1} << 30U;
  if (largest > kMostPart) return {.unsupported = "a TIFF with a strip of more than 1 GiB"};
  constexpr std::uint64_t kSpare = std::uint64_t{128} << 20U;  // a tile may be larger than a small picture
  if (largest > kSpare && largest / 4 > TIFFScanlineSize64(tiff) * height) {
    return {.damage = "damaged: the TIFF's tiles are many times larger than its picture"};
  }
  std::vector<unsigned char> raw;
  std::vector<unsigned char> pixels(static_cast<std::size_t>(largest));
  rows = std::clamp<std::uint32_t>(rows, 1, std::max<std::uint32_t>(height, 1));
  const std::uint32_t a_plane = (height + rows - 1) / rows;
  for (std::uint32_t i = 0; i < parts; ++i) {
    const std::uint32_t row = a_plane == 0 ? 0 : i % a_plane * rows;
    const auto wanted = static_cast<tmsize_t>(
        tiles ? TIFFTileSize(tiff)
              : TIFFVStripSize(tiff, std::min<std::uint32_t>(rows, height - std::min(row, height))));
    if (wanted <= 0 || static_cast<std::size_t>(wanted) > pixels.size()) return damaged;
    const tmsize_t got = tiles ? TIFFReadEncodedTile(tiff, i, pixels.data(), wanted)
                               : TIFFReadEncodedStrip(tiff, i, pixels.data(), wanted);
    if (got != wanted || file.complained()) return damaged;
    if ((!deflate && compression != COMPRESSION_LZW) || fill != FILLORDER_MSB2LSB) continue;
    raw.resize(static_cast<std::size_t>(std::min<std::uint64_t>(TIFFGetStrileByteCount(tiff, i), bytes.size())));
    const auto size = static_cast<tmsize_t>(raw.size());
    const tmsize_t have =
        tiles ? TIFFReadRawTile(tiff, i, raw.data(), size) : TIFFReadRawStrip(tiff, i, raw.data(), size);
    if (have != size || size == 0) return damaged;
    const auto expected = static_cast<std::uint64_t>(wanted);
    // LZW of before 1990 turns its bits round; libtiff reads it, and no film is that old.
    const bool old_lzw = compression == COMPRESSION_LZW && size >= 2 && raw[0] == 0 && (raw[1] & 1U) != 0;
    const bool whole = deflate ? detail::whole_zlib(raw, expected) : old_lzw || detail::whole_lzw(raw, expected);
    if (!whole || file.complained()) return damaged;
  }
  return {};
}

}  // namespace youden::image

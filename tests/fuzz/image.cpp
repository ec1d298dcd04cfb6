// Films of every format, decoded whole or refused. Large ones are left out for speed.
#include <zlib.h>

#include <opencv2/imgcodecs.hpp>

#include "fuzz.hpp"
#include "youden/image/decode.hpp"

namespace youden::fuzz {

/// A PNG with the checksums that its chunks must have, and its pixels where they are one stored block: no mutation
/// finds them.
std::string with_checksums(std::string png) {
  const auto put = [&](std::size_t at, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) png[at + i] = static_cast<char>(value >> (8 * (bytes - 1 - i)) & 0xFFU);
  };
  const auto* all = reinterpret_cast<const unsigned char*>(png.data());
  for (std::size_t at = 8; at + 12 <= png.size();) {
    const std::size_t length = std::size_t{all[at]} << 24U | all[at + 1] << 16U | all[at + 2] << 8U | all[at + 3];
    if (length > png.size() - at - 12) break;
    if (length >= 11 && png.compare(at + 4, 7, "IDAT\x78\x01\x01") == 0) {
      const std::size_t stored = length - 11;
      for (const unsigned i : {0U, 1U}) {
        png[at + 11 + i] = static_cast<char>(stored >> 8 * i & 0xFFU);
        png[at + 13 + i] = static_cast<char>(~stored >> 8 * i & 0xFFU);
      }
      put(at + 15 + stored, ::adler32(1, all + at + 15, static_cast<uInt>(stored)), 4);
    }
    put(at + 8 + length, ::crc32(0, all + at + 4, static_cast<uInt>(length + 4)), 4);
    at += length + 12;
  }
  return png;
}

/// Three by two pixels of a palette of two or of grays, uncompressed, with what may stand beside them.
std::string small_png(char depth, char colour, const std::string& rows, const std::string& before = {}) {
  using namespace std::string_literals;
  const auto chunk = [](const std::string& type, const std::string& content) {
    const auto n = static_cast<char>(content.size());
    return "\0\0\0"s + n + type + content + "crc."s;
  };
  return with_checksums(std::string(image::kPngSignature) +
                        chunk("IHDR", "\0\0\0\3\0\0\0\2"s + depth + colour + "\0\0\0"s) + before +
                        chunk("IDAT", "\x78\1\1...."s + rows + "sum."s) + chunk("IEND", ""));
}

/// What libraries say to the terminal while it lives breaks a promise: it belongs into our error.
class Overheard {
 public:
  Overheard() { stderr = heard_; }
  Overheard(const Overheard&) = delete;
  Overheard& operator=(const Overheard&) = delete;
  ~Overheard() {
    stderr = terminal_;
    if (std::ftell(heard_) == 0) return;
    std::fflush(heard_);
    std::fprintf(stderr, "overheard: %s\n", text_);
    std::abort();
  }

 private:
  inline static char* text_ = nullptr;
  inline static std::size_t size_ = 0;
  inline static FILE* const terminal_ = stderr;
  inline static FILE* const heard_ = ::open_memstream(&text_, &size_);
};

void parse(std::string_view bytes) {
  const std::string film =
      bytes.starts_with(image::kPngSignature) ? with_checksums(std::string(bytes)) : std::string(bytes);
  const image::ImageHeader header = image::read_header(as_bytes(film), "fuzz.png");
  if (header.width > 256 || header.height > 256) return;
  const Overheard words;
  const cv::Mat decoded = image::decode_film(as_bytes(film), "fuzz.png", 32);
  require(decoded.rows == 32 && decoded.cols == 32 && decoded.channels() == 3, "a decoded film has the size asked for");
}

/// 16 × 16 pixels in one uncompressed tile.
std::string tiled_tiff() {
  std::string out = "II" + raw(std::uint16_t{42}) + raw(std::uint32_t{8}) + raw(std::uint16_t{10});
  for (const auto& [tag, value] : std::vector<std::pair<std::uint16_t, std::uint32_t>>{{256, 16},
                                                                                       {257, 16},
                                                                                       {258, 8},
                                                                                       {259, 1},
                                                                                       {262, 1},
                                                                                       {277, 1},
                                                                                       {322, 16},
                                                                                       {323, 16},
                                                                                       {324, 134},
                                                                                       {325, 256}}) {
    out += raw(tag) + raw(std::uint16_t{4}) + raw(std::uint32_t{1}) + raw(value);
  }
  return out + raw(std::uint32_t{0}) + std::string(256, 'x');
}

std::vector<std::string> seeds() {
  cv::Mat gray(9, 11, CV_8UC1);
  for (int i = 0; i < 99; ++i) gray.data[i] = static_cast<unsigned char>(i * 37 % 256);
  cv::Mat deep;
  gray.convertTo(deep, CV_16UC1, 257);
  cv::Mat colour;
  cv::merge(std::vector<cv::Mat>{gray, 255 - gray, gray}, colour);
  std::vector<std::string> out;
  const auto add = [&](const char* kind, const cv::Mat& film, const std::vector<int>& how = {}) {
    std::vector<unsigned char> bytes;
    if (cv::imencode(kind, film, bytes, how)) out.emplace_back(bytes.begin(), bytes.end());
  };
  for (const char* kind : {".png", ".jpg", ".tif", ".webp", ".bmp", ".pgm"}) add(kind, gray);
  for (const char* kind : {".png", ".jpg", ".webp", ".ppm"}) add(kind, colour);
  add(".png", deep);
  add(".tif", deep, {cv::IMWRITE_TIFF_COMPRESSION, 8});
  add(".tif", gray, {cv::IMWRITE_TIFF_COMPRESSION, 5});
  add(".tif", colour, {cv::IMWRITE_TIFF_COMPRESSION, 1});
  add(".jpg", gray, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  add(".jpg", colour, {cv::IMWRITE_JPEG_RST_INTERVAL, 1, cv::IMWRITE_JPEG_OPTIMIZE, 1});
  out.push_back(tiled_tiff());
  using namespace std::string_literals;
  const std::string palette =
      "\0\0\0\6PLTE\1\2\3\7\x08\x09"
      "crc."s;
  out.push_back(small_png(8, 3, "\0\0\1\0\2\1\0\0"s, palette));
  out.push_back(small_png(1, 3, "\0\x80\4\x40"s, palette));
  out.push_back(small_png(8, 0, "\3\1\2\3\1\4\5\6"s,
                          "\0\0\0\x1a"
                          "eXIfII\x2a\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0crc."s));
  return out;
}

}  // namespace youden::fuzz

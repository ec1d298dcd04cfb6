#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/image/image_bytes.hpp"
#include "youden/image/image_header.hpp"
#include "youden/image/image_jpeg.hpp"
#include "youden/image/image_other.hpp"
#include "youden/image/image_png.hpp"
#include "youden/image/image_tiff.hpp"
#include "youden/image/quiet_cerr.hpp"
#include "youden/image/sound_jpeg.hpp"
#include "youden/image/sound_tiff.hpp"
#include "youden/image/value_range.hpp"

namespace youden::image {

inline constexpr std::int64_t kMostSide = 20'000;  ///< pixels
inline constexpr std::int64_t kMostPixels = 100'000'000;

/// Format and dimensions by content, whatever the extension says; damaged and unsupported files included.
/// Throws DataError only when the content is no image at all.
inline ImageHeader read_header(Bytes bytes, const std::filesystem::path& path) {
  const Reader in(bytes);
  if (in.has(0, kPngSignature)) return png_header(in);
  if (in.has(0, kJpegSignature)) return jpeg_header(in);
  if (in.has(0, {"II\x2a\0", 4}) || in.has(0, {"MM\0\x2a", 4}) || in.has(0, {"II\x2b\0", 4}) ||
      in.has(0, {"MM\0\x2b", 4})) {
    return tiff_header(bytes);
  }
  if (in.has(0, "GIF87a") || in.has(0, "GIF89a")) return gif_header(bytes);
  if (in.has(0, "RIFF") && in.has(8, "WEBP")) return webp_header(bytes);
  if (in.has(0, "BM") && in.size() > 26) return bmp_header(bytes);
  if (in.has(0, "P") && in.size() > 8 && in.or_zero(1, 1) >= '1' && in.or_zero(1, 1) <= '6' &&
      base::trim({reinterpret_cast<const char*>(bytes.data()) + 2, 1}).empty()) {
    return pnm_header(bytes);
  }
  const std::string found = in.has(128, "DICM") ? "a DICOM file, not an image" : "the content is no image";
  throw base::DataError({found, path.string(), "give a PNG, JPEG, TIFF, BMP, WebP or PNM file"});
}
inline ImageHeader read_header(const std::filesystem::path& path) { return read_header(read_bytes(path), path); }

namespace detail {

/// Turns a film as EXIF's orientation says (CIPA DC-008, tag 274).
inline void turn(cv::Mat& film, int orientation) {
  if (orientation == 2 || orientation == 4) cv::flip(film, film, orientation == 2 ? 1 : 0);
  if (orientation == 3) cv::rotate(film, film, cv::ROTATE_180);
  if (orientation >= 5) cv::transpose(film, film);
  if (orientation == 6 || orientation == 7) cv::flip(film, film, 1);
  if (orientation == 8 || orientation == 7) cv::flip(film, film, 0);
}

/// Throws where the pixels of a film whose structure is whole are damaged or of a kind that its library lacks: OpenCV
/// hides what libjpeg, libpng and libtiff say, or lets them print it.
template <class Fail>
void require_sound_pixels(Bytes bytes, const ImageHeader& h, const Fail& fail) {
  std::string damage;
  std::string unsupported;
  if (h.format == "jpeg") damage = jpeg_damage(bytes);
  if (h.format == "png") damage = png_damage(Reader(bytes), h);
  if (h.format == "tiff") {
    TiffVerdict verdict = tiff_verdict(bytes);
    damage = std::move(verdict.damage);
    unsupported = std::move(verdict.unsupported);
  }
  if (!damage.empty()) throw fail("the image is " + damage, "fetch it again or remove it");
  if (!unsupported.empty())
    throw fail(unsupported + " is not decoded", "save it as PNG, or as TIFF without compression");
}

/// As stored, [H,W] of 1 or 3 × uint8 or uint16, colours as BGR; a JPEG's sides divided by `reduction` (1, 2, 4, 8),
/// which its cosine transform does while decoding. Throws DataError naming the path, what is wrong and what to do.
inline cv::Mat decode_stored(Bytes bytes, const std::filesystem::path& path, const ImageHeader& h, int reduction) {
  // Reasons go into exceptions, not to stderr.
  [[maybe_unused]] static const auto kSilence = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  const auto fail = [&](const std::string& what, const std::string& remedy) {
    return base::DataError({what, path.string(), remedy});
  };
  const std::string size = std::to_string(h.width) + " × " + std::to_string(h.height);
  const bool sized = h.width > 0 && h.height > 0;
  if (sized && (h.width > kMostSide || h.height > kMostSide || h.width > kMostPixels / h.height)) {
    throw fail("the " + h.format + " says it has " + size + " pixels",
               "at most 20000 a side and 100 million in all are decoded: shrink it");
  }
  if (!h.damage.empty()) throw fail("the image is " + h.damage, "fetch it again or remove it");
  if (!sized) throw fail("the " + h.format + " says it has " + size + " pixels", "fetch it again or remove it");
  if (!h.unsupported.empty()) {
    throw fail(h.unsupported + " is not decoded", "convert it to an 8- or 16-bit gray or RGB PNG");
  }

  require_sound_pixels(bytes, h, fail);
  // What OpenCV's own decoders do not take it would hand to GDCM or GDAL, by these words: a hundred formats, some of
  // which name other files.
  const bool magic = h.format == "png" || h.format == "jpeg" || h.format == "tiff" || h.format == "bmp";
  if (!magic && (Reader(bytes).has(128, "DICM") || Reader(bytes).has(140, "DTED"))) {
    throw fail("the " + h.format + " holds the words of another format",
               "open it in a viewer; if it shows, save it as PNG");
  }
  int flags = (h.gray ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR) | cv::IMREAD_ANYDEPTH;
  if (reduction == 2) flags = h.gray ? cv::IMREAD_REDUCED_GRAYSCALE_2 : cv::IMREAD_REDUCED_COLOR_2;
  if (reduction == 4) flags = h.gray ? cv::IMREAD_REDUCED_GRAYSCALE_4 : cv::IMREAD_REDUCED_COLOR_4;
  if (reduction == 8) flags = h.gray ? cv::IMREAD_REDUCED_GRAYSCALE_8 : cv::IMREAD_REDUCED_COLOR_8;
  cv::Mat image;
  try {
    const QuietCerr quiet;
    std::vector<std::byte> copy;
    const Bytes from = h.format == "png" ? essential_png(Reader(bytes), copy) : bytes;
    const cv::Mat raw(1, static_cast<int>(from.size()), CV_8UC1, const_cast<std::byte*>(from.data()));
    image = cv::imdecode(raw, flags);
  } catch (const cv::Exception&) {
    image.release();  // said below, in words
  }
  if (image.empty()) {
    throw fail("the " + h.format + " cannot be decoded: its pixels are damaged or of a kind this OpenCV does not read",
               "open it in a viewer; if it shows, save it as PNG, else fetch it again");
  }
  if ((image.depth() != CV_8U && image.depth() != CV_16U) || (image.channels() != 1 && image.channels() != 3)) {
    throw fail("the " + h.format + " does not hold 8- or 16-bit pixels", "convert it to an 8- or 16-bit PNG");
  }
  turn(image, h.orientation);
  return image;
}

inline cv::Mat to_rgb(const cv::Mat& stored) {
  cv::Mat out;
  cv::cvtColor(stored, out, stored.channels() == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_BGR2RGB);
  return out;
}

}  // namespace detail

/// Changes whenever `decode_film` gives other pixels for the same file: part of what identifies a feature.
inline constexpr const char* kDecoderVersion = "films 3";

/// A whole film at its own size: RGB, CV_8UC3 or CV_16UC3, as cv::imread(IMREAD_COLOR | IMREAD_ANYDEPTH) sees it: gray
/// repeated, palettes expanded, alpha dropped with the colour kept, EXIF orientation obeyed (so that a film stands as
/// every viewer shows it). Throws DataError naming the path, what is wrong and what to do.
inline cv::Mat decode_bytes(Bytes bytes, const std::filesystem::path& path) {
  return detail::to_rgb(detail::decode_stored(bytes, path, read_header(bytes, path), 1));
}

/// By how much a JPEG's sides are divided while it is decoded for a `size`-pixel target: 4 where even the shorter side
/// is 8 times the target, 8 where it is 16 times, so that at least twice the target is left to resize. Bilinear
/// resizing looks at 4 pixels of the hundreds that such a film has for each of the target's; these are means.
inline int jpeg_reduction(const ImageHeader& h, int size) {
  const auto shorter = std::min(h.width, h.height);
  if (h.format != "jpeg" || shorter < std::int64_t{8} * size) return 1;
  return shorter < std::int64_t{16} * size ? 4 : 8;
}

/// How films become pixels, the same for every film of a dataset, in training and in prediction.
struct Decoding {
  int size = 224;  ///< pixels a side
  ValueRange range = ValueRange::automatic;
  std::shared_ptr<FilmBits> bits = {};  ///< where the bits that films use are noted; null = nowhere
};

/// [size,size] of 3 × uint8 or uint16, RGB. Bilinear and ignoring aspect, as cv2.resize does by default: for 8-bit
/// files the same bits as cv2.imread, BGR2RGB, cv2.resize; for JPEGs of 8 times the size and more, as cv2.imread with
/// IMREAD_REDUCED_COLOR_4 or _8. Films of 16 bits that use fewer are stretched (`ValueRange`).
inline cv::Mat decode_film(Bytes bytes, const std::filesystem::path& path, const Decoding& as) {
  const ImageHeader h = read_header(bytes, path);
  const cv::Mat stored = detail::decode_stored(bytes, path, h, jpeg_reduction(h, as.size));
  const int bits = used_bits(stored);
  if (as.bits != nullptr) as.bits->add(path.string(), bits);
  cv::Mat small;  // colours are put in order and gray is repeated last, on fewer pixels and to the same bits
  cv::resize(stored, small, cv::Size(as.size, as.size), 0, 0, cv::INTER_LINEAR);
  if (as.range == ValueRange::automatic) stretch(small, bits);
  return detail::to_rgb(small);
}
inline cv::Mat decode_film(const std::filesystem::path& path, const Decoding& as) {
  return decode_film(read_bytes(path), path, as);
}
/// As every film of a dataset with `range: auto`.
inline cv::Mat decode_film(Bytes bytes, const std::filesystem::path& path, int size) {
  return decode_film(bytes, path, Decoding{.size = size});
}
inline cv::Mat decode_film(const std::filesystem::path& path, int size) {
  return decode_film(read_bytes(path), path, Decoding{.size = size});
}

/// [H,W] of 1 or 3 × uint8 or uint16 -> [H,W] of 3 × float32, 0–1: value / 255 (/ 65535), correctly rounded; gray
/// repeated.
inline cv::Mat to_unit_float(const cv::Mat& film) {
  static const auto kByte = [] {
    std::array<float, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<float>(static_cast<double>(i) / 255.0);
    return table;
  }();
  const auto byte = [](std::uint8_t v) { return kByte[v]; };
  const auto word = [](std::uint16_t v) { return static_cast<float>(static_cast<double>(v) / 65535.0); };
  CV_Assert((film.depth() == CV_8U || film.depth() == CV_16U) && (film.channels() == 1 || film.channels() == 3));
  cv::Mat out(film.rows, film.cols, CV_32FC3);
  for (int y = 0; y < film.rows; ++y) {
    const auto fill = [&](const auto* from, const auto& unit) {
      auto* to = out.ptr<float>(y);
      if (film.channels() == 3) {
        for (int x = 0; x < film.cols * 3; ++x) to[x] = unit(from[x]);
      } else {
        for (int x = 0; x < film.cols; ++x, to += 3) to[0] = to[1] = to[2] = unit(from[x]);
      }
    };
    if (film.depth() == CV_8U) {
      fill(film.ptr<std::uint8_t>(y), byte);
    } else {
      fill(film.ptr<std::uint16_t>(y), word);
    }
  }
  return out;
}

}  // namespace youden::image

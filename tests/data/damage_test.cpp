#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "films.hpp"
#include "youden/base/philox.hpp"
#include "youden/data/film_facts.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/thumbnail.hpp"

using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;
using youden::base::DataError;
using youden::base::Stream;
using youden::test::holds;
using youden::test::refusal;
using youden::test::TempFolder;

namespace {

using File = std::vector<unsigned char>;

/// 300 × 260 gray, soft shapes and noise.
cv::Mat drawn(std::uint32_t i) {
  Stream random({.seed = i, .purpose = "damage"});
  cv::Mat film(300, 260, CV_8UC1);
  for (int y = 0; y < film.rows; ++y) {
    for (int x = 0; x < film.cols; ++x) {
      const double r = std::hypot((x - 90 - 10.0 * i) / 90, (y - 140) / 110.0);
      film.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(60 + 120 / (1 + r * r) + 20 * random.uniform());
    }
  }
  return film;
}
File encoded(const std::string& extension, const cv::Mat& film, const std::vector<int>& settings = {}) {
  File out;
  BOOST_REQUIRE(cv::imencode(extension, film, out, settings));
  return out;
}
std::string refused(const File& file) {
  return refusal([&] { decode_film(std::as_bytes(std::span(file)), "film", 64); });
}
File without_sector(File file, std::size_t at) {
  std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(at), 512, 0);
  return file;
}

const std::vector<int> kProgressive{cv::IMWRITE_JPEG_PROGRESSIVE, 1};
const std::vector<int> kLzw{cv::IMWRITE_TIFF_COMPRESSION, 5};
const std::vector<int> kDeflate{cv::IMWRITE_TIFF_COMPRESSION, 8};

}  // namespace

BOOST_AUTO_TEST_SUITE(damage)

BOOST_AUTO_TEST_CASE(a_film_that_lost_a_sector_or_its_end_is_refused_and_a_sound_one_is_not) {
  const std::vector<std::tuple<std::string, std::string, std::vector<int>>> formats{
      {"jpeg", ".jpg", {}}, {"tiff lzw", ".tiff", kLzw}, {"tiff deflate", ".tiff", kDeflate}, {"png", ".png", {}}};
  for (const auto& [name, extension, settings] : formats) {
    for (std::uint32_t i = 0; i < 6; ++i) {
      BOOST_TEST_CONTEXT(name << ", film " << i) {
        const File file = encoded(extension, drawn(i), settings);
        BOOST_TEST(refused(file).empty());
        const std::size_t at = file.size() / 4 + i * 97;
        BOOST_TEST(!refused(without_sector(file, at)).empty());
        File missing = file;
        missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(at),
                      missing.begin() + static_cast<std::ptrdiff_t>(at + 512));
        BOOST_TEST(!refused(missing).empty());
        BOOST_TEST(!refused(File(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(at))).empty());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_jpeg_that_was_cut_and_closed_is_damaged_in_the_scan_at_every_door) {
  const TempFolder folder;
  for (const auto& settings : {std::vector<int>{}, kProgressive}) {
    File file = encoded(".jpg", drawn(1), settings);
    BOOST_TEST(refused(file).empty());
    file.resize(file.size() / 2);
    file.insert(file.end(), {0xFF, 0xD9});
    BOOST_TEST(holds(refused(file), "damaged in the scan"));
    const auto path = folder / "film.jpg";
    std::ofstream(path, std::ios::binary) << std::string(file.begin(), file.end());
    BOOST_TEST(holds(film_facts(path).broken, "damaged in the scan"));
    BOOST_TEST(holds(refusal([&] { thumbnail(path, 32); }), "damaged in the scan"));
  }
}

BOOST_AUTO_TEST_CASE(a_black_jpeg_is_sound) {
  for (const auto& settings : {std::vector<int>{}, kProgressive, std::vector<int>{cv::IMWRITE_JPEG_OPTIMIZE, 1}}) {
    BOOST_TEST(refused(encoded(".jpg", cv::Mat(2000, 1500, CV_8UC1, cv::Scalar(0)), settings)).empty());
    BOOST_TEST(refused(encoded(".jpg", cv::Mat(2000, 1500, CV_8UC3, cv::Scalar(0, 0, 0)), settings)).empty());
  }
  BOOST_TEST(refused(encoded(".webp", cv::Mat(2000, 1500, CV_8UC3, cv::Scalar(0, 0, 0)))).empty());
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_is_seen_where_there_is_a_checksum) {
  for (const auto& [extension, settings] : {std::pair(std::string(".png"), std::vector<int>{}), {".tiff", kDeflate}}) {
    File file = encoded(extension, drawn(2), settings);
    for (const std::size_t part : {3U, 4U, 5U}) {
      File flipped = file;
      flipped[file.size() * part / 8] ^= 4;
      BOOST_TEST(!refused(flipped).empty(), extension << " " << part);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_compression_that_libtiff_lacks_is_named) {
  File file = encoded(".tiff", drawn(3), kLzw);
  const unsigned char tag[] = {0x03, 0x01, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00, 0x05, 0x00};  // Compression, SHORT, 5
  const auto at = std::search(file.begin(), file.end(), std::begin(tag), std::end(tag));
  BOOST_REQUIRE(at != file.end());
  at[8] = 34712 & 255;
  at[9] = 34712 >> 8;
  BOOST_TEST(holds(refused(file), "a TIFF compressed by JPEG 2000 is not decoded"));
}

BOOST_AUTO_TEST_CASE(no_library_says_a_word) {
  std::fflush(stderr);
  const TempFolder folder;
  const int kept = ::dup(2);
  const int said = ::open((folder / "said").c_str(), O_CREAT | O_RDWR, 0600);
  ::dup2(said, 2);
  for (const auto& [extension, settings] : {std::pair(std::string(".jpg"), std::vector<int>{}),
                                            {".jpg", kProgressive},
                                            {".png", {}},
                                            {".tiff", kLzw},
                                            {".tiff", kDeflate},
                                            {".webp", {}}}) {
    const File file = encoded(extension, drawn(4), settings);
    for (std::size_t at = 8; at + 512 < file.size(); at += file.size() / 40 + 1)
      (void)refused(without_sector(file, at));
  }
  std::fflush(stderr);
  ::dup2(kept, 2);
  ::close(kept);
  ::close(said);
  BOOST_TEST(std::filesystem::file_size(folder / "said") == 0U);
}

BOOST_AUTO_TEST_CASE(a_webp_is_turned_as_its_exif_says) {
  cv::Mat film;
  cv::cvtColor(drawn(5), film, cv::COLOR_GRAY2BGR);
  const std::vector<int> lossless{cv::IMWRITE_WEBP_QUALITY, 101};
  const File plain = encoded(".webp", film, lossless);
  const auto le32 = [](std::size_t n) {
    return std::string{static_cast<char>(n), static_cast<char>(n >> 8U), static_cast<char>(n >> 16U),
                       static_cast<char>(n >> 24U)};
  };
  const std::string body(plain.begin() + 12, plain.end());
  const std::string size = le32(259).substr(0, 3) + le32(299).substr(0, 3);
  for (const int orientation : {1, 3, 6, 8}) {
    std::string exif{"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0", 26};
    exif[18] = static_cast<char>(orientation);
    const std::string chunks =
        "WEBPVP8X" + le32(10) + std::string{"\x08\0\0\0", 4} + size + body + "EXIF" + le32(exif.size()) + exif;
    const std::string file = "RIFF" + le32(chunks.size()) + chunks;
    cv::Mat expected;
    cv::cvtColor(film, expected, cv::COLOR_BGR2RGB);
    if (orientation == 3) cv::rotate(expected, expected, cv::ROTATE_180);
    if (orientation == 6) cv::rotate(expected, expected, cv::ROTATE_90_CLOCKWISE);
    if (orientation == 8) cv::rotate(expected, expected, cv::ROTATE_90_COUNTERCLOCKWISE);
    const cv::Mat seen = decode_bytes(std::as_bytes(std::span(file)), "a.webp");
    BOOST_REQUIRE(seen.size() == expected.size());
    BOOST_TEST(cv::norm(seen, expected, cv::NORM_INF) == 0, orientation);
  }
}

BOOST_AUTO_TEST_CASE(twelve_bits_in_sixteen_are_scaled_by_4095_and_said) {
  cv::Mat film(40, 40, CV_16UC1, cv::Scalar(1000));
  film.at<std::uint16_t>(3, 5) = 4095;
  BOOST_TEST(used_bits(film) == 12);
  const File file = encoded(".png", film);
  const auto bytes = std::as_bytes(std::span(file));
  const auto value = [&](ValueRange range) {
    return decode_film(bytes, "f.png", Decoding{.size = 40, .range = range}).at<cv::Vec3w>(0, 0)[0];
  };
  BOOST_TEST(value(ValueRange::automatic) == 16004);  // 1000 · 65535 / 4095 = 16003.66
  BOOST_TEST(value(ValueRange::full) == 1000);
  film.at<std::uint16_t>(3, 5) = 40000;
  BOOST_TEST(used_bits(film) == 16);
  BOOST_TEST(used_bits(cv::Mat(4, 4, CV_16UC1, cv::Scalar(255))) == 8);  // an 8-bit film that was stored so
  const auto bits = std::make_shared<FilmBits>();
  decode_film(bytes, "f.png", Decoding{.size = 8, .bits = bits});
  BOOST_TEST(bits->of("f.png") == 12);
  BOOST_TEST(range_note({{8, 2}, {12, 37}, {16, 1}}, 40, ValueRange::automatic) ==
             "37 of 40 films use 12 of 16 bits: scaled by 4095 (dataset.range: full would leave them dark)");
  BOOST_TEST(range_note({{8, 40}, {16, 3}}, 43, ValueRange::automatic).empty());
}

/// 16 × 16 gray in one Deflate tile of `side` pixels a side, which the file does not hold.
File tiled(std::uint32_t side) {
  File out{'I', 'I', 42, 0, 8, 0, 0, 0, 10, 0};
  for (const auto& [tag, value] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{{256, 16},
                                                                                       {257, 16},
                                                                                       {258, 8},
                                                                                       {259, 8},
                                                                                       {262, 1},
                                                                                       {277, 1},
                                                                                       {322, side},
                                                                                       {323, side},
                                                                                       {324, 134},
                                                                                       {325, 4}}) {
    for (const std::uint32_t word : {tag | 4U << 16U, 1U, value}) {
      for (const unsigned shift : {0U, 8U, 16U, 24U}) out.push_back(static_cast<unsigned char>(word >> shift));
    }
  }
  out.insert(out.end(), {0, 0, 0, 0, 1, 2, 3, 4});
  return out;
}

BOOST_AUTO_TEST_CASE(memory_for_a_tile_follows_the_picture_and_not_what_the_tile_claims) {
  BOOST_TEST(holds(refused(tiled(32752)), "tiles are many times larger"));  // just below 1 GiB
  BOOST_TEST(holds(refused(tiled(256)), "cannot all be decoded"));
}

BOOST_AUTO_TEST_SUITE_END()

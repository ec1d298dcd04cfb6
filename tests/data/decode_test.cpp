#include "youden/image/decode.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "shared.hpp"
#include "youden/base/philox.hpp"
#include "youden/data/sha256.hpp"

using namespace youden::data;
using namespace youden::image;
using youden::base::DataError;
using youden::test::TempFolder;

namespace {

std::filesystem::path put(const TempFolder& folder, const std::string& name, const std::string& bytes) {
  std::ofstream(folder / name, std::ios::binary) << bytes;
  return folder / name;
}

/// 13 × 9, no two corners alike, colours (BGR) apart.
cv::Mat picture(int type = CV_8UC3) {
  cv::Mat m(9, 13, type);
  for (int y = 0; y < m.rows; ++y) {
    for (int x = 0; x < m.cols * m.channels(); ++x) {
      const int v = 17 * y + 5 * x;
      if (m.depth() == CV_8U) m.ptr<std::uint8_t>(y)[x] = static_cast<std::uint8_t>(v);
      if (m.depth() == CV_16U) m.ptr<std::uint16_t>(y)[x] = static_cast<std::uint16_t>(257 * v + 3);
    }
  }
  return m;
}

std::string encode(const std::string& extension, const cv::Mat& image = picture()) {
  std::vector<unsigned char> bytes;
  BOOST_REQUIRE(cv::imencode(extension, image, bytes));
  return {bytes.begin(), bytes.end()};
}

std::string be32(std::uint32_t v) {
  return {static_cast<char>(v >> 24U), static_cast<char>(v >> 16U), static_cast<char>(v >> 8U), static_cast<char>(v)};
}
std::string chunk(const std::string& type, const std::string& content) {
  const std::string body = type + content;
  return be32(static_cast<std::uint32_t>(content.size())) + body + be32(detail::crc32(std::as_bytes(std::span(body))));
}
std::string png_start(std::uint32_t width, std::uint32_t height, char depth, char colour) {
  return std::string(kPngSignature) + chunk("IHDR", be32(width) + be32(height) + std::string{depth, colour, 0, 0, 0});
}
/// zlib stream (RFC 1950) of one stored block.
std::string stored(const std::string& raw) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const unsigned char c : raw) b = (b + (a = (a + c) % 65521)) % 65521;
  const auto n = static_cast<std::uint16_t>(raw.size());
  std::string out{"\x78\x01\x01", 3};
  for (const std::uint16_t v : {n, static_cast<std::uint16_t>(~n)}) {
    out += static_cast<char>(v & 255U);
    out += static_cast<char>(v >> 8U);
  }
  return out + raw + be32(b << 16U | a);
}

/// The refusal's text; fails the case when the file is decoded.
std::string refusal(const std::filesystem::path& path) {
  try {
    decode_film(path, 32);
  } catch (const DataError& e) {
    const std::string text = e.what();
    BOOST_TEST(text.find(path.string()) != std::string::npos, text);
    return text;
  }
  BOOST_ERROR(path << " was decoded");
  return {};
}
bool says(const std::string& text, const std::string& word) {
  BOOST_TEST_INFO(text);
  return text.find(word) != std::string::npos;
}
bool same(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}
cv::Mat rgb(const cv::Mat& bgr) {
  cv::Mat out;
  cv::cvtColor(bgr, out, cv::COLOR_BGR2RGB);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode)

BOOST_AUTO_TEST_CASE(sha256_gives_the_known_answer) {
  BOOST_TEST(sha256_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const TempFolder folder;
  BOOST_TEST(sha256_of_file(put(folder, "x", "abc")) == sha256_of("abc"));
}

BOOST_AUTO_TEST_CASE(lossless_formats_give_their_pixels_as_rgb) {
  const TempFolder folder;
  for (const std::string extension : {".png", ".bmp", ".tiff", ".ppm"}) {
    BOOST_TEST_CONTEXT(extension) {
      const auto path = put(folder, "film" + extension, encode(extension));
      BOOST_TEST(same(decode_bytes(read_bytes(path), path), rgb(picture())));
      const ImageHeader h = read_header(path);
      BOOST_TEST(h.width == 13);
      BOOST_TEST(h.height == 9);
      BOOST_TEST(h.channels == 3);
      BOOST_TEST(h.bit_depth == 8);
      BOOST_TEST(h.bytes == std::filesystem::file_size(path));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_film_is_squared_bilinearly_whatever_its_aspect) {
  const TempFolder folder;
  cv::Mat expected;
  cv::resize(rgb(picture()), expected, {8, 8});
  BOOST_TEST(same(decode_film(put(folder, "a.png", encode(".png")), 8), expected));
}

BOOST_AUTO_TEST_CASE(sixteen_bits_stay_sixteen) {
  const TempFolder folder;
  for (const std::string extension : {".png", ".tiff", ".pgm"}) {
    BOOST_TEST_CONTEXT(extension) {
      const auto path = put(folder, "deep" + extension, encode(extension, picture(CV_16UC1)));
      const cv::Mat film = decode_bytes(read_bytes(path), path);
      BOOST_TEST(film.type() == CV_16UC3);
      BOOST_TEST(film.at<cv::Vec3w>(2, 3) == cv::Vec3w::all(257 * 49 + 3));
      BOOST_TEST(read_header(path).bit_depth == 16);
    }
  }
}

BOOST_AUTO_TEST_CASE(gray_is_repeated_and_alpha_dropped_with_the_colour_kept) {
  const TempFolder folder;
  const auto gray = put(folder, "gray.png", encode(".png", picture(CV_8UC1)));
  BOOST_TEST(decode_bytes(read_bytes(gray), gray).at<cv::Vec3b>(2, 3) == cv::Vec3b::all(49));
  const auto clear = put(folder, "clear.png", encode(".png", cv::Mat(2, 2, CV_8UC4, cv::Scalar(10, 20, 30, 0))));
  BOOST_TEST(decode_bytes(read_bytes(clear), clear).at<cv::Vec3b>(1, 1) == cv::Vec3b(30, 20, 10));
  BOOST_TEST(read_header(clear).channels == 4);
}

BOOST_AUTO_TEST_CASE(gray_of_any_depth_is_what_opencv_reads_as_colour) {
  const TempFolder folder;
  const auto check = [&](const std::string& name, const std::string& bytes, int type) {
    BOOST_TEST_CONTEXT(name) {
      const auto path = put(folder, name, bytes);
      const cv::Mat expected = rgb(cv::imread(path.string(), cv::IMREAD_COLOR | cv::IMREAD_ANYDEPTH));
      BOOST_TEST(expected.type() == type);
      BOOST_TEST(same(decode_bytes(read_bytes(path), path), expected));
      cv::Mat small;
      cv::resize(expected, small, {5, 5});
      BOOST_TEST(same(decode_film(path, 5), small));
    }
  };
  check("8.png", encode(".png", picture(CV_8UC1)), CV_8UC3);
  check("16.png", encode(".png", picture(CV_16UC1)), CV_16UC3);
  check("8.jpg", encode(".jpg", picture(CV_8UC1)), CV_8UC3);
  for (const char depth : {1, 2, 4}) {
    const std::string row{"\0\xb2", 2};
    check(std::to_string(depth) + ".png",
          png_start(8U / static_cast<unsigned>(depth), 2, depth, 0) + chunk("IDAT", stored(row + row)) +
              chunk("IEND", ""),
          CV_8UC3);
  }
  const std::string faint{"\0\x10\0\x90\xff\x40\x80", 7};  // gray and alpha, a transparent first pixel
  check("alpha.png", png_start(3, 1, 8, 4) + chunk("IDAT", stored(faint)) + chunk("IEND", ""), CV_8UC3);
}

BOOST_AUTO_TEST_CASE(a_jpeg_far_larger_than_the_target_is_decoded_at_a_quarter_or_eighth) {
  const TempFolder folder;
  cv::Mat large(130, 260, CV_8UC3);
  cv::randu(large, 0, 256);
  for (const bool gray : {false, true}) {
    if (gray) cv::cvtColor(large, large, cv::COLOR_BGR2GRAY);
    const auto path = put(folder, "large.jpg", encode(".jpg", large));
    for (const auto& [size, flag] : {std::pair{17, cv::IMREAD_COLOR},
                                     {16, cv::IMREAD_REDUCED_COLOR_4},
                                     {9, cv::IMREAD_REDUCED_COLOR_4},
                                     {8, cv::IMREAD_REDUCED_COLOR_8}}) {
      cv::Mat expected;
      cv::resize(rgb(cv::imread(path.string(), flag)), expected, {size, size});
      BOOST_TEST(same(decode_film(path, size), expected), size);
    }
  }
  const auto png = put(folder, "large.png", encode(".png", large));
  cv::Mat expected;
  cv::resize(rgb(cv::imread(png.string())), expected, {8, 8});
  BOOST_TEST(same(decode_film(png, 8), expected));
}

BOOST_AUTO_TEST_CASE(a_reduced_jpeg_obeys_its_orientation_and_is_refused_when_it_is_broken) {
  const TempFolder folder;
  cv::Mat large(96, 192, CV_8UC3);
  for (int x = 0; x < large.cols; ++x) large.col(x).setTo(cv::Scalar(x, 255 - x, 0));
  const std::string plain = encode(".jpg", large);
  const std::string exif{"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 32};
  const std::string segment = {'\xff', '\xe1', '\0', static_cast<char>(exif.size() + 2)};
  cv::Mat expected;
  cv::rotate(decode_film(put(folder, "a.jpg", plain), 8), expected, cv::ROTATE_90_CLOCKWISE);
  BOOST_TEST(
      same(decode_film(put(folder, "b.jpg", plain.substr(0, 2) + segment + exif + plain.substr(2)), 8), expected));
  const auto cut = put(folder, "cut.jpg", plain.substr(0, plain.size() / 2));
  BOOST_CHECK_EXCEPTION(decode_film(cut, 8), DataError, [](const auto& e) { return says(e.what(), "truncated"); });
}

BOOST_AUTO_TEST_CASE(a_palette_is_expanded) {
  const TempFolder folder;
  const std::string bytes = png_start(2, 1, 8, 3) + chunk("PLTE", {"\x01\x02\x03\x0a\x14\x1e", 6}) +
                            chunk("IDAT", stored({"\0\x01\0", 3})) + chunk("IEND", "");
  const auto path = put(folder, "palette.png", bytes);
  const cv::Mat film = decode_bytes(read_bytes(path), path);
  BOOST_TEST(film.at<cv::Vec3b>(0, 0) == cv::Vec3b(10, 20, 30));
  BOOST_TEST(film.at<cv::Vec3b>(0, 1) == cv::Vec3b(1, 2, 3));
  BOOST_TEST(read_header(path).channels == 1);
}

BOOST_AUTO_TEST_CASE(the_content_decides_not_the_extension) {
  const TempFolder folder;
  const auto path = put(folder, "png-inside.jpg", encode(".png"));
  BOOST_TEST(read_header(path).format == "png");
  BOOST_TEST(same(decode_bytes(read_bytes(path), path), rgb(picture())));
  BOOST_TEST(says(refusal(put(folder, "notes.png", "hello, this is text")), "no image"));
  BOOST_TEST(says(refusal(put(folder, "d.png", std::string(128, '\0') + "DICM" + "....")), "DICOM"));
}

BOOST_AUTO_TEST_CASE(exif_orientation_is_obeyed) {
  const TempFolder folder;
  const std::string plain = encode(".jpg");
  const std::string exif{"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 32};
  const std::string segment = {'\xff', '\xe1', '\0', static_cast<char>(exif.size() + 2)};
  const auto upright = put(folder, "a.jpg", plain);
  const auto turned = put(folder, "b.jpg", plain.substr(0, 2) + segment + exif + plain.substr(2));
  cv::Mat expected;
  cv::rotate(decode_bytes(read_bytes(upright), upright), expected, cv::ROTATE_90_CLOCKWISE);
  BOOST_TEST(same(decode_bytes(read_bytes(turned), turned), expected));
}

BOOST_AUTO_TEST_CASE(what_is_no_readable_file_is_refused) {
  const TempFolder folder;
  BOOST_TEST(says(refusal(folder / "absent.png"), "missing"));
  BOOST_TEST(says(refusal(folder.path()), "folder"));
  BOOST_TEST(says(refusal(put(folder, "empty.png", "")), "0 bytes"));
  ::mkfifo((folder / "pipe.png").c_str(), 0600);
  BOOST_TEST(says(refusal(folder / "pipe.png"), "regular file"));
  if (::geteuid() != 0) {  // root reads everything
    const auto locked = put(folder, "locked.png", encode(".png"));
    std::filesystem::permissions(locked, std::filesystem::perms::none);
    BOOST_TEST(says(refusal(locked), "cannot be opened"));
  }
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
  const TempFolder folder;
  for (const std::string extension : {".png", ".jpg", ".bmp", ".tiff", ".ppm", ".webp"}) {
    const std::string whole = encode(extension);
    for (std::size_t n = 1; n<whole.size(); n += whole.size()> 400 ? 7 : 1) {
      BOOST_TEST_CONTEXT(extension << " cut to " << n << " of " << whole.size() << " bytes") {
        refusal(put(folder, "cut" + extension, whole.substr(0, n)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_truncated_jpeg_filled_up_with_zeros_or_holding_a_whole_thumbnail_is_refused) {
  const TempFolder folder;
  const std::string whole = encode(".jpg");
  std::string filled = whole;
  for (std::size_t i = whole.size() * 2 / 3; i < filled.size(); ++i) filled[i] = '\0';
  BOOST_TEST(says(refusal(put(folder, "filled.jpg", filled)), "truncated"));
  const auto n = static_cast<std::uint16_t>(whole.size() + 2);
  const std::string app1 = {'\xff', '\xe1', static_cast<char>(n >> 8U), static_cast<char>(n & 255U)};
  const std::string cut = whole.substr(0, 2) + app1 + whole + whole.substr(2, whole.size() - 40);
  BOOST_TEST(says(refusal(put(folder, "thumbnail.jpg", cut)), "truncated"));
}

BOOST_AUTO_TEST_CASE(a_damaged_png_is_refused_and_an_odd_comment_is_not) {
  const TempFolder folder;
  std::string damaged = encode(".png");
  damaged[damaged.size() / 2] ^= 1;
  BOOST_TEST(says(refusal(put(folder, "a.png", damaged)), "checksum"));
  std::string commented = encode(".png");
  commented.insert(33, be32(4) + "iCCP" + "junk" + be32(0));
  const auto path = put(folder, "b.png", commented);
  BOOST_TEST(same(decode_bytes(read_bytes(path), path), rgb(picture())));
}

/// What the process wrote to stderr, whoever did, while `work` ran.
template <class Work>
std::string overheard(const Work& work) {
  const TempFolder folder;
  std::fflush(stderr);
  const int terminal = ::dup(2);
  const int heard = ::open((folder / "stderr").c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(heard, 2);
  work();
  std::fflush(stderr);
  ::dup2(terminal, 2);
  ::close(terminal);
  ::close(heard);
  std::ifstream in(folder / "stderr");
  return {std::istreambuf_iterator<char>(in), {}};
}

BOOST_AUTO_TEST_CASE(what_libpng_would_complain_of_is_refused_without_its_words) {
  const TempFolder folder;
  const std::string start = png_start(2, 1, 8, 0);
  const std::string pixels = chunk("IDAT", stored({"\0\x10\x20", 3}));
  const std::string palette = chunk("PLTE", "aaabbb");
  const std::string end = chunk("IEND", "");
  std::string exif = chunk("eXIf", {"II\x2a\0\x08\0\0\0\0\0", 10});
  exif.back() ^= 1;
  std::string odd_method = png_start(2, 1, 8, 0);
  odd_method.replace(12, 17, std::string("IHDR") + be32(2) + be32(1) + std::string{8, 0, 0, 1, 0});
  odd_method.replace(29, 4, be32(detail::crc32(std::as_bytes(std::span(odd_method)).subspan(12, 17))));
  const std::string indexed = png_start(3, 2, 8, 3);
  const std::vector<std::pair<std::string, std::string>> cases{
      {"belongs", start + chunk(std::string(4, '\0'), "") + pixels + end},
      {"belongs", start + chunk("ABCD", "x") + pixels + end},
      {"belongs", start + pixels + start.substr(8) + end},
      {"IEND", start + pixels + chunk("IEND", "x")},
      {"IDAT", start + pixels + chunk("eXIf", {"MM\0\x2a\0\0\0\0", 8}) + chunk("IDAT", "x") + end},
      {"other pixels", start + chunk("IDAT", stored({"\5\x10\x20", 3})) + end},
      {"checksum of its eXIf", start + exif + pixels + end},
      {"a way that there is not", odd_method + pixels + end},
      {"without a palette", indexed + pixels + end},
      {"PLTE", indexed + chunk("PLTE", "aaab") + pixels + end},
      {"PLTE", indexed + palette + palette + pixels + end},
      // By the filters Sub and Up: 1, 0, 1 and 1, 0, 2 of a palette of two.
      {"other pixels", indexed + palette + chunk("IDAT", stored({"\1\1\xff\1\2\0\0\1", 8})) + end}};
  for (const auto& [why, bytes] : cases) {
    const auto path = put(folder, "a.png", bytes);
    std::string said;
    BOOST_TEST(overheard([&] { said = refusal(path); }) == "");
    BOOST_TEST(says(said, why));
  }
}

BOOST_AUTO_TEST_CASE(what_opencv_would_hand_to_gdal_or_gdcm_is_refused) {
  const TempFolder folder;
  const auto with = [](std::string film, std::size_t at, const std::string& word) {
    film.resize(std::max(film.size(), at + 40), 'x');
    return film.replace(at, word.size(), word);
  };
  std::string gif{"GIF89a\1\0\1\0\0\0\0\x21\xfe\xc8", 16};
  gif = gif + std::string(200, 'x') + std::string{"\0\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0;", 17};
  const std::string webp{"RIFF\xa8\0\0\0WEBPVP8 \x9c\0\0\0", 20};
  const std::string pnm = "P2\n3 3\n255\n" + std::string(300, '1');
  for (const auto& [why, film] : std::vector<std::pair<std::string, std::string>>{
           {"no image", with("P2V 3 3 255 ", 140, "DTED")},
           {"another format", with(gif, 140, "DTED")},
           {"another format", with(gif, 128, "DICM")},
           {"another format", with(webp + "abcdef" + std::string{"\3\0\3\0", 4}, 140, "DTED").substr(0, 176)},
           {"another format", with(pnm, 140, "DTED")}}) {
    const auto path = put(folder, "film", film);
    std::string said;
    BOOST_TEST(overheard([&] { said = refusal(path); }) == "");
    BOOST_TEST(says(said, why));
  }
}

BOOST_AUTO_TEST_CASE(a_png_with_what_libpng_only_warns_of_gives_its_pixels) {
  const TempFolder folder;
  const std::string end = chunk("IEND", "");
  // Every filter once, in a palette of three at two bits: the row 0 1 2, again and again.
  const std::string rows{"\0\x18\1\x18\2\0\3\x0c\4\0", 10};
  const std::string indexed =
      png_start(3, 5, 2, 3) + chunk("PLTE", {"\0\0\0\x0a\x14\x1e\x3c\x46\x50", 9}) + chunk("IDAT", stored(rows)) + end;
  const std::string suggested = png_start(2, 1, 8, 0) + chunk("PLTE", "aaa") + chunk("eXIf", "what") +
                                chunk("IDAT", stored({"\0\x10\x20", 3})) + end;
  cv::Mat film;
  const auto decode = [&](const std::string& bytes) {
    const auto path = put(folder, "a.png", bytes);
    return overheard([&] { film = decode_bytes(read_bytes(path), path); });
  };
  BOOST_TEST(decode(indexed) == "");
  for (int y = 0; y < 5; ++y) {
    BOOST_TEST((film.at<cv::Vec3b>(y, 0) == cv::Vec3b(0, 0, 0)));
    BOOST_TEST((film.at<cv::Vec3b>(y, 1) == cv::Vec3b(10, 20, 30)));
    BOOST_TEST((film.at<cv::Vec3b>(y, 2) == cv::Vec3b(60, 70, 80)));
  }
  BOOST_TEST(decode(suggested) == "");
  BOOST_TEST((film.at<cv::Vec3b>(0, 0) == cv::Vec3b(16, 16, 16)));
  BOOST_TEST((film.at<cv::Vec3b>(0, 1) == cv::Vec3b(32, 32, 32)));
}

BOOST_AUTO_TEST_CASE(absurd_dimensions_are_refused_before_anything_is_allocated) {
  const TempFolder folder;
  const std::string pixels = chunk("IDAT", stored("\0")) + chunk("IEND", "");
  BOOST_TEST(says(refusal(put(folder, "wide.png", png_start(20'001, 1, 8, 0) + pixels)), "20001 × 1"));
  BOOST_TEST(says(refusal(put(folder, "huge.png", png_start(0x7fffffff, 0x7fffffff, 16, 6) + pixels)), "2147483647"));
  BOOST_TEST(says(refusal(put(folder, "many.png", png_start(19'000, 19'000, 8, 0) + pixels)), "19000 × 19000"));
  BOOST_TEST(says(refusal(put(folder, "none.png", png_start(0, 5, 8, 0) + pixels)), "0 × 5"));
  std::string jpeg = encode(".jpg");
  const auto sof = jpeg.find("\xff\xc0");
  for (const std::size_t i : {5, 6, 7, 8}) jpeg[sof + i] = '\xff';
  BOOST_TEST(says(refusal(put(folder, "huge.jpg", jpeg)), "65535 × 65535"));
  std::string bmp = encode(".bmp");
  bmp.replace(18, 8, {"\xff\xff\xff\x7f\xff\xff\xff\x7f", 8});
  BOOST_TEST(says(refusal(put(folder, "huge.bmp", bmp)), "2147483647"));
  BOOST_TEST(says(refusal(put(folder, "huge.ppm", "P6 90000 90000 255\n")), "90000 × 90000"));
  BOOST_TEST(says(refusal(put(folder, "huge.gif", {"GIF89a\xff\xff\xff\xff\0\0\0;", 14})), "65535 × 65535"));
}

BOOST_AUTO_TEST_CASE(animations_and_cmyk_are_refused_by_name) {
  const TempFolder folder;
  std::string apng = encode(".png");
  apng.insert(33, chunk("acTL", be32(2) + be32(0)));
  BOOST_TEST(says(refusal(put(folder, "a.png", apng)), "animated PNG"));

  const std::string frame{"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0", 15};
  const std::string head{"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff", 19};
  BOOST_TEST(says(refusal(put(folder, "a.gif", head + frame + frame + ";")), "animated GIF"));
  BOOST_TEST(says(refusal(put(folder, "cut.gif", head + frame)), "truncated"));

  std::string webp{"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x0c\0\0\x08\0\0", 30};
  BOOST_TEST(says(refusal(put(folder, "a.webp", webp)), "animated WebP"));
  BOOST_TEST(read_header(folder / "a.webp").width == 13);

  const std::string cmyk{
      "\xff\xd8\xff\xc0\0\x14\x08\0\x09\0\x0d\x04\1\x11\0\2\x11\0\3\x11\0\4\x11\0\xff\xda\0\x02\xff\xd9", 30};
  BOOST_TEST(says(refusal(put(folder, "a.jpg", cmyk)), "CMYK"));
  BOOST_TEST(
      says(refusal(put(folder, "float.tiff", encode(".tiff", cv::Mat(3, 2, CV_32FC1, 0.5F)))), "floating-point"));
}

BOOST_AUTO_TEST_CASE(random_damage_is_decoded_or_refused_but_never_anything_else) {
  const TempFolder folder;
  youden::base::Stream random({.seed = 1, .purpose = "damage"});
  for (const std::string extension : {".png", ".bmp", ".tiff", ".ppm", ".webp"}) {
    const std::string whole = encode(extension);
    for (int i = 0; i < 150; ++i) {
      std::string bytes = whole;
      const auto at = random.below(static_cast<std::uint32_t>(bytes.size()));
      bytes[at] = static_cast<char>(random.next_u32());
      BOOST_TEST_CONTEXT(extension << " damaged at byte " << at) {
        try {
          BOOST_TEST(decode_film(std::as_bytes(std::span(bytes)), "damaged" + extension, 16).rows == 16);
        } catch (const DataError& e) {
          BOOST_TEST(e.exit_code() == 2);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_but_the_exception_is_said) {
  {
    const QuietCerr quiet;  // installs the filter, in case nothing was decoded yet
    std::cerr << "lost";
  }
  std::string bytes = encode(".bmp");
  bytes[30] = 0x55;  // a compression that there is not: imdecode prints what it caught
  std::fflush(stderr);
  const int kept = ::dup(2);
  const TempFolder folder;
  const int file = ::open((folder / "said").c_str(), O_CREAT | O_RDWR, 0600);
  ::dup2(file, 2);
  const std::string text = refusal(put(folder, "odd.bmp", bytes));
  std::cerr << "kept";
  ::dup2(kept, 2);
  ::close(kept);
  ::close(file);
  const auto said = read_bytes(folder / "said");
  BOOST_TEST(says(text, "cannot be decoded"));
  BOOST_TEST(std::string(reinterpret_cast<const char*>(said.data()), said.size()) == "kept");
}

BOOST_AUTO_TEST_CASE(unit_floats_are_correctly_rounded_quotients) {
  const cv::Mat bytes = (cv::Mat_<cv::Vec3b>(1, 2) << cv::Vec3b(0, 1, 254), cv::Vec3b(255, 7, 128));
  const cv::Mat f = to_unit_float(bytes);
  BOOST_TEST(f.type() == CV_32FC3);
  BOOST_TEST(f.at<cv::Vec3f>(0, 0)[2] == static_cast<float>(254 / 255.0));
  BOOST_TEST(f.at<cv::Vec3f>(0, 1)[0] == 1.0F);
  BOOST_TEST(f.at<cv::Vec3f>(0, 1)[1] == static_cast<float>(7 / 255.0));
  const cv::Mat gray = to_unit_float(cv::Mat_<std::uint8_t>({1, 2}, {3, 200}));
  BOOST_TEST(gray.at<cv::Vec3f>(0, 1) == cv::Vec3f::all(static_cast<float>(200 / 255.0)));
  const cv::Mat deep(1, 1, CV_16UC3, cv::Scalar(65535, 1, 32768));
  BOOST_TEST(to_unit_float(deep).at<cv::Vec3f>(0, 0)[0] == 1.0F);
  BOOST_TEST(to_unit_float(deep).at<cv::Vec3f>(0, 0)[1] == static_cast<float>(1 / 65535.0));
}

BOOST_AUTO_TEST_CASE(shared_films_decode_to_the_bits_of_cv2,
                     *boost::unit_test::precondition(youden::test::has_shared_data)) {
  std::ifstream golden(std::filesystem::path(kSourceDir) / "tests/golden/decode/films.txt");
  std::string digest;
  std::string name;
  int films = 0;
  while (golden >> digest && std::getline(golden >> std::ws, name)) {
    const cv::Mat film = decode_film(youden::test::shared_data() / name, 224);
    BOOST_REQUIRE(film.isContinuous());
    BOOST_TEST(sha256_of(std::as_bytes(std::span(film.data, film.total() * film.elemSize()))) == digest, name);
    ++films;
  }
  BOOST_TEST(films >= 5);
}

BOOST_AUTO_TEST_SUITE_END()

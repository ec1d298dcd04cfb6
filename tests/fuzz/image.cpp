// Films of every format: header, and whole or refused. Large ones are left out for speed.
#include <opencv2/imgcodecs.hpp>

#include "fuzz.hpp"
#include "youden/data/decode.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const auto film = as_bytes(bytes);
  const data::ImageHeader header = data::read_header(film, "fuzz.png");
  if (header.width > 256 || header.height > 256) return;
  static_cast<void>(data::decode_film(film, "fuzz.png", 32));
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
  add(".jpg", gray, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  add(".jpg", colour, {cv::IMWRITE_JPEG_RST_INTERVAL, 1, cv::IMWRITE_JPEG_OPTIMIZE, 1});
  return out;
}

}  // namespace youden::fuzz

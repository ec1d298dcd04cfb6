#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <span>
#include <string>
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/image_files.hpp"

// bench_damage [FOLDER [FILMS]]: how many of FILMS (100) films are accepted although a disk or a transfer damaged them,
// one line of JSON a format and kind of damage. The films are those of FOLDER, decoded, made smaller and encoded again;
// without a folder they are drawn. `sound` must be all of them; what the format or its library can notice must be 0.

namespace {

using youden::base::Stream;

/// A gray film with soft shapes and noise, unlike any other.
cv::Mat drawn(std::uint32_t i) {
  Stream random({.seed = i, .purpose = "damage film"});
  cv::Mat film(420 + static_cast<int>(i % 7) * 16, 380, CV_32FC1);
  const double x0 = 100 + 180 * random.uniform();
  const double y0 = 120 + 180 * random.uniform();
  for (int y = 0; y < film.rows; ++y) {
    for (int x = 0; x < film.cols; ++x) {
      const double r = std::hypot((x - x0) / 120, (y - y0) / 160);
      film.at<float>(y, x) = static_cast<float>(120 + 90 / (1 + r * r) - 50 * (r < 0.4) + 8 * (random.uniform() - 0.5));
    }
  }
  film.convertTo(film, CV_8U);
  return film;
}

std::vector<cv::Mat> films_of(const std::string& folder, std::size_t most) {
  std::vector<cv::Mat> out;
  if (!folder.empty()) {
    for (const auto& path : youden::image::image_files(folder)) {
      if (out.size() == most) break;
      cv::Mat film = cv::imread(path.string(), out.size() % 2 == 0 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR);
      if (film.empty()) continue;
      const double scale = std::min(1.0, 700.0 / std::max(film.cols, film.rows));
      cv::resize(film, film, {}, scale, scale, cv::INTER_AREA);
      out.push_back(film);
    }
  }
  for (std::uint32_t i = 0; out.size() < most; ++i) out.push_back(drawn(i));
  return out;
}

struct Format {
  const char* name;
  const char* extension;
  std::vector<int> settings;
  bool checksummed;  ///< a flipped bit can be told
};

using Bytes = std::vector<unsigned char>;

/// Somewhere in what are surely pixels: between a fifth and four fifths of the file.
std::size_t place(Stream& random, const Bytes& file, std::size_t length) {
  const auto from = static_cast<std::uint32_t>(file.size() / 5);
  return from + random.below(static_cast<std::uint32_t>(file.size() * 3 / 5 - length));
}

bool accepted(const Bytes& file) {
  try {
    (void)youden::image::decode_film(std::as_bytes(std::span(file)), "film", 224);
    return true;
  } catch (const youden::base::DataError&) {
    return false;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto films = films_of(argc > 1 ? argv[1] : "", argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100);
  const std::vector<Format> formats{
      {"jpeg", ".jpg", {}, false},
      {"jpeg progressive", ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1}, false},
      {"jpeg optimized", ".jpg", {cv::IMWRITE_JPEG_OPTIMIZE, 1}, false},
      {"jpeg restarts", ".jpg", {cv::IMWRITE_JPEG_RST_INTERVAL, 16}, false},
      {"tiff deflate", ".tiff", {cv::IMWRITE_TIFF_COMPRESSION, 8}, true},
      {"tiff lzw", ".tiff", {cv::IMWRITE_TIFF_COMPRESSION, 5}, false},
      {"png", ".png", {}, true},
      {"webp lossless", ".webp", {}, false},
      {"webp lossy", ".webp", {cv::IMWRITE_WEBP_QUALITY, 90}, false},
  };
  constexpr std::size_t kSector = 512;
  struct Damage {
    const char* name;
    std::function<void(Bytes&, Stream&)> apply;
  };
  const std::vector<Damage> damages{
      {"sound", [](Bytes&, Stream&) {}},
      {"lost sector, zeros",
       [](Bytes& f, Stream& r) {
         std::fill_n(f.begin() + static_cast<std::ptrdiff_t>(place(r, f, kSector)), kSector, 0);
       }},
      {"lost sector, missing",
       [](Bytes& f, Stream& r) {
         const auto at = f.begin() + static_cast<std::ptrdiff_t>(place(r, f, kSector));
         f.erase(at, at + kSector);
       }},
      {"flipped bit", [](Bytes& f, Stream& r) { f[place(r, f, 1)] ^= static_cast<unsigned char>(1U << r.below(8)); }},
      {"cut", [](Bytes& f, Stream& r) { f.resize(place(r, f, 1)); }},
      {"cut and closed",
       [](Bytes& f, Stream& r) {
         f.resize(place(r, f, 1));
         f.insert(f.end(), {0xFF, 0xD9});
       }},
  };
  for (const Format& format : formats) {
    for (const Damage& damage : damages) {
      const std::string kind = damage.name;
      if (kind == "flipped bit" && !format.checksummed) continue;
      if (kind == "cut and closed" && std::string(format.extension) != ".jpg") continue;
      Stream random({.seed = 7, .purpose = kind + format.name});
      std::size_t n = 0;
      for (const cv::Mat& film : films) {
        Bytes file;
        cv::imencode(format.extension, film, file, format.settings);
        if (file.size() < 4 * kSector) continue;
        damage.apply(file, random);
        if (accepted(file)) ++n;
      }
      std::printf("{\"format\": \"%s\", \"damage\": \"%s\", \"films\": %zu, \"accepted\": %zu}\n", format.name,
                  damage.name, films.size(), n);
    }
  }
  return 0;
}

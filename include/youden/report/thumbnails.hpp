#pragma once
#include <openssl/evp.h>

#include <cstddef>
#include <functional>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/data/sha256.hpp"
#include "youden/image/thumbnail.hpp"
#include "youden/report/page/html.hpp"
#include "youden/store/rows.hpp"

namespace youden::report {

inline std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string out(4 * ((size + 2) / 3), '\0');
  ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size));
  return out;
}

/// Films small enough to stand in the page, as <img> with the bytes within; a square that says why where one is absent.
class Thumbnails {
 public:
  static constexpr int kSide = 168;  ///< pixels
  /// Draws a sample that is no file (a phantom); RGB, 8 bit. Throws base::Error where it cannot.
  using Draw = std::function<cv::Mat(const store::SampleRow&)>;

  /// `show`: false leaves every film out, for pages that are passed on.
  explicit Thumbnails(bool show, Draw draw = {}) : show_(show), draw_(std::move(draw)) {}

  [[nodiscard]] bool shown() const { return show_; }

  /// The same film is read once, however often it is asked for. A file that changed since the run is not shown.
  [[nodiscard]] std::string html(const store::SampleRow& film, const std::string& words) {
    if (!show_) return {};
    auto [it, fresh] = made_.try_emplace(film.sha256 + film.id);
    if (fresh) it->second = make(film);
    const auto& [source, fault] = it->second;
    if (!fault.empty()) {
      return "<div class=\"film absent\" role=\"img\" aria-label=\"" + escape(words + ": " + fault) + "\"><span>" +
             escape(fault) + "</span></div>";
    }
    return "<img class=\"film\" alt=\"" + escape(words) + "\" src=\"data:image/jpeg;base64," + source + "\">";
  }

 private:
  /// The picture as base64, or why there is none.
  [[nodiscard]] std::pair<std::string, std::string> make(const store::SampleRow& film) const {
    cv::Mat look;
    try {
      if (!film.path.empty()) {
        if (data::sha256_of_file(film.path) != film.sha256) return {"", "the file has changed since the run"};
        look = image::thumbnail(film.path, kSide);
      } else if (draw_) {
        look = image::shrink(draw_(film), kSide);
      }
    } catch (const base::Error&) {
      look.release();
    }
    if (look.empty())
      return {"", film.path.empty() ? "the film was drawn, not stored" : "the file is not there any more"};
    if (look.channels() == 1)
      cv::cvtColor(look, look, cv::COLOR_GRAY2BGR);
    else
      cv::cvtColor(look, look, cv::COLOR_RGB2BGR);
    std::vector<unsigned char> jpeg;
    cv::imencode(".jpg", look, jpeg, {cv::IMWRITE_JPEG_QUALITY, 82});
    return {base64(jpeg.data(), jpeg.size()), ""};
  }

  bool show_;
  Draw draw_;
  std::map<std::string, std::pair<std::string, std::string>> made_;
};

}  // namespace youden::report

#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <string_view>

namespace youden::data {

/// Letters on a picture, as good as OpenCV's stroke fonts get: drawn large in round strokes, then shrunk.
struct SheetText {
  int cap = 12;                        ///< height of a capital letter, pixels
  cv::Scalar color = {230, 232, 235};  ///< RGB
  double weight = 0.115;               ///< stroke / cap height

  /// Pixels that the text is wide.
  [[nodiscard]] int width(const std::string& text) const { return draw_or_measure(nullptr, plain(text), {}); }
  /// `at`: left end of the base line. `canvas` is CV_8UC3.
  void draw(cv::Mat& canvas, const std::string& text, cv::Point at) const { draw_or_measure(&canvas, plain(text), at); }
  /// The text, its middle left out where it would be wider than `most` pixels: names differ at their ends.
  [[nodiscard]] std::string fit(const std::string& text, int most) const {
    const std::string whole = plain(text);
    std::string out = whole;
    for (std::size_t keep = whole.size(); width(out) > most && keep > 4; --keep) {
      const std::size_t tail = keep / 2;
      out = whole.substr(0, keep - tail) + "..." + whole.substr(whole.size() - tail);
    }
    return out;
  }

  /// The stroke fonts know ASCII only.
  static std::string plain(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      const std::string_view rest = text.substr(i);
      if (c >= 0x20 && c < 0x7F) {
        out += text[i];
      } else if (rest.starts_with("×")) {
        out += 'x';
      } else if (rest.starts_with("–") || rest.starts_with("—")) {
        out += '-';
      } else if ((c & 0xC0U) != 0x80U) {  // one mark a code point
        out += '?';
      }
    }
    return out;
  }

 private:
  static constexpr int kOver = 6;           ///< drawn this much larger
  static constexpr double kUnits = 21;      ///< cap height of the Hershey fonts at scale 1
  static constexpr double kTracking = 0.1;  ///< extra room between letters / cap height

  int draw_or_measure(cv::Mat* canvas, const std::string& text, cv::Point at) const {
    const double scale = cap * kOver / kUnits;
    const int thick = std::max(1, cvRound(cap * kOver * weight));
    const auto advance = [&](char c) {  // getTextSize adds the stroke, once a call
      int base = 0;
      return cv::getTextSize(std::string(1, c), cv::FONT_HERSHEY_SIMPLEX, scale, 1, &base).width - 1 +
             cvRound(kTracking * cap * kOver);
    };
    int wide = 0;
    for (const char c : text) wide += advance(c);
    const int width = (wide + kOver - 1) / kOver;
    if (canvas == nullptr || text.empty()) return width;

    const int pad = cap;  // letters reach below the line, strokes beyond their box
    cv::Mat mask = cv::Mat::zeros((3 * cap) * kOver, (width + 2 * pad) * kOver, CV_8UC1);
    int x = pad * kOver;
    for (const char c : text) {
      cv::putText(mask, std::string(1, c), {x, 2 * cap * kOver}, cv::FONT_HERSHEY_SIMPLEX, scale, 255, thick,
                  cv::LINE_AA);
      x += advance(c);
    }
    cv::resize(mask, mask, {mask.cols / kOver, mask.rows / kOver}, 0, 0, cv::INTER_AREA);
    const cv::Rect place(at.x - pad, at.y - 2 * cap, mask.cols, mask.rows);
    const cv::Rect seen = place & cv::Rect({}, canvas->size());
    for (int y = seen.y; y < seen.y + seen.height; ++y) {
      for (int i = seen.x; i < seen.x + seen.width; ++i) {
        const double alpha = mask.at<unsigned char>(y - place.y, i - place.x) / 255.0;
        auto& pixel = canvas->at<cv::Vec3b>(y, i);
        for (int c = 0; c < 3; ++c)
          pixel[c] = cv::saturate_cast<unsigned char>(pixel[c] + alpha * (color[c] - pixel[c]));
      }
    }
    return width;
  }
};

}  // namespace youden::data
